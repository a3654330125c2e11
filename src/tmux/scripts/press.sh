# Presses keys, once. $1: an id of this press; $2: "again" when an earlier try may have done it; the
# rest: the keys' names.
id=$1 try=$2
shift 2
if [ "$try" = again ] && [ "$(tmux show-options -sqv @gc-typed)" = "$id" ]; then
  exit 0
fi
tmux if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' \; \
  set-option -s @gc-typed "$id" \; send-keys -t =main: -- "$@" || failed
