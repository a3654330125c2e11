# $1: the name of its files; $2: the key.
rm -f "/run/gc/meta/$1.key" "/run/gc/meta/$1.value"
tmux set-environment -u -t =main -- "$2" \; set-option -qu -t =main: "@gc-annotated-$1" || failed
