# Prints the pane at once and then at each change, a record separator after each. $1: that separator.
exec 3<&0 </dev/null
{
  read -r _ <&3
  kill -KILL $$
} >/dev/null 2>&1 &
exec 3<&-
before=
while now=$(tmux -u capture-pane -p -t =main: && echo .); do
  if [ "$now" != "$before" ]; then
    printf '%s\n%s\n' "${now%.}" "$1"
    before=$now
  fi
  sleep 0.3 2>/dev/null || sleep 1
done
kill -KILL $!
failed
