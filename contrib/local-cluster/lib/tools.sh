# shellcheck shell=dash
# Which programs each driver needs. Sourced, never run.

tools_of() {
  case $1 in
    k3d) echo 'docker k3d kubectl' ;;
    kind) echo 'docker kind kubectl' ;;
    minikube) echo 'docker minikube kubectl' ;;
    k3s) echo 'k3s setsid' ;;
    k0s) echo 'k0s setsid' ;;
    from-source) echo 'go containerd ctr runc ip nft openssl setsid tar CNI-plugins' ;;
  esac
}

# where_from TOOL: where people get it.
where_from() {
  case $1 in
    docker) echo 'https://docs.docker.com/engine/install' ;;
    k3d) echo 'https://k3d.io' ;;
    kind) echo 'https://kind.sigs.k8s.io, or up --install' ;;
    minikube) echo 'https://minikube.sigs.k8s.io' ;;
    k3s) echo 'https://docs.k3s.io' ;;
    k0s) echo 'https://docs.k0sproject.io' ;;
    kubectl) echo 'https://kubernetes.io/docs/tasks/tools, or up --install' ;;
    go) echo 'https://go.dev/dl (1.21 or newer)' ;;
    *) echo 'your distribution, or up --install on Debian and Ubuntu' ;;
  esac
}

has_tool() {
  case $1 in
    CNI-plugins)
      [ -x "$ROOT/usr/lib/cni/bridge" ] || [ -x "$ROOT/opt/cni/bin/bridge" ] || [ -x "$ROOT/usr/libexec/cni/bridge" ]
      ;;
    go) command -v go >/dev/null 2>&1 && go_is_new ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# go_is_new: 1.21 or newer, which fetches the very version that the node's go.mod asks for.
go_is_new() {
  local version
  version=$(go version | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 21 ]
}

missing_tools() {
  local missing=''
  for tool in $(tools_of "$1"); do has_tool "$tool" || missing="$missing $tool"; done
  echo "${missing# }"
}

require_tools_of_driver() {
  local missing
  missing=$(missing_tools "$DRIVER")
  [ -z "$missing" ] || refuse_for_tools "$DRIVER" "$missing"
}

# refuse_for_tools DRIVER MISSING
refuse_for_tools() {
  local places='' tool
  for tool in $2; do places="$places; $tool: $(where_from "$tool")"; done
  give_up "$TOOL_MISSING" "$1 cannot be used: not installed: $2" \
    "$1 works by these programs" "install them (${places#; })"
}
