# Keeps the files of an ended run for as long as its artifacts may be fetched, and lists them in its
# termination message. $1: seconds.
trap 'exit 0' TERM INT HUP
gc=/run/gc
tries=0
until [ -p "$gc/alive" ]; do
  [ "$tries" -lt 600 ] || exit 0
  tries=$((tries + 1))
  sleep 0.1 2>/dev/null || sleep 1
done
# The read ends when PID 1 of the agent's container, the pipe's only writer, has ended. Opening it
# both ways first waits for nobody.
exec 4<>"$gc/alive" 5<"$gc/alive" 4>&-
cat <&5 >/dev/null &
wait $!
sh "$gc/catalogue.sh" >"$gc/catalogue"
[ -s "$gc/catalogue" ] || exit 0
head -c 4000 "$gc/catalogue" >/dev/termination-log
sleep "$1" &
wait $!
exit 0
