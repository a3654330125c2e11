# Never ends by itself; a child of it notes SIGINT, and ends then as it wants.
sh -c 'trap "echo got INT; exit 5" INT; echo up; while :; do sleep 0.1; done'
