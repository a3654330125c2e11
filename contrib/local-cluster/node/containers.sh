# shellcheck shell=dash
# The node's images, cgroups, volumes, and the end of its containers. Sourced, never run.

ctr_() { ctr --address "$SOCKET" -n k8s.io "$@"; }

# load_pause: the image of every pod's first container, made here: nothing is pulled for it.
load_pause() {
  ctr_ images ls -q | grep -qx "$PAUSE" && return 0
  local work=$STATE/pause
  mkdir -p "$work"
  cp "$BIN/pause" "$work/pause"
  tar -C "$work" -cf "$work/layer.tar" pause
  local digest
  digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":["/pause"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$(go env GOARCH)" "$digest" >"$work/config.json"
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$PAUSE" >"$work/manifest.json"
  tar -C "$work" -cf "$work/image.tar" manifest.json config.json layer.tar
  import_archive "$work/image.tar"
  rm -rf "$work"
}

import_archive() {
  ctr_ images import "$1" >"$LOG/import" 2>&1 && return 0
  tail -n 3 "$LOG/import" >&2
  give_up "$FAILED" "$1 could not be loaded" 'containerd said so above' \
    'give an archive made by docker save, podman save or buildah push docker-archive:'
}

# v1 has a tree for each controller. A cpuset is born without processors; it takes its parent's.
make_cgroups() {
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p "/sys/fs/cgroup/$CGROUP"
    for controller in cpu cpuset memory pids hugetlb; do
      if grep -qw "$controller" /sys/fs/cgroup/cgroup.controllers; then
        echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
      fi
    done
    return 0
  fi
  awk '$3 == "cgroup" {print $2}' /proc/mounts | while read -r tree; do
    mkdir -p "$tree/$CGROUP"
    if [ -f "$tree/cpuset.cpus" ]; then
      cat "$tree/cpuset.cpus" >"$tree/$CGROUP/cpuset.cpus"
      cat "$tree/cpuset.mems" >"$tree/$CGROUP/cpuset.mems"
    fi
  done
}

remove_cgroups() {
  awk '$3 == "cgroup" || $3 == "cgroup2" {print $2}' /proc/mounts | while read -r tree; do
    if [ -d "$tree/$CGROUP" ]; then find "$tree/$CGROUP" -depth -type d -exec rmdir {} +; fi
  done
}

# stop_containers: kills what runs, removes its network namespaces, then containerd.
stop_containers() {
  if is_running containerd; then
    local namespaces
    namespaces=$(for id in $(ctr_ containers ls -q); do ctr_ containers info "$id"; done |
      sed -n 's|.*"/var/run/netns/\(cni-[^"]*\)".*|\1|p' | sort -u)
    for id in $(ctr_ tasks ls -q); do ctr_ tasks kill -s SIGKILL "$id" >/dev/null 2>&1 || say "$id had ended already"; done
    until_true 20 no_task_runs || say 'some containers did not end'
    for id in $(ctr_ containers ls -q); do
      ctr_ tasks rm -f "$id" >/dev/null 2>&1
      ctr_ containers rm "$id" >/dev/null 2>&1
    done
    # That of a pod which has ended is gone already.
    for namespace in $namespaces; do
      if [ -e "/run/netns/$namespace" ]; then ip netns delete "$namespace"; fi
    done
    stop containerd
  fi
  awk -v state="$STATE/" 'index($2, state) == 1 {print $2}' /proc/mounts | sort -r | while read -r mounted; do
    umount -l "$mounted"
  done
}

no_task_runs() { ! ctr_ tasks ls | grep -q RUNNING; }

# apply_storage: a default storage class, and eight volumes of this machine's disk.
apply_storage() {
  mkdir -p "$STATE/volumes"
  for number in 1 2 3 4 5 6 7 8; do
    mkdir -p "$STATE/volumes/$number"
    sed -e "s|NODE|$NODE|" -e "s|NUMBER|$number|g" -e "s|VOLUMES|$STATE/volumes|" "$NODE_SOURCE/volume.yaml"
  done | driver_kubectl apply -f "$NODE_SOURCE/storage-class.yaml" -f - >/dev/null
}
