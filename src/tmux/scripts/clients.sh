tmux list-clients -t =main -F '#{client_name}' || failed
