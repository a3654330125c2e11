# Parent of a container's PID 1, outside of its namespaces: ends with its exit code. (`unshare
# --fork` has another one for a container that is killed.) The shell's own remark about a signal is
# not the container's.
exec 5>&2 2>/dev/null
(exec "$@" 2>&5 5>&-)
exit $?
