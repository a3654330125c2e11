# shellcheck shell=dash
# What up --install installs: kind and kubectl, built from their Go modules into HOME_DIR/bin (go.sum
# pins each module's checksum, and Go refuses another), and packages for from-source, whose
# checksums apt-get checks. Everything else people install themselves. Sourced, never run.
PACKAGES='containerd runc iproute2 nftables openssl util-linux tar containernetworking-plugins'

install_missing() {
  case ${DRIVER:-$(driver_to_install)} in
    kind)
      has_tool kind || install_from_module kind "$HERE/tools" sigs.k8s.io/kind
      has_tool kubectl || install_from_module kubectl "$HERE/node" k8s.io/kubernetes/cmd/kubectl
      ;;
    k3d | minikube) has_tool kubectl || install_from_module kubectl "$HERE/node" k8s.io/kubernetes/cmd/kubectl ;;
    from-source) install_packages ;;
    *) say "nothing that $DRIVER needs can be installed from here" ;;
  esac
}

driver_to_install() {
  if command -v docker >/dev/null 2>&1 && bounded 10 docker info >/dev/null 2>&1; then echo kind; else echo from-source; fi
}

# install_from_module PROGRAM DIRECTORY PACKAGE: DIRECTORY has the go.mod and go.sum that pin it.
install_from_module() {
  has_tool go || refuse_for_tools "--install $1" go
  mkdir -p "$HOME_DIR/bin"
  say "building $1 from its Go module into $HOME_DIR/bin"
  if ! (cd "$2" && CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags '-s -w' -o "$HOME_DIR/bin/$1" "$3") \
    >"$HOME_DIR/install-$1.log" 2>&1; then
    tail -n 8 "$HOME_DIR/install-$1.log" >&2
    give_up "$FAILED" "$1 was not installed" 'go said so above; a module whose checksum is another than go.sum says is refused' \
      "install it yourself ($(where_from "$1")), or run up --install again"
  fi
}

install_packages() {
  local missing
  missing=$(without "$(missing_tools from-source)" go)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    say "not installed, for that takes root and apt-get: $missing"
    return 0
  fi
  say "installing $PACKAGES with apt-get"
  mkdir -p "$HOME_DIR"
  # shellcheck disable=SC2086 # one word a package
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $PACKAGES; } >"$HOME_DIR/install.log" 2>&1; then
    tail -n 5 "$HOME_DIR/install.log" >&2
    give_up "$FAILED" "these were not installed: $missing" 'apt-get said so above' 'install them yourself, or run up --install again'
  fi
}
