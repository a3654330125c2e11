# Goes before a script with a long stdin, and reads at its end what the script left of it.
trap 'cat >/dev/null' EXIT
