# What the pane runs: the agent, with its end on record.
gc=/run/gc
. "$gc/env"
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
exit "$code"
