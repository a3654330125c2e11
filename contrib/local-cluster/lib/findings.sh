# shellcheck shell=dash
# What the pre-flight found, printed to descriptor 3. Sourced, never run.
#
# Where nodes would run decides what counts: "here" as processes of this machine (k3s, k0s,
# from-source), or in containers of a Docker "engine" (k3d, kind, minikube), whose own words about
# its cgroups then count instead of what is seen from here.

forget_findings() { BLOCKS_HERE='' BLOCKS_ENGINE='' NEEDS_ROOT='' FIXES=''; }
forget_findings

good() { printf 'ok    %s\n' "$1" >&3; }

# details WHY DO
details() { printf '        why: %s\n        do this: %s\n' "$1" "$2" >&3; }

# warn WHAT WHY DO: worth knowing; no cluster is refused for it.
warn() {
  printf 'warn  %s\n' "$1" >&3
  details "$2" "$3"
}

# bad here|engine|both WHAT WHY DO: no cluster can run there as long as this is so.
bad() {
  printf 'BAD   %s\n' "$2" >&3
  details "$3" "$4"
  case $1 in here | both) BLOCKS_HERE=${BLOCKS_HERE:-$2} ;; esac
  case $1 in engine | both) BLOCKS_ENGINE=${BLOCKS_ENGINE:-$2} ;; esac
}

# fixable NAME: --fix knows how to change it (lib/fix.sh).
fixable() { FIXES="$FIXES $1"; }
