# Runs the shell command on stdin as the session would. $1: its length in bytes; $2: "tmux" when it
# may start the session of a provisioned box.
length=$1 starts=$2
# In this locale a length is one in bytes, and the dot keeps trailing newlines.
LC_ALL_BEFORE=${LC_ALL-unset}
LC_ALL=C
command=$(head -c "$length" && echo .)
if [ "${#command}" -ne "$((length + 1))" ]; then
  echo gc:incomplete >&2
  exit 93
fi
if [ "$LC_ALL_BEFORE" = unset ]; then unset LC_ALL; else LC_ALL=$LC_ALL_BEFORE; fi
unset LC_ALL_BEFORE
command=${command%.}
[ ! -r /run/gc/env ] || . /run/gc/env
cd "${GC_DIR:-/workspace}" 2>/dev/null || cd /workspace 2>/dev/null || cd /
# stdin stays open as long as the caller lives: one that goes away takes its command along. The
# watcher keeps stderr open, because containerd closes stdin as soon as one output is closed.
exec 3<&0 4>&2 </dev/null
{
  trap : TERM
  read -r _ <&3
  kill -s TERM -- -$$
  sleep 2
  kill -s KILL -- -$$
} >/dev/null 2>&1 &
watcher=$!
exec 2>&1 3<&- 4>&-
trap 'code=$?; kill -KILL $watcher; [ -z "$starts" ] || sh /run/gc/box.sh after >/dev/null 2>&1; exit $code' EXIT
[ -z "$starts" ] || sh /run/gc/box.sh before >/dev/null 2>&1
# In a shell of its own: a command that says exec must not replace the trap.
(eval "$command")
