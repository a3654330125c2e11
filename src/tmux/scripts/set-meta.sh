# Gives tmux one value of metadata, from stdin, and notes it in files, from which a restarted tmux
# is filled. $1: its length in bytes; $2: a name for its files; $3: "held" when tmux can hold it;
# $4: the key, as tmux takes it.
length=$1 name=$2 held=$3 key=$4 mark=@gc-annotated-$2
umask 077
directory=/run/gc/meta
mkdir -p "$directory" 2>/dev/null || directory=/tmp
file=$directory/gc-$$
cat >"$file"
if [ "$(wc -c <"$file")" -ne "$length" ]; then
  rm -f "$file"
  echo 'the value did not arrive whole' >&2
  exit 1
fi
if [ "$held" != held ]; then
  rm -f "$file" "$directory/$name.key"
  [ "$directory" = /tmp ] || : >"$directory/$name.mark"
  tmux set-environment -u -t =main -- "$key" 2>/dev/null
  tmux set-option -t =main: "$mark" 1 || failed
  exit 0
fi
# The dot keeps trailing newlines; an argument's last ";" would end tmux's command.
value=$(cat "$file"; printf .)
value=${value%.}
case $value in *';') value=${value%;}'\;' ;; esac
if [ "$directory" = /tmp ]; then
  rm -f "$file"
else
  rm -f "$directory/$name.mark"
  mv "$file" "$directory/$name.value" && printf %s "$key" >"$directory/$name.key"
fi
tmux -u set-environment -t =main -- "$key" "$value" \; set-option -qu -t =main: "$mark" || failed
