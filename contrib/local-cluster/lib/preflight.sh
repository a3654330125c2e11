# shellcheck shell=dash
# One pre-flight for every driver, before anything is created. Sourced, never run.

find_everything() {
  forget_findings
  if [ "$(uname -s)" != Linux ]; then
    bad here "this is $(uname -s), not Linux" 'k3s, k0s and from-source run Linux programs' \
      'install Docker Desktop (or Colima, OrbStack) and k3d, kind or minikube'
  else
    find_cgroups
    find_privileges
    find_kmsg
    find_overlay
    find_inotify
  fi
  find_disk
  find_engine
}

# preflight: prints to descriptor 3; with --fix, changes what can be changed first; with --install,
# installs what a machine that can is without.
preflight() {
  if [ -n "$FIX" ]; then
    local before
    find_everything 3>/dev/null
    before=$FIXES
    apply_fixes
    [ -n "$before" ] || say 'nothing to fix'
  fi
  find_everything
  if [ -n "$INSTALL" ]; then install_missing; fi
  choose
}
