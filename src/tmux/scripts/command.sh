# Runs the shell command on stdin as the session would. $1: its length in bytes; $2: "tmux" when it
# may start the session of a provisioned box.
length=$1 starts=$2
# In this locale a length is one in bytes, and the dot keeps trailing newlines.
LC_ALL_BEFORE=${LC_ALL-unset}
LC_ALL=C
command=$(head -c "$length" && echo .)
if [ "${#command}" -ne "$((length + 1))" ]; then
  if command -v head >/dev/null; then echo gc:incomplete >&2; else echo gc:no-head >&2; fi
  exit 93
fi
# It is all read; what comes now is the end of a stdin that stays open.
trap - EXIT
if [ "$LC_ALL_BEFORE" = unset ]; then unset LC_ALL; else LC_ALL=$LC_ALL_BEFORE; fi
unset LC_ALL_BEFORE
command=${command%.}
[ ! -r /run/gc/env ] || . /run/gc/env
cd "${GC_DIR:-/workspace}" 2>/dev/null || cd /workspace 2>/dev/null || cd /
# stdin stays open as long as the caller lives: one that goes away takes its command along. Only this
# shell keeps stderr open: containerd closes stdin as soon as one output is closed, and the answer
# waits for both. Once this shell is gone, the end of stdin means nothing.
exec 3<&0 </dev/null
{
  read -r _ <&3
  kill -0 $$ || exit
  trap '' TERM
  kill -s TERM -- -$$
  sleep 2
  kill -s KILL -- -$$
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
[ -z "$starts" ] || sh /run/gc/box.sh before >/dev/null 2>&1
case $command in
  *'$$'* | *'${$'*)
    # It may signal its own shell, which must not be this one. No argument: others would see it.
    (sh /dev/fd/3) 2>&1 3<<COMMAND
exec 3<&-; $command
COMMAND
    ;;
  # A process of its own, because a command may say exec.
  *) (eval "$command") 2>&1 ;;
esac
code=$?
kill -KILL $watcher
[ -z "$starts" ] || sh /run/gc/box.sh after >/dev/null 2>&1
exit $code
