# PID 1 until `start` has brought the supervisor. Ends by itself when no `start` ever finishes:
# whoever started it was killed, or cannot reach the cluster any more.
trap 'exit 143' TERM INT HUP
trap : USR1
echo 'gc: waiting for start'
sleep 150 &
wait $!
[ -e /run/gc/launched ] || { echo 'gc: no start finished within 150 s, ending'; exit 70; }
kill $! 2>/dev/null
exec sh /run/gc/supervisor.sh
