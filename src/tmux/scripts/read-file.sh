# Prints a file, and on stderr its size first. $1: its path, absolute or below the workspace; $2: the size
# above which it exits with 94 instead. Without $2 it goes behind windows.sh, and the file is of any size.
case $1 in /*) file=$1 ;; *) file=/workspace/$1 ;; esac
[ -e "$file" ] || { echo "no such file or directory: $file" >&2; exit 1; }
[ ! -d "$file" ] || { echo "is a directory: $file; name a destination" >&2; exit 1; }
size=$(wc -c <"$file") || exit 1
echo "$size" >&2
[ -n "$2" ] || in_windows cat "$file"
[ "$size" -le "$2" ] || exit 94
cat "$file"
