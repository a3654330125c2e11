# Detaches the client that attach.sh left under this id. $1: the id of the user's terminal.
tmux detach-client -t "$(cat "${TMUX_TMPDIR:-/tmp}/gc-attached-$1")"
