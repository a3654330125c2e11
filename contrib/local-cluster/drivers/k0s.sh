# shellcheck shell=dash
# k0s as a process of this machine: https://docs.k0sproject.io. Sourced, never run.

# driver_context: as k0s named it.
driver_context() { sed -n 's/^current-context: *//p' "$STATE/kubeconfig"; }

driver_kubeconfig() { echo "$STATE/kubeconfig"; }

driver_exists() { [ -d "$STATE/k0s" ]; }

driver_create() { driver_start; }

driver_start() {
  mkdir -p "$STATE/k0s"
  printf 'apiVersion: k0s.k0sproject.io/v1beta1\nkind: ClusterConfig\nspec: {api: {port: %s}}\n' "$PORT" >"$STATE/k0s.yaml"
  set -- --single --data-dir "$STATE/k0s" --config "$STATE/k0s.yaml"
  case $(cgroup_kind) in v1 | hybrid) set -- "$@" --kubelet-extra-args=--fail-cgroupv1=false ;; esac
  run k0s k0s controller "$@"
}

# driver_nodes_ready: k0s writes no kubeconfig for people unless it is asked to.
driver_nodes_ready() {
  (umask 077 && k0s kubeconfig admin --data-dir "$STATE/k0s" >"$STATE/kubeconfig" 2>/dev/null) || return 1
  k0s kubectl --data-dir "$STATE/k0s" wait --for=condition=Ready node --all --timeout=2s
}

driver_finish() { :; }

driver_delete() {
  stop k0s
  logged k0s reset --data-dir "$STATE/k0s"
}

driver_load() { load_archive "$1" k0s ctr --data-dir "$STATE/k0s" images import; }
