# shellcheck shell=dash
# kubeadm in containers of the Docker engine: https://minikube.sigs.k8s.io. Sourced, never run.
# shellcheck source-path=SCRIPTDIR/..
. "$HERE/lib/kubectl.sh"

driver_context() { echo "$NAME"; }

# minikube status ends with 85 for a profile that is not there, with others for one that is stopped.
driver_exists() {
  minikube status --profile "$NAME" >/dev/null 2>&1
  [ $? != 85 ]
}

driver_create() {
  set -- --driver=docker --nodes "$((AGENTS + 1))" --wait=all --wait-timeout="${TIMEOUT}s" --keep-context
  if [ "$ENGINE_CGROUP" = 1 ]; then set -- "$@" --extra-config=kubelet.fail-cgroupv1=false; fi
  if [ "$(id -u)" = 0 ]; then set -- "$@" --force; fi
  logged minikube start --profile "$NAME" "$@"
}

driver_start() {
  set -- --wait=all --wait-timeout="${TIMEOUT}s" --keep-context
  if [ "$(id -u)" = 0 ]; then set -- "$@" --force; fi
  logged minikube start --profile "$NAME" "$@"
}

driver_delete() { logged minikube delete --profile "$NAME"; }

driver_load() { logged minikube image load "$1" --profile "$NAME"; }
