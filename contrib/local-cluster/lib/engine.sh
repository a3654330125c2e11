# shellcheck shell=dash
# The Docker engine, in its own words. Sourced, never run.

# ENGINE is yes, or why there is none; ENGINE_CGROUP is 1 or 2.
find_engine() {
  ENGINE='docker is not installed' ENGINE_CGROUP=''
  command -v docker >/dev/null 2>&1 || return 0
  local words
  if ! words=$(bounded 10 docker info 2>&1) || ! printf '%s' "$words" | grep -q 'Server Version:'; then
    ENGINE='no Docker engine answers'
    warn "$ENGINE" "$(printf '%s\n' "$words" | tail -n 1)" \
      'start Docker, or mount its socket here (-v /var/run/docker.sock:/var/run/docker.sock); see the log line with check --log'
    return 0
  fi
  ENGINE=yes
  ENGINE_CGROUP=$(printf '%s\n' "$words" | sed -n 's/^ *Cgroup Version: *//p')
  local lacking=''
  for limit in memory cpu pids; do
    if printf '%s\n' "$words" | grep -qi "WARNING: No $limit .*support"; then lacking="$lacking $limit"; fi
  done
  if [ -n "$lacking" ]; then
    bad engine "the Docker engine cannot limit:$lacking" 'its host does not give it these cgroup controllers' \
      'give them to the machine or container that dockerd runs in, then restart it'
  else
    good "a Docker engine answers (version $(printf '%s\n' "$words" | sed -n 's/^ *Server Version: *//p'), cgroup v${ENGINE_CGROUP:-?})"
  fi
}
