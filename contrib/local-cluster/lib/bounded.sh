# shellcheck shell=dash
# Waiting with an end. Sourced, never run.

# bounded SECONDS COMMAND...: its exit code, or 124 when it had to be ended.
bounded() {
  local limit=$1
  shift
  if command -v timeout >/dev/null 2>&1; then
    timeout -k 5 "$limit" "$@"
    return
  fi
  "$@" &
  local pid=$!
  local deadline=$(($(date +%s) + limit))
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      kill "$pid"
      return 124
    fi
    sleep 1
  done
  wait "$pid"
}

# until_true SECONDS COMMAND...: whether the command succeeded in time; it is silent.
until_true() {
  local deadline=$(($(date +%s) + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 0.3
  done
}
