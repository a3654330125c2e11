# shellcheck shell=dash
# Which cgroups this machine has, and whether a kubelet can work with them. Sourced, never run.
#
# v2 is one tree at /sys/fs/cgroup; v1 is one tree a controller; hybrid is v1 with an empty v2 tree
# beside it. What a kubelet cannot do without: pkg/kubelet/cm of Kubernetes (validateSystemRequirements
# for v1, cgroupV2impl.Validate for v2).
NEEDED_V2='cpu cpuset memory pids'
NEEDED_V1='cpu cpuacct cpuset memory pids'
TREE=/sys/fs/cgroup

mounts() { cat "$ROOT/proc/mounts" 2>/dev/null; }

# What is mounted last at a place hides what is below it.
cgroup_kind() {
  mounts | awk -v tree="$TREE" '
    $2 == tree {top = $3}
    $3 == "cgroup2" && $2 != tree {beside = 1}
    $3 == "cgroup" {one = 1}
    END {print top == "cgroup2" ? "v2" : one ? (beside ? "hybrid" : "v1") : beside ? "v2-elsewhere" : "none"}'
}

# without WORDS FROM: the words of WORDS that FROM has not, on one line.
without() {
  local left=''
  for word in $1; do
    case " $2 " in *" $word "*) ;; *) left="$left $word" ;; esac
  done
  echo "${left# }"
}

# words FILE: its words; a "+memory" counts as "memory", as it does for who writes subtree_control.
words() { tr '\n' ' ' 2>/dev/null <"$ROOT$1" | sed 's/+//g; s/ *$//'; }

# v1_trees: "MOUNT OPTIONS" of each v1 tree.
v1_trees() { mounts | awk '$3 == "cgroup" {print $2, $4}'; }

# v1_controllers: the controllers that are mounted.
v1_controllers() {
  local mounted
  mounted=$(v1_trees | cut -d' ' -f2 | tr ',\n' '  ')
  without "$NEEDED_V1" "$(without "$NEEDED_V1" "$mounted")"
}

# is_disabled CONTROLLER: the kernel was started without it.
is_disabled() { awk -v c="$1" '$1 == c && $4 == 0 {off = 1} END {exit !off}' "$ROOT/proc/cgroups" 2>/dev/null; }

find_cgroups() {
  CGROUP_KIND=$(cgroup_kind)
  case $CGROUP_KIND in
    v2) find_v2 ;;
    v1 | hybrid) find_v1 ;;
    *)
      bad here "no cgroup file system is mounted at $TREE" \
        'a kubelet limits every pod by a cgroup; without one it does not start' \
        "start this container with --privileged --cgroupns=host -v $TREE:$TREE:rw"
      ;;
  esac
}

find_v2() {
  local available delegated missing
  available=$(words $TREE/cgroup.controllers)
  delegated=$(words $TREE/cgroup.subtree_control)
  missing=$(without "$NEEDED_V2" "$available")
  if [ -n "$missing" ]; then
    missing_controllers "v2 (cgroup.controllers has: ${available:-nothing})" "$missing"
    return
  fi
  if is_read_only "$TREE"; then
    read_only_tree "$TREE"
    return
  fi
  missing=$(without "$NEEDED_V2" "$delegated")
  if [ -n "$missing" ]; then
    bad here "cgroup v2 has $missing, but does not hand it down (cgroup.subtree_control has: ${delegated:-nothing})" \
      'a controller works below this cgroup only when it is delegated in cgroup.subtree_control' \
      'run contrib/local-cluster/check --fix, which writes cgroup.subtree_control'
    fixable delegate
    return
  fi
  good "cgroup v2 with $NEEDED_V2, delegated and writable"
}

find_v1() {
  local missing tree
  missing=$(without "$NEEDED_V1" "$(v1_controllers)")
  if [ -n "$missing" ]; then
    missing_controllers "$CGROUP_KIND (mounted: $(v1_controllers))" "$missing"
    return
  fi
  tree=$(read_only_v1_tree)
  if [ -n "$tree" ]; then
    read_only_tree "$tree"
    return
  fi
  good "cgroup $CGROUP_KIND with $NEEDED_V1, writable; nodes are told to accept v1 (fail-cgroupv1=false)"
}

# missing_controllers WHERE MISSING
missing_controllers() {
  local what="cgroup $1 lacks: $2" disabled=''
  for controller in $2; do
    if is_disabled "$controller"; then disabled="$disabled $controller"; fi
  done
  if [ -n "$disabled" ]; then
    bad here "$what" "the kernel was started without$disabled (see /proc/cgroups)" \
      "add cgroup_enable=${disabled# } to the kernel's command line (cgroup_memory=1 too on a Raspberry Pi) and restart"
  else
    bad here "$what" \
      'the host did not delegate it to this container; nothing inside the container can change that' \
      'on the host, restart the container with --privileged --cgroupns=host, or give its cgroup-parent Delegate=yes (systemd)'
  fi
}

is_read_only() { mounts | awk -v m="$1" '$2 == m {o = $4} END {exit !(o ~ /(^|,)ro(,|$)/)}'; }

read_only_v1_tree() {
  v1_trees | while read -r tree options; do
    case ",$options," in
      *,cpu,* | *,cpuacct,* | *,cpuset,* | *,memory,* | *,pids,*)
        if is_read_only "$tree"; then echo "$tree" && break; fi
        ;;
    esac
  done
}

read_only_tree() {
  bad here "$1 is mounted read-only" \
    'the controllers are there, but no cgroup can be made for a pod' \
    'run contrib/local-cluster/check --fix, which remounts it; where that is refused, start the container with --privileged'
  fixable "remount:$1"
}
