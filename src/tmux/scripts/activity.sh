# A detached session's own activity stays at its creation while its panes print.
tmux list-windows -t =main -F '#{session_activity} #{window_activity}' || failed
