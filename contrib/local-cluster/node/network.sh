# shellcheck shell=dash
# The pods' bridge and the way out for them. Sourced, never run.

make_network() {
  echo 1 >/proc/sys/net/ipv4/ip_forward
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    ip link add "$BRIDGE" type bridge
    ip addr add "$GATEWAY/24" dev "$BRIDGE"
    ip link set "$BRIDGE" up
  fi
  # Adding a table that is there changes nothing; flushing it makes the rules stand once.
  nft -f - <<RULES
add table ip $CGROUP
flush table ip $CGROUP
table ip $CGROUP {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr $POD_CIDR oifname != "$BRIDGE" masquerade
  }
}
RULES
  let_forward
}

# Docker makes DROP the policy of forwarding; only a rule in that very table lets pods through.
let_forward() {
  command -v iptables >/dev/null 2>&1 || return 0
  for side in -i -o; do
    iptables -w -C FORWARD "$side" "$BRIDGE" -j ACCEPT 2>/dev/null ||
      iptables -w -I FORWARD "$side" "$BRIDGE" -j ACCEPT
  done
}

remove_network() {
  for table in "ip $CGROUP" 'ip kube-proxy' 'ip6 kube-proxy'; do
    # shellcheck disable=SC2086 # family and name are two words
    if nft list table $table >/dev/null 2>&1; then nft delete table $table; fi
  done
  if command -v iptables >/dev/null 2>&1; then
    for side in -i -o; do
      if iptables -w -C FORWARD "$side" "$BRIDGE" -j ACCEPT 2>/dev/null; then
        iptables -w -D FORWARD "$side" "$BRIDGE" -j ACCEPT
      fi
    done
  fi
  if ip link show "$BRIDGE" >/dev/null 2>&1; then ip link delete "$BRIDGE"; fi
}
