# shellcheck shell=dash
# kubeadm in containers of the Docker engine: https://kind.sigs.k8s.io. Sourced, never run.
# shellcheck source-path=SCRIPTDIR/..
. "$HERE/lib/kubectl.sh"

driver_context() { echo "kind-$NAME"; }

driver_exists() { kind get clusters 2>/dev/null | grep -qx "$NAME"; }

driver_create() {
  mkdir -p "$STATE"
  kind_configuration >"$STATE/kind.yaml"
  logged kind create cluster --name "$NAME" --wait "${TIMEOUT}s" --config "$STATE/kind.yaml"
}

kind_configuration() {
  cat <<YAML
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking: {apiServerAddress: 127.0.0.1, apiServerPort: $PORT}
YAML
  if [ "$ENGINE_CGROUP" = 1 ]; then
    printf 'kubeadmConfigPatches:\n  - |\n    kind: KubeletConfiguration\n    failCgroupV1: false\n'
  fi
  printf 'nodes:\n  - role: control-plane\n'
  local left=$AGENTS
  while [ "$left" -gt 0 ]; do
    printf '  - role: worker\n'
    left=$((left - 1))
  done
}

driver_start() {
  # shellcheck disable=SC2046 # one word a node
  logged docker start $(kind get nodes --name "$NAME")
}

driver_delete() { logged kind delete cluster --name "$NAME"; }

driver_load() {
  if [ -f "$1" ]; then
    logged kind load image-archive "$1" --name "$NAME"
  else
    logged kind load docker-image "$1" --name "$NAME"
  fi
}
