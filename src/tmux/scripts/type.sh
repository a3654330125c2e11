# Types the text on stdin into the pane. $1: its length in bytes, or "marked": the id follows it, it
# is short and has no NUL, so that the shell can hold it; $2: an id of this message; $3: "Enter" when
# that is pressed after it, else empty; $4: "again" when an earlier try may have typed it.
length=$1 id=$2 key=$3 text='' file=${TMUX_TMPDIR:-/tmp}/gc-$2
if [ "$4" = again ]; then
  case " $(tmux show-options -sqv @gc-typed)" in *" $id "*) exit 0 ;; esac
fi
# A stream that broke off ends too: half a message is never typed.
if [ "$length" = marked ]; then
  text=$(cat)
  case $text in *"$id") text=${text%"$id"} length=${#text} file=- ;; *) length=broken ;; esac
else
  umask 077
  cat >"$file"
  [ "$(wc -c <"$file")" -eq "$length" ] || { rm -f "$file"; length=broken; }
fi
if [ "$length" = broken ]; then
  echo 'the message did not arrive whole' >&2
  exit 1
fi
set -- set-option -sF @gc-typed "$id #{=170:@gc-typed}"
if [ -n "$key" ]; then
  # A program that reads Enter in one piece with the text takes it for a part of the paste. So tmux presses
  # it a moment later, unless it was pressed because somebody else typed meanwhile. In "##" tmux drops one.
  press="if-shell -F -t =main: '##{pane_in_mode}' 'send-keys -t =main: -X cancel' ; \
set-option -su @gc-enter ; send-keys -t =main: Enter"
  later="{ sleep 0.2 || sleep 1; tmux if-shell -F -t =main: '##{==:##{@gc-enter},$id}' \"$press\"; } >/dev/null 2>&1; exit 0"
  set -- "$@" \; set-option -s @gc-enter "$id" \; run-shell -b "$later"
fi
# -p brackets the paste for programs that asked.
[ "$length" -eq 0 ] || set -- paste-buffer -p -d -b "gc-$id" -t =main: \; "$@"
set -- if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' \; \
  if-shell -F -t =main: '#{!=:#{@gc-enter},}' 'set-option -su @gc-enter ; send-keys -t =main: Enter' \; "$@"
# One call of tmux, so that nothing comes between. To load the text comes first: tmux waits for it, and does
# meanwhile what others ask for.
[ "$length" -eq 0 ] || set -- load-buffer -b "gc-$id" "$file" \; "$@"
if [ "$file" = - ]; then
  printf %s "$text" | tmux "$@"
  code=$?
else
  tmux "$@"
  code=$?
  rm -f "$file"
fi
[ "$code" = 0 ] && exit
tmux delete-buffer -b "gc-$id" 2>/dev/null
failed
