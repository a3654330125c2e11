# PID 1 of a started session: reaps, passes signals on, ends when the terminal has ended.
gc=/run/gc
stop() {
  trap : TERM INT HUP
  echo "gc: told to stop by SIG$1"
  panes=$(tmux list-panes -s -t =main -F '#{pane_pid}' 2>/dev/null)
  for pane in $panes; do kill -s "$1" -- "-$pane" 2>/dev/null; done
  # An agent that does not end (an interactive shell ignores TERM) loses its terminal.
  (sleep 3; tmux kill-server) >/dev/null 2>&1 &
}
trap 'stop TERM' TERM
trap 'stop INT' INT
trap 'stop HUP' HUP
trap : USR1
: >"$gc/supervised"
echo 'gc: agent started'
if [ -e "$gc/provisioned" ]; then
  # gc starts and restarts the agent in this box; only a signal ends it.
  trap 'stop TERM; exit 0' TERM
  while :; do
    sleep 100000 &
    wait $!
  done
fi
while tmux has-session -t =main 2>/dev/null; do
  # A channel signalled before anybody waits is remembered, so no end is missed.
  tmux wait-for gc-session-closed 2>/dev/null &
  wait $!
done
# An agent that ended while start still confirmed it: the end of this process would cut start off.
tries=0
until [ -e "$gc/kept" ] || [ "$tries" -ge 20 ]; do
  sleep 0.1 2>/dev/null || sleep 1
  tries=$((tries + 1))
done
read -r code 2>/dev/null <"$gc/exit-code" || code=1
echo "gc: agent ended with exit code $code"
exit "$code"
