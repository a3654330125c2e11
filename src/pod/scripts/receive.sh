# Unpacks the tar stream of $1 bytes with which stdin begins, and leaves the rest of stdin to the launcher.
# $2: a directory to remove first, which a start before this one may have left; empty for none. What could
# not be unpacked is read all the same, until `start` hears "refused" and closes stdin: a server may never
# tell the end of a command that left much of it unread.
echo up
[ -z "$2" ] || rm -rf "$2" || { chmod -R u+w "$2"; rm -rf "$2"; }
# Some tars stop at the archive's end: the padding after it must not stay on stdin for the launcher.
head -c "$1" | { tar -xpof - -C /; code=$?; cat >/dev/null; exit $code; } && exec sh /run/gc/launch.sh
code=$?
for program in head tar; do
  command -v $program >/dev/null || echo "the image has no $program" >&2
done
echo refused
cat >/dev/null
exit $code
