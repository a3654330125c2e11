# shellcheck shell=dash
# shellcheck disable=SC2034 # read by the files that are sourced after this one
# The command line and the environment of check, up, down and load. Sourced, never run.

# Everything read of the machine is read below ROOT, so that tests can describe another one.
ROOT=${GC_LOCAL_CLUSTER_ROOT:-}
DRIVERS='k3d kind minikube k3s k0s from-source'

NAME=${K3D_CLUSTER_NAME:-gascity}
HOME_DIR=${GC_LOCAL_CLUSTER_HOME:-${XDG_STATE_HOME:-${HOME:-/root}/.local/state}/gc-k8s/local-cluster}
DRIVER='' AGENTS=3 PORT=26443 TIMEOUT=120 FIX='' INSTALL='' LOG_FILE='' IMAGE=''

usage() {
  cat <<TEXT
usage: contrib/local-cluster/$1
  --driver D     one of: $DRIVERS (default: the first that is installed and can work here)
  --name N       the cluster's name (default: \$K3D_CLUSTER_NAME or gascity)
  --agents N     nodes besides the first, for k3d, kind and minikube (default: 3)
  --port N       port of the API server; from-source takes this one and the six after it (default: 26443)
  --timeout S    seconds to wait for each step (default: 120)
  --home DIR     where state and built programs are kept (default: \$GC_LOCAL_CLUSTER_HOME or
                 ~/.local/state/gc-k8s/local-cluster)
$2
exit codes: 0 done, 1 failed, 2 wrong usage, 3 this host cannot, 4 a tool is missing
TEXT
}

wrong_usage() {
  problem "$1" 'the command line cannot be understood' "run contrib/local-cluster/${0##*/} --help"
  exit "$USAGE"
}

# need_value OPTION VALUES_LEFT
need_value() { [ "$2" -ge 2 ] || wrong_usage "$1 needs a value"; }

need_number() {
  case $2 in '' | *[!0-9]*) wrong_usage "$1 must be a whole number, not \"$2\"" ;; esac
}

# parse ALLOWED ARGUMENTS...: ALLOWED are the flags of this command beside the common ones.
parse() {
  local allowed=" $1 "
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --driver | --name | --agents | --port | --timeout | --home | --log)
        need_value "$1" $#
        set_option "$1" "$2"
        shift 2
        ;;
      --fix | --install)
        case $allowed in *" $1 "*) ;; *) wrong_usage "$1 is not known here" ;; esac
        if [ "$1" = --fix ]; then FIX=yes; else INSTALL=yes; fi
        shift
        ;;
      -*) wrong_usage "$1 is not known here" ;;
      *)
        case $allowed in *' IMAGE '*) ;; *) wrong_usage "\"$1\" is not expected" ;; esac
        [ -z "$IMAGE" ] || wrong_usage 'one image at a time'
        IMAGE=$1
        shift
        ;;
    esac
  done
}

set_option() {
  case $1 in
    --driver)
      case " $DRIVERS " in *" $2 "*) DRIVER=$2 ;; *) wrong_usage "there is no driver \"$2\"" ;; esac
      ;;
    --name)
      case $2 in '' | -* | *[!a-z0-9-]*) wrong_usage "a name has small letters, digits and hyphens, unlike \"$2\"" ;; esac
      NAME=$2
      ;;
    --agents) need_number "$1" "$2" && AGENTS=$2 ;;
    --port) need_number "$1" "$2" && PORT=$2 ;;
    --timeout) need_number "$1" "$2" && TIMEOUT=$2 ;;
    --home) HOME_DIR=$2 ;;
    --log) LOG_FILE=$2 ;;
  esac
}

# What is known of one cluster is kept below STATE.
state_directory() { STATE=$HOME_DIR/$NAME; }
