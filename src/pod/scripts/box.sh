# Makes a tmux that gc starts in a provisioned box what `start` would have made it.
# $1: "before" the command that may start it, or "after". Of a started session nothing is changed.
gc=/run/gc
[ -e "$gc/provisioned" ] || exit 0
if [ "$1" = before ]; then
  tmux -u start-server \; set-option -s exit-empty off \; set-option -g history-limit 20000
  exit
fi
tmux has-session -t =main 2>/dev/null || exit 0
[ -z "$(tmux show-options -qv -t =main: @gc-adopted)" ] || exit 0
tmux -u set-option -s exit-empty on \; set-option -t =main: @gc-adopted 1 \; \
  pipe-pane -t =main: 'exec sh /run/gc/output.sh'
exec sh "$gc/metadata.sh"
