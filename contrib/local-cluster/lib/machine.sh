# shellcheck shell=dash
# What a node needs of this machine besides cgroups. Sourced, never run.

# has_capability SET NUMBER: SET is CapEff or CapBnd of /proc/self/status, NUMBER as in
# linux/capability.h.
has_capability() {
  local mask
  mask=$(awk -v set="$1:" '$1 == set {print $2}' "$ROOT/proc/self/status" 2>/dev/null)
  [ $((0x${mask:-0} >> $2 & 1)) = 1 ]
}

find_privileges() {
  local missing=''
  has_capability CapBnd 21 || missing="$missing CAP_SYS_ADMIN"
  has_capability CapBnd 12 || missing="$missing CAP_NET_ADMIN"
  if [ -n "$missing" ]; then
    bad here "this container is not privileged: it lacks$missing" \
      'a node mounts file systems and makes networks for its pods' \
      'start the container with --privileged'
  elif ! has_capability CapEff 21; then
    warn 'you are not root' 'k3s, k0s and from-source run containers themselves; k3d, kind and minikube leave that to Docker' \
      'for those three, run this with sudo'
    NEEDS_ROOT=yes
  else
    good 'privileged: CAP_SYS_ADMIN and CAP_NET_ADMIN'
  fi
}

find_kmsg() {
  if [ -r "$ROOT/dev/kmsg" ]; then
    good '/dev/kmsg can be read'
  elif [ -z "$NEEDS_ROOT" ]; then
    bad here '/dev/kmsg cannot be read' 'a kubelet watches it for processes that ran out of memory, and does not start without' \
      'start the container with --privileged, or with --device /dev/kmsg'
  fi
}

# file_system_of PATH: the type of the file system that PATH is or would be on.
file_system_of() {
  mounts | awk -v path="$1/" '
    {m = $2 == "/" ? "/" : $2 "/"}
    index(path, m) == 1 && length(m) >= length(best) {best = m; type = $3}
    END {print type}'
}

find_overlay() {
  if ! grep -qw overlay "$ROOT/proc/filesystems" 2>/dev/null; then
    bad here 'the kernel has no overlay file system' 'containers are layers of files laid over each other' \
      'on the host: modprobe overlay'
  elif [ "$(file_system_of "$HOME_DIR")" = overlay ]; then
    bad here "$HOME_DIR is on an overlay file system itself" 'layers cannot be laid over such layers' \
      'name a directory on a volume or disk with --home (docker run -v some-volume:/data)'
  else
    good 'overlay file system'
  fi
}

# inotify limits: below what a kernel starts with nothing works; kind names the higher ones for
# several nodes on one machine.
find_inotify() {
  local directory="$ROOT/proc/sys/fs/inotify" instances watches
  instances=$(cat "$directory/max_user_instances" 2>/dev/null || echo 0)
  watches=$(cat "$directory/max_user_watches" 2>/dev/null || echo 0)
  local what="inotify: $instances instances and $watches watches a user"
  if [ "$instances" -lt 128 ] || [ "$watches" -lt 8192 ]; then
    bad both "$what" 'a node needs at least 128 and 8192, or its programs end with "too many open files"' \
      'run contrib/local-cluster/check --fix, which raises fs.inotify.max_user_instances and _watches'
    fixable inotify
  elif [ "$instances" -lt 512 ] || [ "$watches" -lt 524288 ]; then
    warn "$what" 'enough for one node; several end with "too many open files" (512 and 524288 are safe)' \
      'run contrib/local-cluster/check --fix, or give k3d, kind and minikube --agents 0'
    fixable inotify
  else
    good "$what"
  fi
}

# find_disk: of the directory that state is or would be kept in.
find_disk() {
  local directory=$HOME_DIR free percent
  while [ ! -d "$directory" ]; do directory=$(dirname "$directory"); done
  free=$(df -Pk "$directory" | awk 'NR == 2 {print int($4 / 1048576)}')
  percent=$(df -Pk "$directory" | awk 'NR == 2 {print $2 ? int(100 * $4 / $2) : 0}')
  if [ "$free" -lt 5 ]; then
    bad both "$free GiB are free below $directory" 'images and builds take 5 GiB at least' \
      'free some, or name another disk with --home (Docker keeps its own below /var/lib/docker)'
  elif [ "$free" -lt 10 ] || [ "$percent" -lt 15 ]; then
    warn "$free GiB ($percent %) are free below $directory" \
      'most nodes evict pods when less than 10 to 15 % of the disk are free' 'free some, or name another disk with --home'
  else
    good "$free GiB are free below $directory"
  fi
}

# port_in_use NUMBER: something listens on it (state 0A of /proc/net/tcp).
port_in_use() {
  local hex
  hex=$(printf ':%04X' "$1")
  cat "$ROOT/proc/net/tcp" "$ROOT/proc/net/tcp6" 2>/dev/null |
    awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port {used = 1} END {exit !used}'
}
