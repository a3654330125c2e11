# Prints a file, and on stderr its size first. $1: its path, absolute or below the workspace.
case $1 in /*) file=$1 ;; *) file=/workspace/$1 ;; esac
[ -e "$file" ] || { echo "no such file or directory: $file" >&2; exit 1; }
[ ! -d "$file" ] || { echo "is a directory: $file; name a destination" >&2; exit 1; }
wc -c <"$file" >&2 || exit 1
cat "$file"
