# $1: the first line, as capture-pane -S takes it.
tmux -u capture-pane -p -t =main: -S "$1" || failed
