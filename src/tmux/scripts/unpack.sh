# Unpacks a tar stream of $1 bytes below /workspace.
umask 022
head -c "$1" | { tar -xpof - -C /; code=$?; cat >/dev/null; exit $code; } || { echo 'unpacking failed in the pod' >&2; exit 1; }
