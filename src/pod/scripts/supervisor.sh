# PID 1 of a started session: reaps, passes signals on, keeps the time limit, and ends when the
# terminal has ended. How is told in /run/gc/status.json and in the container's termination message.
gc=/run/gc
. "$gc/run"
verdict= why=
nap() {
  sleep "$1" 2>/dev/null || sleep 1
}
now() {
  date -u +%Y-%m-%dT%H:%M:%SZ
}
# Notes a state, forward only. $1: the state; $2: its time; $3: more members of the JSON; $4: the
# agent's last lines.
note() {
  history="$history,{\"state\":\"$1\",\"at\":\"$2\"}"
  status="{\"version\":1,\"id\":\"$run_id\",\"state\":\"$1\",\"history\":[$history]${3-}}"
  printf '%s\n' "$status" >"$gc/status.new" && mv "$gc/status.new" "$gc/status.json"
  printf '%s\n%s\n' "$status" "${4-}" >/dev/termination-log
}
# Signals the agent's process group, and that of the foreground job of an interactive shell.
signal() {
  for pane in $(tmux list-panes -s -t =main -F '#{pane_pid}' 2>/dev/null); do
    kill -s "$1" -- "-$pane" 2>/dev/null
    read -r _ _ _ _ _ _ _ front _ 2>/dev/null <"/proc/$pane/stat" || continue
    [ "$front" = "$pane" ] || kill -s "$1" -- "-$front" 2>/dev/null
  done
}
# The pod goes, and those who delete it do not wait long.
stop() {
  trap : TERM INT HUP USR2 ALRM
  # Not ":", which would end this shell on a full disk.
  true 2>/dev/null >"$gc/stopping"
  echo "gc: told to stop by SIG$1"
  verdict=${verdict:-cancelled} why=${why:-stopped}
  signal "$1"
  # An agent that does not end (an interactive shell ignores TERM) loses its terminal.
  (sleep 3; tmux kill-server) >/dev/null 2>&1 &
}
# $1: the state that the run ends in, unless it has ended by itself.
end() {
  trap : USR2 ALRM
  tmux has-session -t =main 2>/dev/null || return 0
  verdict=$1 why=$1
  echo "gc: $1: SIGINT to the agent, SIGKILL after $grace s"
  signal INT
  (sleep "$grace"; tmux -u capture-pane -p -J -S -50 -t =main: >"$gc/last-screen"; signal KILL; tmux kill-server) >/dev/null 2>&1 &
}
trap 'stop TERM' TERM
trap 'stop INT' INT
trap 'stop HUP' HUP
trap 'end cancelled' USR2
trap 'end timeout' ALRM
trap : USR1
: >"$gc/supervised"
echo 'gc: agent started'
read -r since at 2>/dev/null <"$gc/agent-started" || at=$(now)
note running "$at"
if [ -e "$gc/provisioned" ]; then
  # gc starts and restarts the agent in this box; only a signal ends it.
  trap 'stop TERM; exit 0' TERM
  until [ -n "$verdict" ]; do
    sleep 100000 &
    wait $!
  done
elif [ "$time_limit" -gt 0 ]; then
  left=$((${since:-$(date +%s)} + time_limit - $(date +%s)))
  [ "$left" -gt 0 ] || left=0
  (sleep "$left"; kill -s ALRM $$) &
fi
while tmux has-session -t =main 2>/dev/null; do
  # A channel signalled before anybody waits is remembered, so no end is missed.
  tmux wait-for gc-session-closed 2>/dev/null &
  wait $!
done
trap : TERM INT HUP USR2 ALRM
at=$(now)
du -sk /workspace >"$gc/size" 2>/dev/null &
sizing=$!
(sleep 1; kill $sizing) 2>/dev/null &
# $1: what is awaited, a command; $2: for how many naps at most.
await() {
  tries=0
  until eval "$1" || [ "$tries" -ge "$2" ]; do
    nap 0.02
    tries=$((tries + 1))
  done
}
# An agent that ended while start still confirmed it: the end of this process would cut start off,
# which marks the pod first, on a server that may be slow. The launcher always says when it is done.
await '[ -e "$gc/kept" ]' 1500
# Nor may the last of the agent's output be cut off.
await '[ ! -e "$gc/output/open" ]' 100
wait $sizing
. "$gc/verdict.sh"
