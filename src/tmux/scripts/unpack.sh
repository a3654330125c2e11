# Unpacks a tar stream of $1 bytes below /workspace. Of a single file: $2: its path; $3: its name,
# under which it goes into the directory that is there.
umask 022
to=/
fail() {
  cat >/dev/null
  [ "$to" = / ] || rm -rf "$to"
  echo "$1" >&2
  exit 1
}
if [ -n "${2-}" ] && [ -d "$2" ]; then
  [ ! -d "$2/$3" ] || fail "$2/$3 is a directory; give the file another place"
  to=$2/.gc-k8s.copy.$$
  mkdir "$to" || fail "cannot write to $2"
fi
head -c "$1" | { tar -xpof - -C "$to"; code=$?; cat >/dev/null; exit $code; } || fail 'unpacking failed in the pod'
[ "$to" = / ] || { mv -f "$to$2" "$2/$3" && rm -rf "$to"; } || fail "cannot put $3 into $2"
