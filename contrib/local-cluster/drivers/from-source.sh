# shellcheck shell=dash
# A node of programs built from Kubernetes' own Go modules, over the machine's containerd and runc.
# Sourced, never run.
# shellcheck source-path=SCRIPTDIR
NODE_SOURCE=$HERE/node
. "$NODE_SOURCE/settings.sh"
. "$NODE_SOURCE/build.sh"
. "$NODE_SOURCE/certificates.sh"
. "$NODE_SOURCE/configuration.sh"
. "$NODE_SOURCE/network.sh"
. "$NODE_SOURCE/processes.sh"
. "$NODE_SOURCE/containers.sh"

driver_context() { echo "$NAME"; }

driver_exists() { [ -f "$STATE/kubeconfig" ]; }

driver_kubectl() { "$HOME_DIR/bin/local-node" kubectl --kubeconfig "$STATE/kubeconfig" "$@"; }

driver_create() {
  build_programs && make_certificates && driver_start
}

# driver_start: whatever is not running of an existing node; what runs is left alone.
driver_start() {
  build_programs && write_configuration && make_cgroups && make_network &&
    start_containers && start_control_plane && start_node
}

driver_nodes_ready() {
  driver_kubectl wait --for=condition=Ready "node/$NODE" --timeout=2s
}

# driver_finish: what a usable cluster has besides a Ready node.
driver_finish() {
  apply_storage && until_true 60 driver_kubectl -n default get serviceaccount default
}

driver_delete() {
  stop_node
  stop_containers
  remove_network
  remove_cgroups
  rm -rf "$STATE"
}

driver_load() { load_archive "$1" ctr --address "$SOCKET" -n k8s.io images import; }

driver_kubeconfig() { echo "$STATE/kubeconfig"; }
