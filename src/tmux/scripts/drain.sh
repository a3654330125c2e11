# Goes before a script with a long stdin, and reads at its end what the script left of it. Where that stdin
# stays open, the caller closes it at the word that says why the script ends.
trap 'cat >/dev/null' EXIT
