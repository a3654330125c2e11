# shellcheck shell=dash
# shellcheck disable=SC2034 # read by the files that are sourced after this one
# What people read, and the exit codes. Sourced, never run.

OK=0 FAILED=1 USAGE=2 HOST_CANNOT=3 TOOL_MISSING=4

say() { printf 'local-cluster: %s\n' "$*" >&2; }

# problem WHAT WHY DO: one failure on stderr, in the three parts every failure has.
problem() {
  printf 'local-cluster: %s\n  why: %s\n  do this: %s\n' "$1" "$2" "$3" >&2
}

# ways_out: what helps whatever the cause was. The agents never need a cluster on this machine.
ways_out() {
  cat >&2 <<'TEXT'
three ways out:
  A. use the host's Kubernetes: mount its kubeconfig here and replace 127.0.0.1 in "server:" by the host's address
  B. use a cluster elsewhere (recommended): export KUBECONFIG=/path/to/its/kubeconfig
  C. let the host give more: docker run --privileged --cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup:rw, or in the
     host's /etc/docker/daemon.json {"default-cgroupns-mode": "host"} and restart Docker
each in full: docs/local-cluster.md
TEXT
}

# give_up CODE WHAT WHY DO
give_up() {
  problem "$2" "$3" "$4"
  ways_out
  exit "$1"
}
