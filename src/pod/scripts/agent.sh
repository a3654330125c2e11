# What the pane runs: the agent, with its beginning and its end on record.
gc=/run/gc
. "$gc/env"
date -u '+%s %Y-%m-%dT%H:%M:%SZ' >"$gc/agent-started"
cd "$GC_DIR" || cd /workspace
# The agent gets the signals too; this shell stays to note how it ended.
trap : INT QUIT TERM HUP
shell=$(command -v bash || command -v sh)
if [ -s "$gc/command" ]; then
  "$shell" "$gc/command"
else
  "${SHELL:-$shell}"
fi
code=$?
echo "$code" >"$gc/exit-code"
# As they were seen: in the log they come with all that moved the cursor.
tmux -u capture-pane -p -J -S -50 -t =main: >"$gc/last-screen" 2>/dev/null
exit "$code"
