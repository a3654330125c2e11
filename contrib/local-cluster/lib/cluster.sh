# shellcheck shell=dash
# One cluster's life, whatever makes it. A driver is a file in drivers/ with the functions
# driver_context, driver_kubeconfig, driver_exists, driver_create, driver_start, driver_nodes_ready,
# driver_finish, driver_delete and driver_load. Sourced, never run.

# load_driver: the functions of DRIVER.
load_driver() {
  # shellcheck source=/dev/null
  . "$HERE/drivers/$DRIVER.sh"
}

# take_turn: one up, down or load at a time for each cluster; another waits. The lock goes with its
# holder.
take_turn() {
  mkdir -p "$HOME_DIR" || give_up "$FAILED" "$HOME_DIR cannot be made" 'mkdir said so above' 'name a directory with --home'
  command -v flock >/dev/null 2>&1 || return 0
  exec 9>"$HOME_DIR/$NAME.lock"
  flock -n 9 && return 0
  say "waiting for another up, down or load of $NAME"
  flock -w "$TIMEOUT" 9 || give_up "$FAILED" "$NAME is busy" "another up, down or load of it has not ended within $TIMEOUT s" \
    'wait for it, or look for it with ps'
}

# recall_driver: what made NAME before; a --driver that says otherwise is refused.
recall_driver() {
  [ -f "$STATE/driver" ] || return 0
  local made_by
  made_by=$(cat "$STATE/driver")
  if [ -n "$DRIVER" ] && [ "$DRIVER" != "$made_by" ]; then
    give_up "$FAILED" "$NAME was made by $made_by, not by $DRIVER" 'two clusters of one name would share a context' \
      "choose another --name, or remove it first: contrib/local-cluster/down --name $NAME"
  fi
  DRIVER=$made_by
  # The port of a cluster that is there does not change.
  PORT=$(cat "$STATE/port")
}

# stage: creating, ready, or nothing for a cluster that was not made here.
stage() { if [ -f "$STATE/stage" ]; then cat "$STATE/stage"; fi; }

# note STAGE: of the cluster that DRIVER makes.
note() {
  mkdir -p "$STATE" || give_up "$FAILED" "$STATE cannot be made" 'mkdir said so above' 'name a directory with --home'
  echo "$DRIVER" >"$STATE/driver"
  echo "$PORT" >"$STATE/port"
  echo "$1" >"$STATE/stage"
}

is_up() { [ "$(stage)" != creating ] && driver_exists && driver_nodes_ready >/dev/null 2>&1; }

was_made() { [ "$(stage)" = ready ] && driver_exists; }

begin_anew_if_half_made() {
  [ "$(stage)" = creating ] || return 0
  say "an earlier up of $NAME did not finish: beginning anew"
  tear_down
}

bring_up() {
  if driver_exists; then
    say "starting $NAME ($DRIVER)"
    driver_start || step_failed 'could not be started'
  else
    say "creating $NAME ($DRIVER)"
    note creating
    driver_create || step_failed 'could not be created'
  fi
  until_true "$TIMEOUT" driver_nodes_ready || step_failed "had no Ready nodes within $TIMEOUT s"
  driver_finish || step_failed 'is up, but not usable'
  note ready
}

# logged COMMAND...: bounded by TIMEOUT, its words kept for an explanation.
logged() {
  mkdir -p "$STATE/log"
  bounded "$TIMEOUT" "$@" >"$STATE/log/$1" 2>&1
  local code=$?
  if [ "$code" != 0 ]; then tail -n 15 "$STATE/log/$1" >&2; fi
  # 124 is timeout's own, 137 that of what had to be killed.
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then say "$1 was ended after $TIMEOUT s (--timeout waits longer)"; fi
  return "$code"
}

# step_failed WHAT: explains, removes what was half made (a cluster that had been ready is kept).
step_failed() {
  local kept=$HOME_DIR/$NAME.failed.log
  cat "$STATE"/log/* >"$kept" 2>/dev/null
  explain_log "$kept"
  if [ "$(stage)" = creating ]; then
    say "removing what was made of $NAME"
    tear_down
  fi
  give_up "$FAILED" "$NAME ($DRIVER) $1" "its last words are above; all of them are in $kept" \
    'act on what they name and run up again; contrib/local-cluster/check looks at this machine'
}

tear_down() {
  driver_delete || give_up "$FAILED" "$NAME ($DRIVER) could not be removed" 'its last words are above' 'run down again'
  rm -rf "$STATE"
}

# print_exports: what a shell needs to use the cluster.
print_exports() {
  local kubeconfig
  kubeconfig=$(driver_kubeconfig)
  if [ -n "$kubeconfig" ]; then echo "export KUBECONFIG=$kubeconfig"; fi
  echo "export GC_K8S_CONTEXT=$(driver_context)"
}
