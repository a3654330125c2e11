# Presses the keys that the arguments name.
tmux if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' \; \
  send-keys -t =main: -- "$@" || failed
