# shellcheck shell=dash
# Images as archives, for drivers that run containers themselves. Sourced, never run.

# load_archive NAME_OR_ARCHIVE COMMAND...: the command with an archive of it as last argument.
load_archive() {
  local image=$1 archive=$STATE/image.tar code
  shift
  if [ -f "$image" ]; then
    logged "$@" "$image"
    return
  fi
  save "$image" "$archive" || return 1
  logged "$@" "$archive"
  code=$?
  rm -f "$archive"
  return "$code"
}

# save IMAGE ARCHIVE: from the engine that has it.
save() {
  for engine in docker podman; do
    if command -v "$engine" >/dev/null 2>&1 && bounded 10 "$engine" image inspect "$1" >/dev/null 2>&1; then
      logged "$engine" save -o "$2" "$1"
      return
    fi
  done
  say "neither Docker nor Podman has an image $1"
  return 1
}

# end_shims SOCKET: ends the containers of a containerd that is gone, by the process that holds each.
end_shims() {
  local pid
  for directory in /proc/[0-9]*; do
    pid=${directory#/proc/}
    if tr '\0' ' ' 2>/dev/null <"$directory/cmdline" | grep -q "containerd-shim.* -address $1 "; then
      kill -9 "$pid"
    fi
  done
}
