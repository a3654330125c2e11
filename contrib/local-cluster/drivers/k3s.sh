# shellcheck shell=dash
# k3s as a process of this machine: https://docs.k3s.io. Sourced, never run.

driver_context() { echo default; }

driver_kubeconfig() { echo "$STATE/kubeconfig"; }

driver_exists() { [ -f "$STATE/kubeconfig" ]; }

driver_create() { driver_start; }

driver_start() {
  set -- --data-dir "$STATE/k3s" --write-kubeconfig "$STATE/kubeconfig" --write-kubeconfig-mode 600 \
    --https-listen-port "$PORT" --node-name "$NAME" --disable traefik --disable metrics-server
  case $(cgroup_kind) in v1 | hybrid) set -- "$@" --kubelet-arg=fail-cgroupv1=false ;; esac
  run k3s k3s server "$@"
}

driver_nodes_ready() {
  k3s kubectl --kubeconfig "$STATE/kubeconfig" wait --for=condition=Ready "node/$NAME" --timeout=2s
}

driver_finish() { :; }

# k3s leaves its containers running; its own installer brings a script that ends them.
driver_delete() {
  stop k3s
  if command -v k3s-killall.sh >/dev/null 2>&1; then
    logged k3s-killall.sh
  else
    end_shims /run/k3s/containerd/containerd.sock
  fi
}

driver_load() { load_archive "$1" k3s ctr images import; }
