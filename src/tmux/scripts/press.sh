# Presses keys, once. $1: an id of this press; $2: "again" when an earlier try may have done it; the
# rest: the keys' names.
id=$1 try=$2
shift 2
if [ "$try" = again ]; then
  case " $(tmux show-options -sqv @gc-typed)" in *" $id "*) exit 0 ;; esac
fi
# The Enter of a message that was typed a moment ago comes first (type.sh).
tmux if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' \; \
  if-shell -F -t =main: '#{!=:#{@gc-enter},}' 'set-option -su @gc-enter ; send-keys -t =main: Enter' \; \
  set-option -sF @gc-typed "$id #{=170:@gc-typed}" \; send-keys -t =main: -- "$@" || failed
