# Asks PID 1 to end the agent: SIGINT, then SIGKILL after the grace period, which this prints in seconds.
[ -e /run/gc/supervised ] || { echo 'its pod was not made by gc-k8s' >&2; exit 1; }
kill -s USR2 1
. /run/gc/run
echo "$grace"
