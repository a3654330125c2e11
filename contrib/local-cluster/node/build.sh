# shellcheck shell=dash
# Building the node's programs, once for each version of their source. Sourced, never run.

KUBERNETES_VERSION=v1.34.4
COREDNS=github.com/coredns/coredns@v1.15.0

build_programs() {
  mkdir -p "$BIN" "$LOG"
  local want
  want=$(cat "$NODE_SOURCE/go.mod" "$NODE_SOURCE/go.sum" "$NODE_SOURCE"/cmd/*/*.go | cksum)
  [ "$(cat "$BIN/built" 2>/dev/null)" = "$want $COREDNS" ] && return 0
  say 'building Kubernetes from its Go modules: up to 15 minutes the first time'
  local version=k8s.io/component-base/version
  local flags="-s -w -X $version.gitVersion=$KUBERNETES_VERSION -X $version.gitMajor=1 -X $version.gitMinor=34"
  go_build local-node -ldflags "$flags"
  go_build pause -ldflags '-s -w'
  GOBIN=$BIN CGO_ENABLED=0 go install -trimpath "$COREDNS" >"$LOG/build-coredns" 2>&1 ||
    build_failed "$LOG/build-coredns"
  echo "$want $COREDNS" >"$BIN/built"
}

# go_build PROGRAM FLAGS...
go_build() {
  local program=$1
  shift
  (cd "$NODE_SOURCE" && CGO_ENABLED=0 go build -trimpath "$@" -o "$BIN/$program.new" "./cmd/$program") \
    >"$LOG/build-$program" 2>&1 || build_failed "$LOG/build-$program"
  mv "$BIN/$program.new" "$BIN/$program"
}

build_failed() {
  tail -n 5 "$1" >&2
  give_up "$FAILED" 'the node'\''s programs could not be built' "go said so above; all of it is in $1" \
    'check that the Go module proxy can be reached (go env GOPROXY), then run up again'
}
