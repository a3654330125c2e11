# shellcheck shell=dash
# Log lines of k3d, kind, minikube, k3s, kubeadm and the kubelet that are known, and what they mean.
# Sourced, never run.

CGROUP_ADVICE='run contrib/local-cluster/check: it tells which controller or privilege is missing and what gives it'

# known_lines: for each, a pattern (grep -E), why, and what to do, on three lines.
known_lines() {
  cat <<TEXT
could not find a log line that matches .?Reached target .*Multi-User System
systemd in kind's node container did not start: it lacks cgroup controllers, cgroup delegation or privileges
$CGROUP_ADVICE
failed to find memory cgroup \(v2\)
k3s sees cgroup v2 without the memory controller: the host did not delegate it
$CGROUP_ADVICE
failed to find memory cgroup, you may need to add
the kernel was started without the memory controller (as on a Raspberry Pi)
add cgroup_memory=1 cgroup_enable=memory to the kernel's command line and restart
(failed to evacuate root cgroup|mkdir /sys/fs/cgroup[^ ]*): .*[Rr]ead-only file system
the cgroup file system is mounted read-only in this container
run contrib/local-cluster/check --fix, or start the container with --privileged
error waiting for log line .k3s is up and running. from node
k3s in k3d's node container did not start in time: most often cgroups or privileges are missing, else the images came slowly
run contrib/local-cluster/check; where that finds nothing, run up with --timeout 600
kubelet is configured to not run on a host using cgroup v1
from Kubernetes 1.35 on a kubelet refuses cgroup v1 unless told otherwise
use contrib/local-cluster/up, which tells it (fail-cgroupv1=false), or start the host with cgroup v2
open /dev/kmsg: (no such file or directory|operation not permitted|permission denied)
the kubelet watches /dev/kmsg, which this container does not have
start the container with --privileged, or with --device /dev/kmsg
(overlayfs.? snapshotter cannot be enabled|failed to mount overlay|overlay.* invalid argument)
layers of files cannot be laid over a file system that is itself such layers
put the data on a volume or disk: up --home DIR, for Docker a volume at /var/lib/docker
(too many open files|inotify_init: too many)
the kernel's inotify limits are used up
run contrib/local-cluster/check --fix, or use fewer --agents
permission denied while trying to connect to the [Dd]ocker (daemon socket|API)
your user may not use the Docker engine
add it to the group docker and log in anew, or run this with sudo
([Cc]annot connect to the Docker daemon|PROVIDER_DOCKER_NOT_RUNNING|failed to connect to the docker API)
no Docker engine runs where the docker command looks for it
start Docker, or mount its socket here; inside a container without one use --driver from-source or a cluster elsewhere
(DRV_AS_ROOT|The "docker" driver should not be used with root privileges)
minikube does not use Docker as root unless it is forced to
use contrib/local-cluster/up, which adds --force for root, or run it as another user
(K8S_DOWNGRADE_UNSUPPORTED|You have selected Kubernetes .* but the existing cluster)
the cluster there has another Kubernetes version than this minikube would make
contrib/local-cluster/down, then up; or minikube start with --kubernetes-version of the existing one
(RSRC_INSUFFICIENT|RSRC_OVER_ALLOC|Requested (cpu|memory) .* (is|more) )
the Docker engine has fewer processors or less memory than minikube wants
give the engine two processors and 2 GiB at least, or use fewer --agents
(port is already allocated|bind: address already in use|address already in use)
something else listens on that port
name another with --port
no space left on device
the disk that images are kept on is full
free some (docker system prune), or name another disk with --home
(The kubelet is not (running|healthy)|wait-control-plane.*timed out|GUEST_PROVISION|GUEST_START)
the node's kubelet did not come up: most often cgroups or privileges are missing
$CGROUP_ADVICE
(toomanyrequests|TLS handshake timeout|failed to pull (and unpack )?image|dial tcp: lookup .*: (no such host|i/o timeout))
the node's images could not be fetched
check the network, proxy or registry; images that are here already go in with contrib/local-cluster/load
TEXT
}

# explain_log FILE: tells what its known lines mean; whether there was any.
explain_log() {
  local found=1 pattern why remedy line
  while IFS= read -r pattern && IFS= read -r why && IFS= read -r remedy; do
    line=$(grep -E -m 1 -e "$pattern" "$1") || continue
    problem "known: $line" "$why" "$remedy"
    found=0
  done <<TEXT
$(known_lines)
TEXT
  return "$found"
}

# explain_and_leave: check --log.
explain_and_leave() {
  local copy
  copy=$(mktemp) || exit "$FAILED"
  if [ "$LOG_FILE" = - ]; then LOG_FILE='standard input' && cat >"$copy"; else cat <"$LOG_FILE" >"$copy"; fi ||
    give_up "$FAILED" "$LOG_FILE cannot be read" 'the shell said so above' 'name a log to explain'
  explain_log "$copy"
  local known=$?
  rm -f "$copy"
  if [ "$known" = 0 ]; then ways_out && exit "$OK"; fi
  give_up "$FAILED" "$LOG_FILE has no line that is known" \
    'only lines of k3d, kind, minikube, k3s, kubeadm and the kubelet are' 'run contrib/local-cluster/check without --log'
}
