# Unpacks the tar stream of $1 bytes with which stdin begins, and leaves the rest of stdin to the launcher.
# $2: "k" when files that are there already stay as they are. What could not be unpacked is read all the
# same, until `start` hears "refused" and closes stdin: a server may never tell the end of a command that
# left much of it unread.
echo up
# Some tars stop at the archive's end: the padding after it must not stay on stdin for the launcher.
head -c "$1" | { tar -xpo"$2"f - -C /; code=$?; cat >/dev/null; exit $code; } && exec sh /run/gc/launch.sh
code=$?
for program in head tar; do
  command -v $program >/dev/null || echo "the image has no $program" >&2
done
echo refused
cat >/dev/null
exit $code
