# Gives tmux one value of metadata, from stdin, and notes it in files, from which a restarted tmux
# is filled. $1: what follows the value when it came whole, empty for a value that tmux cannot hold,
# of which only a mark is left; $2: a name for its files; $3: the key, as tmux takes it.
end=$1 name=$2 key=$3 mark=@gc-annotated-$2
umask 077
directory=/run/gc/meta
[ -d "$directory" ] || mkdir -p "$directory" 2>/dev/null || directory=
if [ -z "$end" ]; then
  if [ -n "$directory" ]; then
    rm -f "$directory/$name.key" && : >"$directory/$name.mark" || exit 1
  fi
  tmux set-environment -u -t =main -- "$key" 2>/dev/null
  tmux set-option -t =main: "$mark" 1 || failed
  exit 0
fi
value=$(cat)
# A stream that broke off ends too.
case $value in *"$end") ;; *)
  echo 'the value did not arrive whole' >&2
  exit 1
  ;;
esac
value=${value%"$end"}
if [ -n "$directory" ]; then
  file=$directory/gc-$$
  [ ! -e "$directory/$name.mark" ] || rm -f "$directory/$name.mark"
  printf %s "$value" >"$file" && mv "$file" "$directory/$name.value" &&
    printf %s "$key" >"$directory/$name.key" || exit 1
fi
# An argument's last ";" would end tmux's command.
case $value in *';') value=${value%;}'\;' ;; esac
tmux -u set-environment -t =main -- "$key" "$value" \; set-option -qu -t =main: "$mark" || failed
