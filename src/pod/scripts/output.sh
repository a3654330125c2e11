# Takes all that the pane prints: to the container's output, and into a log of limited size. The
# older half goes when the newer is full; the logs of the last runs in this pod are set aside.
gc=/run/gc
. "$gc/run"
umask 077
cd "$gc/output" || exec cat >/proc/1/fd/1
: >open
if [ -s agent.log ]; then
  now=$(date -u +%Y%m%dT%H%M%SZ)
  [ ! -f agent.log.1 ] || mv agent.log.1 "agent-$now.log.1"
  mv agent.log "agent-$now.log"
  set -- agent-*.log
  while [ $# -gt 4 ]; do
    rm -f "$1" "$1.1"
    shift
  done
fi
# dd writes what it has read at once. A round adds at most 1 MiB, and reads nothing only at the end.
full=$((output_limit / 2 - 1048576))
tee /proc/1/fd/1 | {
  while said=$({ dd bs=4096 count=256 >>agent.log; } 2>&1); do
    case $said in 0+0*) break ;; esac
    size=$(wc -c <agent.log)
    [ "${size:-0}" -lt "$full" ] || mv agent.log agent.log.1
  done 2>/dev/null
  # A log that takes no more (a full disk) must not end the output of the container.
  cat >/dev/null
}
rm -f open
