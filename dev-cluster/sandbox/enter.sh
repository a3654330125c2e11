# The last step into a container, for its command and every exec. $1 working directory; the rest is the
# command. Writes `ready`, `no-directory` or `not-found` to descriptor 3.
cd "$1" || { echo no-directory >&3; exit 128; }
shift
if [ -z "${HOME+set}" ]; then
  HOME=/ own=$(id -u)
  while IFS=: read -r _ _ uid _ _ home _; do
    [ "$uid" != "$own" ] || { HOME=$home; break; }
  done </etc/passwd
  export HOME
fi
command -v "$1" >/dev/null || { echo not-found >&3; exit 128; }
echo ready >&3
exec "$@" 3>&-
