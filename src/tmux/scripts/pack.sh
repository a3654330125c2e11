# Prints a file or a directory as a tar stream, behind windows.sh. $1: its path, absolute or below the
# workspace. A link that was named is followed; those in a directory stay links.
# What tar has to say is read by copy-from.ts.
export LC_ALL=C
case $1 in /*) file=$1 ;; *) file=/workspace/$1 ;; esac
[ -e "$file" ] || { echo "no such file or directory: $file" >&2; exit 1; }
if [ -d "$file" ]; then cd "$file" && in_windows tar -cf - .; else cd "$(dirname "$file")" && in_windows tar -chf - "./$(basename "$file")"; fi
