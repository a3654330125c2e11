# shellcheck shell=dash
# What drivers with nodes in a Docker engine share: kubectl by context. Sourced, never run.

driver_kubeconfig() { :; }

# driver_nodes_ready: all of them, and one at least.
driver_nodes_ready() {
  local nodes
  nodes=$(bounded 10 kubectl --context "$(driver_context)" get nodes --no-headers 2>/dev/null) || return 1
  [ -n "$nodes" ] && ! printf '%s\n' "$nodes" | awk '{print $2}' | grep -qv '^Ready'
}

driver_finish() { :; }
