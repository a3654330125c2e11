# The supervisor's last part: how the run ended, and its exit code.
read -r code 2>/dev/null <"$gc/exit-code" || code=
members= killed_for_memory=
if [ -n "$code" ]; then
  members=",\"exitCode\":$code"
  # A shell says 128 and the signal's number.
  if [ "$code" -gt 128 ] && [ "$code" -le 192 ]; then
    number=$((code - 128))
    members="$members,\"signal\":$number"
  fi
fi
for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r "$file" ] || continue
  while read -r key value; do
    [ "$key" != oom_kill ] || [ "$value" = 0 ] || killed_for_memory=yes
  done <"$file"
done
if [ -z "$why" ]; then
  case $code in
    '') why=terminal_lost ;;
    0) why=completed verdict=success ;;
    137) why=signal; [ -z "$killed_for_memory" ] || why=oom_killed ;;
    *) why=exit_code; [ -z "${number-}" ] || why=signal ;;
  esac
fi
verdict=${verdict:-failed}
read -r size _ 2>/dev/null <"$gc/size" || size=
[ -z "$size" ] || members="$members,\"workspaceBytes\":$((size * 1024))"
# The last lines that say something; one that holds a secret is not shown.
LC_ALL=C
if [ ! -s "$gc/last-screen" ]; then
  log=$gc/output/agent.log cut=
  # The first of them is then the rest of a line, and perhaps of a secret.
  [ "$(wc -c <"$log" 2>/dev/null || echo 0)" -le 8000 ] || cut=1d
  tail -c 8000 "$log" 2>/dev/null | sed "$cut" | tr -cd '\11\12\40-\176' >"$gc/last-screen"
fi
lines=$(
  sh "$gc/secrets.sh" <"$gc/last-screen" | while IFS= read -r line; do
    case $line in *[!\ ]*) printf '%s\n' "$line" ;; esac
  done | cut -c 1-300 | tail -n 30
)
newline='
'
while [ ${#lines} -gt 2600 ]; do lines=${lines#*"$newline"}; done
note "$verdict" "$at" ",\"reason\":\"$why\"$members" "$lines"
echo "gc: agent ended with exit code ${code:-unknown}: $verdict ($why)"
case $why in
  timeout) exit 124 ;;
  cancelled) exit 130 ;;
  *) exit "${code:-1}" ;;
esac
