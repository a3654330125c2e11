# Types the agent's first prompt, once, when the agent is ready for it.
gc=/run/gc
nap() {
  sleep "$1" 2>/dev/null || sleep 1
}
ready() {
  tmux -u capture-pane -p -t =main: | {
    while IFS= read -r line; do
      case $line in "$prefix"*) exit 0 ;; esac
    done
    exit 1
  }
}
if [ -s "$gc/ready-prompt-prefix" ]; then
  prefix=$(cat "$gc/ready-prompt-prefix")
  until ready; do
    tmux has-session -t =main || exit 0
    nap 0.3
  done
else
  nap "$(cat "$gc/ready-delay")"
fi
tmux load-buffer -b gc-first "$gc/nudge" \; \
  if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' \; \
  paste-buffer -p -d -b gc-first -t =main: \; send-keys -t =main: Enter
echo 'gc: first prompt typed' >/proc/1/fd/1
