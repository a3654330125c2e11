# shellcheck shell=dash
# shellcheck disable=SC2153 # PORT, TREE and the like are set by other files
# Which driver, and why. Sourced, never run.

# ports_of DRIVER: what it listens on at this machine. k3s and k0s cannot move the kubelet's.
ports_of() {
  case $1 in
    k3s | k0s) echo "$PORT 10250" ;;
    from-source) echo "$PORT $((PORT + 1)) $((PORT + 2)) $((PORT + 3)) $((PORT + 4)) $((PORT + 5)) $((PORT + 6))" ;;
    *) echo "$PORT" ;;
  esac
}

# judge DRIVER: VERDICT is yes, host (this machine cannot) or tool (something can be supplied);
# REASON says why.
judge() {
  local missing blocked used=''
  case $1 in k3d | kind | minikube) blocked=$BLOCKS_ENGINE ;; *) blocked=$BLOCKS_HERE ;; esac
  missing=$(missing_tools "$1")
  for port in $(ports_of "$1"); do
    if port_in_use "$port"; then used="$used $port"; fi
  done
  VERDICT=yes REASON='it is installed and this machine can run it'
  if [ -n "$blocked" ]; then
    VERDICT=host REASON=$blocked
  elif [ -n "$used" ]; then
    VERDICT=host REASON="something listens on port$used already; $(port_advice "$used")"
  elif [ "$1" = from-source ] && [ -d "$ROOT/sys/class/net/gc-local0" ]; then
    VERDICT=host REASON='another from-source cluster is here (bridge gc-local0): remove it with down --name ITS-NAME'
  elif [ -n "$missing" ]; then
    VERDICT=tool REASON="not installed: $missing"
  else
    judge_operation "$1"
  fi
}

port_advice() {
  case $1 in *' 10250'*) echo 'that is a kubelet, and this driver cannot move its own' ;; *) echo 'name another with --port' ;; esac
}

# judge_operation DRIVER: what is installed may still not be able to work.
judge_operation() {
  case $1 in
    k3d | kind | minikube)
      [ "$ENGINE" = yes ] || { VERDICT=tool REASON=$ENGINE; }
      ;;
    *) [ -z "$NEEDS_ROOT" ] || { VERDICT=tool REASON='it needs root'; } ;;
  esac
}

# choose: sets DRIVER to the one asked for or the first that can work; else says what to do and ends.
choose() {
  local candidates=${DRIVER:-$DRIVERS} chosen='' chosen_reason=''
  for candidate in $candidates; do
    judge "$candidate"
    printf '%-12s %s\n' "$candidate" "$([ "$VERDICT" = yes ] && echo "yes: $REASON" || echo "no: $REASON")" >&3
    if [ "$VERDICT" = yes ] && [ -z "$chosen" ]; then chosen=$candidate chosen_reason=$REASON; fi
  done
  [ -n "$chosen" ] || refuse
  if [ -n "$DRIVER" ]; then chosen_reason="you named it, and $chosen_reason"; fi
  DRIVER=$chosen
  say "chose $DRIVER: $chosen_reason"
}

# refuse: 3 when the machine is what stands in the way, 4 when something can be supplied.
refuse() {
  if [ -n "$DRIVER" ]; then
    judge "$DRIVER"
    if [ "$VERDICT" = host ]; then refuse_for_host "$DRIVER cannot run" "$REASON"; fi
    local missing
    missing=$(missing_tools "$DRIVER")
    if [ -n "$missing" ]; then refuse_for_tools "$DRIVER" "$missing"; fi
    give_up "$TOOL_MISSING" "$DRIVER cannot be used: $REASON" 'it is installed, but cannot work like this' \
      'supply that, or choose another --driver'
  fi
  judge from-source
  if [ "$VERDICT" = host ] && { [ "$ENGINE" != yes ] || [ -n "$BLOCKS_ENGINE" ]; }; then
    refuse_for_host 'no local cluster can run' "$REASON"
  fi
  refuse_for_tools 'kind, the least to install,' "$(missing_tools kind)"
}

refuse_for_host() {
  give_up "$HOST_CANNOT" "$1 on this host: $2" 'found before anything was created; it is the host, not this script' \
    'follow what is said there and under BAD above, or take one of the ways below'
}
