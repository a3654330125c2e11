# Types the text on stdin into the pane. $1: its length in bytes, or "marked": the id follows it, it
# is short and has no NUL, so that the shell can hold it; $2: an id of this message; $3: the key
# pressed after it, empty for none; $4: "again" when an earlier try may have typed it.
length=$1 id=$2 key=$3 text='' file=/tmp/gc-$2
if [ "$4" = again ] && [ "$(tmux show-options -sqv @gc-typed)" = "$id" ]; then
  exit 0
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
# One call of tmux, so that nothing comes between. -p brackets the paste for programs that asked.
set -- set-option -s @gc-typed "$id"
[ -z "$key" ] || set -- "$@" \; send-keys -t =main: "$key"
[ "$length" -eq 0 ] || set -- load-buffer -b "gc-$id" "$file" \; paste-buffer -p -d -b "gc-$id" -t =main: \; "$@"
set -- if-shell -F -t =main: '#{pane_in_mode}' 'send-keys -t =main: -X cancel' \; "$@"
if [ "$file" = - ]; then
  printf %s "$text" | tmux "$@"
  code=$?
else
  tmux "$@"
  code=$?
  rm -f "$file"
fi
[ "$code" = 0 ] || failed
