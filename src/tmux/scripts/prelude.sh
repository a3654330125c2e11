# Goes before every script that runs in a pod. $1 is the session it is meant for, empty when the
# pod was looked at before; the rest are the script's own arguments.
# Exit 93 with one of these words on stderr is ours, whatever the script's own exit codes mean.
[ -z "$1" ] || [ "$1" = "${GC_SESSION_NAME-}" ] || { echo gc:other >&2; exit 93; }
shift
# Ends the script: because the session is not there, or else as failed.
failed() {
  tmux has-session -t =main 2>/dev/null
  # 1 is tmux's own "no"; a tmux that could not be asked is a failure.
  [ $? != 1 ] || { echo gc:absent >&2; exit 93; }
  exit 1
}
