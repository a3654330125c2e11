tmux has-session -t =main || failed
