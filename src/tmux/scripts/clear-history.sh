tmux clear-history -t =main: || failed
