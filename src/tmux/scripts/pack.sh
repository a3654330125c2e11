# Prints a file or a directory as a tar stream. $1: its path, absolute or below the workspace. A link that
# was named is followed; those in a directory stay links.
case $1 in /*) file=$1 ;; *) file=/workspace/$1 ;; esac
[ -e "$file" ] || { echo "no such file or directory: $file" >&2; exit 1; }
if [ -d "$file" ]; then cd "$file" && tar -cf - .; else cd "$(dirname "$file")" && tar -chf - "./$(basename "$file")"; fi
