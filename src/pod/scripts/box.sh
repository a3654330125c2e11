# Makes a tmux that gc starts in a provisioned box what `start` would have made it.
# $1: "before" the command that may start it, or "after".
gc=/run/gc
if [ "$1" = before ]; then
  tmux -u start-server \; set-option -s exit-empty off \; set-option -g history-limit 20000
  exit
fi
tmux has-session -t =main 2>/dev/null || exit 0
[ -z "$(tmux show-options -qv -t =main: @gc-adopted)" ] || exit 0
tmux -u set-option -s exit-empty on \; set-option -t =main: @gc-adopted 1 \; \
  pipe-pane -t =main: 'exec sh /run/gc/output.sh'
for key in "$gc"/meta/*.key; do
  [ -f "$key" ] || continue
  name=$(cat "$key" && echo .)
  value=$(cat "${key%.key}.value" && echo .)
  value=${value%.}
  case $value in *';') value=${value%;}'\;' ;; esac
  tmux -u set-environment -t =main -- "${name%.}" "$value"
done
for mark in "$gc"/meta/*.mark; do
  [ -f "$mark" ] || continue
  mark=${mark##*/}
  tmux set-option -t =main: "@gc-annotated-${mark%.mark}" 1
done
