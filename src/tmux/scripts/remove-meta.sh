# $1: the name of its files; $2: the key, as tmux takes it.
rm -f "/run/gc/meta/$1.key" "/run/gc/meta/$1.value" "/run/gc/meta/$1.mark"
set -- "$2" set-option -qu -t =main: "@gc-annotated-$1"
key=$1
shift
# tmux refuses a name that holds "=", and cannot have such a variable.
case $key in *=*) ;; *) set -- set-environment -u -t =main -- "$key" \; "$@" ;; esac
tmux "$@" || failed
