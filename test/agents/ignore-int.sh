# Nothing but SIGKILL ends it.
trap '' INT TERM HUP
sh -c 'trap "" INT TERM HUP; echo up; while :; do sleep 0.1; done'
