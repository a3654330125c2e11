# shellcheck shell=dash
# k3s in containers of the Docker engine: https://k3d.io. Sourced, never run.
# shellcheck source-path=SCRIPTDIR/..
. "$HERE/lib/kubectl.sh"

driver_context() { echo "k3d-$NAME"; }

driver_exists() { k3d cluster list "$NAME" --no-headers >/dev/null 2>&1; }

driver_create() {
  set -- --servers 1 --agents "$AGENTS" --api-port "127.0.0.1:$PORT" --wait --timeout "${TIMEOUT}s" \
    --kubeconfig-update-default --kubeconfig-switch-context=false
  if [ "$ENGINE_CGROUP" = 1 ]; then
    set -- "$@" --k3s-arg '--kubelet-arg=fail-cgroupv1=false@server:*'
    # A filter that matches no node is refused.
    if [ "$AGENTS" -gt 0 ]; then set -- "$@" --k3s-arg '--kubelet-arg=fail-cgroupv1=false@agent:*'; fi
  fi
  logged k3d cluster create "$NAME" "$@"
}

driver_start() { logged k3d cluster start "$NAME" --wait --timeout "${TIMEOUT}s"; }

driver_delete() { logged k3d cluster delete "$NAME"; }

driver_load() { logged k3d image import "$1" --cluster "$NAME"; }
