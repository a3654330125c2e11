# shellcheck shell=dash
# Programs that go on running after the command that started them. Sourced, never run.
#
# Each is known by a file STATE/pid/PROGRAM and by STATE in its command line; its words are in
# STATE/log/PROGRAM.

# is_running PROGRAM: its process lives and is ours (its number may have gone to another since).
is_running() {
  [ -f "$STATE/pid/$1" ] &&
    tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$STATE/pid/$1")/cmdline" | grep -qF "$STATE/"
}

# run PROGRAM COMMAND...: detached, unless it runs.
run() {
  local program=$1
  shift
  is_running "$program" && return 0
  mkdir -p "$STATE/pid" "$STATE/log"
  # What stayed open here would keep its reader waiting (3) and the cluster locked (9).
  setsid "$@" >>"$STATE/log/$program" 2>&1 </dev/null 3>&- 9>&- &
  echo $! >"$STATE/pid/$program"
}

# await WHAT PROGRAM COMMAND...: until the command succeeds, within TIMEOUT.
await() {
  local what=$1 program=$2
  shift 2
  until_true "$TIMEOUT" "$@" && return 0
  tail -n 5 "$STATE/log/$program" >&2
  say "$what within $TIMEOUT s (--timeout waits longer)"
  return 1
}

# stop PROGRAM: asks it to end, and ends it when it has not after 10 s.
stop() {
  if is_running "$1"; then
    local pid
    pid=$(cat "$STATE/pid/$1")
    kill "$pid"
    until_true 10 is_stopped "$1" || kill -9 "$pid"
  fi
  rm -f "$STATE/pid/$1"
}

is_stopped() { ! is_running "$1"; }
