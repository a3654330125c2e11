# shellcheck shell=dash
# shellcheck disable=SC2153 # PORT, TREE and the like are set by other files
# What --fix changes, and nothing else: read-only cgroup mounts, cgroup.subtree_control, two inotify
# limits. Each change is told. Sourced, never run.

# apply_fixes: everything the findings called fixable.
apply_fixes() {
  for fix in $FIXES; do
    case $fix in
      remount:*) fix_mount "${fix#remount:}" ;;
      delegate) fix_delegation ;;
      inotify) fix_inotify ;;
    esac
  done
}

# fix_mount MOUNT: read-only is most often this mount (bind), seldom the whole file system.
fix_mount() {
  local words
  if words=$(mount -o remount,bind,rw "$1" 2>&1) || words=$(mount -o remount,rw "$1" 2>&1); then
    say "fixed: remounted $1 read-write"
  else
    say "not fixed: $1 stays read-only: $words"
  fi
}

# fix_delegation: processes of this cgroup move to a child first, since a cgroup other than the
# root cannot both have processes and hand controllers down.
fix_delegation() {
  local tree=$ROOT$TREE moved=0 controllers
  if [ -f "$tree/cgroup.type" ]; then
    mkdir -p "$tree/init"
    while read -r pid; do
      if (echo "$pid" >"$tree/init/cgroup.procs") 2>/dev/null; then moved=$((moved + 1)); fi
    done <"$tree/cgroup.procs"
  fi
  controllers=$(without "$NEEDED_V2" "$(without "$NEEDED_V2" "$(words "$TREE"/cgroup.controllers)")")
  if (echo "+$controllers" | sed 's/ / +/g' >"$tree/cgroup.subtree_control") 2>/dev/null; then
    say "fixed: wrote +$(echo "$controllers" | sed 's/ / +/g') to $TREE/cgroup.subtree_control ($moved processes moved to $TREE/init)"
  else
    say "not fixed: $TREE/cgroup.subtree_control cannot be written"
  fi
}

fix_inotify() {
  raise max_user_instances 512
  raise max_user_watches 524288
}

# raise LIMIT VALUE: never lowers.
raise() {
  local file=$ROOT/proc/sys/fs/inotify/$1
  [ "$(cat "$file")" -lt "$2" ] || return 0
  if (echo "$2" >"$file") 2>/dev/null; then
    say "fixed: fs.inotify.$1 is $2 until the next restart"
  else
    say "not fixed: fs.inotify.$1 cannot be written"
  fi
}
