# Run by `start` once its files are there. Its stdin stays open as long as `start` lives: when it
# closes before the word "keep", the box ends itself. Says "ready" on stdout when all is up;
# warnings and, last, the error go to stderr.
gc=/run/gc
exec 4<&0 </dev/null
echo unpacked
{
  read -r word <&4
  [ "$word" = keep ] || { : >"$gc/kept"; kill -TERM 1; tmux kill-server; }
} >/dev/null 2>&1 &
watcher=$!
chmod 700 "$gc" 2>/dev/null
. "$gc/env"

# Not echo, which would take the backslashes in what it is given for its own.
say() {
  printf '%s\n' "$1" >&2
}
fail() {
  say "$1"
  exit 91
}
# One line for a warning, of what is on stdin. $1: its bytes at most.
for_warning() {
  head -c 100000 | sh "$gc/secrets.sh" | cut -c "1-$1"
}
# The last line that a command wrote.
last_words() {
  tail -n 1 "$gc/said" | for_warning 300
}
# A session of its own, so that all that a command has begun ends with it when its time is up.
apart=$(command -v setsid)
# Runs the commands of a list in order. $1: the list; $2: seconds for each, empty for no limit.
run_all() {
  for file in "$gc/$1"/*; do
    [ -f "$file" ] || continue
    ${2:+$apart} sh "$file" >"$gc/said" 2>&1 4<&- &
    pid=$! all=${apart:+-}$! timer=
    rm -f "$gc/late"
    if [ -n "$2" ]; then
      (sleep "$2"; : >"$gc/late"; kill -s TERM -- $all; sleep 1; kill -s KILL -- $all) >/dev/null 2>&1 4<&- &
      timer=$!
    fi
    wait $pid
    code=$?
    # What a command in time leaves at work may stay; of one that was too late the rest is killed.
    if [ -e "$gc/late" ]; then wait $timer; elif [ -n "$timer" ]; then kill $timer 2>/dev/null; fi
    [ "$code" = 0 ] || say "warning: $1 $(head -n 1 "$file" | for_warning 200) exited $code: $(last_words)"
  done
}
nap() {
  sleep 0.1 2>/dev/null || sleep 1
}
is_dead() {
  [ "$(tmux display-message -p -t =main: '#{pane_dead}' 2>/dev/null || echo 1)" = 1 ]
}

command -v tmux >/dev/null || fail 'the image has no tmux; install it in the image that GC_K8S_IMAGE names'
[ -d "$GC_DIR" ] || mkdir -p "$GC_DIR" || fail "cannot create the work directory $GC_DIR in the pod"
cd "$GC_DIR" || fail "cannot enter the work directory $GC_DIR in the pod"

if [ -d "$CLAUDE_CONFIG_DIR" ] || mkdir -p "$CLAUDE_CONFIG_DIR" 2>/dev/null; then
  for file in "$gc"-credentials/claude/* "$gc"-credentials/claude/.[!.]*; do
    [ -f "$file" ] || continue
    { cp -L "$file" "$CLAUDE_CONFIG_DIR/" && chmod 600 "$CLAUDE_CONFIG_DIR/${file##*/}"; } 2>"$gc/said" ||
      say "warning: claude-credentials: $(last_words)"
  done
fi

[ ! -e "$gc/cut.sh" ] || . "$gc/cut.sh"
[ ! -e "$gc/lay-out.sh" ] || . "$gc/lay-out.sh"

# What was built into the image for every agent; what was copied into this pod comes before it.
if [ -d /usr/local/share/gc/overlay ]; then
  cp -Rn /usr/local/share/gc/overlay/. /workspace/ 2>"$gc/said" || say "warning: the image's overlay: $(last_words)"
fi

run_all pre_start ''

if [ ! -e "$gc/provisioned" ]; then
  # Everything is set before tmux reads the first byte of the agent. A pane that ends now stays,
  # so that its last words can be told.
  tmux -u start-server \; set-option -g history-limit 20000 \; set-option -wg remain-on-exit on \; \
    set-hook -g session-closed 'wait-for -S gc-session-closed' \; \
    new-session -d -P -F 'pid #{pane_pid}' -s main -x 200 -y 50 -c "$GC_DIR" 'exec sh /run/gc/agent.sh' \; \
    pipe-pane -t =main: 'exec sh /run/gc/output.sh' 2>"$gc/said" 4<&- ||
    fail "tmux did not start: $(last_words)"
  # What was set while there was no tmux yet.
  [ ! -d "$gc/meta" ] || sh "$gc/metadata.sh"
  # PID 1 takes over while the agent is looked at.
  : >"$gc/launched"
  kill -USR1 1
fi

run_all session_setup 10
run_all session_setup_script 10
run_all session_live 10

seen() {
  [ ! -s "$gc/process-names" ] || sh "$gc/runs-any.sh"
}

if [ ! -e "$gc/provisioned" ]; then
  limit=
  until seen || is_dead; do
    now=$(date +%s)
    if [ "$now" -ge "${limit:=$((now + 30))}" ]; then
      echo 'warning: none of the process names was seen within 30 s' >&2
      break
    fi
    nap
  done
  is_dead || nap
  if is_dead && [ ! -e "$gc/one-shot" ]; then
    read -r code 2>/dev/null <"$gc/exit-code" || code=unknown
    echo "exit code $code"
    tmux -u capture-pane -p -J -S -50 -t =main: 2>/dev/null | sh "$gc/secrets.sh"
    exit 92
  fi
  tmux set-option -wg remain-on-exit off
  if is_dead; then
    # PID 1 ends the container, and this exec with it, once the terminal is gone: when all is said.
    echo ended
    wait $watcher
    : >"$gc/kept"
    (nap; tmux kill-session -t =main) >/dev/null 2>&1 4<&- &
    exit 0
  fi
  [ ! -s "$gc/nudge" ] || tmux run-shell -b 'sh /run/gc/first-prompt.sh >/dev/null 2>&1'
fi
# PID 1 watches the terminal; it must have taken over before start may say so.
: >"$gc/launched"
until [ -e "$gc/supervised" ]; do
  kill -USR1 1
  sleep 0.02 2>/dev/null || sleep 1
done
echo ready
wait $watcher
: >"$gc/kept"
