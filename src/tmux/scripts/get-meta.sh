# Prints what tmux holds under a key, exactly. $1: the name of its files; $2: the key, as tmux takes it.
value=$(tmux -u show-environment -t =main -- "$2" 2>/dev/null; printf .)
if [ "$value" != . ]; then
  # tmux adds a newline; a removed variable is shown as "-KEY". No name of a variable holds "=".
  value=${value%?.}
  case $value in *=*) printf %s "${value#*=}" ;; esac
  exit 0
fi
mark=$(tmux show-options -qv -t =main: "@gc-annotated-$1" 2>/dev/null)
if [ -n "$mark" ]; then
  echo gc:annotated >&2
  exit 94
fi
tmux has-session -t =main 2>/dev/null || { echo gc:absent >&2; exit 93; }
