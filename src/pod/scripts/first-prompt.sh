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
# As type.sh does it: Enter goes apart from the text, and before whatever is typed meanwhile.
tmux load-buffer -b gc-first "$gc/nudge" \; \
  if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' \; \
  if-shell -F -t =main: '#{!=:#{@gc-enter},}' 'set-option -su @gc-enter ; send-keys -t =main: Enter' \; \
  paste-buffer -p -d -b gc-first -t =main: \; set-option -s @gc-enter first-prompt
nap 0.2
tmux if-shell -F -t =main: '#{==:#{@gc-enter},first-prompt}' \
  "if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' ; set-option -su @gc-enter ; send-keys -t =main: Enter"
echo 'gc: first prompt typed' >/proc/1/fd/1
