# Prints what the agent left in its artifacts directory: a line "SHA256 SIZE MODE NAME" for each
# file, "! WORDS" for what is refused. Nothing outside of the directory is ever read.
cd /run/gc/output/artifacts 2>/dev/null || exit 0
inside=$(pwd -P)
newline='
'
find . ! -type d -path "*$newline*" -exec sh -c '
  echo "! $(printf %s "${1#./}" | tr "\n" "?") has a newline in its name, shown as ?"' gc {} \;
find . ! -type d ! -path "*$newline*" | LC_ALL=C sort | while IFS= read -r name; do
  name=${name#./}
  if [ -h "$name" ]; then
    target=$(readlink -f "$name") || target=
    case $target in
      "$inside"/*) ;;
      *) echo "! $name is a link that leads out of the directory" ;;
    esac
  elif [ -f "$name" ]; then
    sum=$(sha256sum <"$name") && size=$(wc -c <"$name") && mode=$(stat -c %a "$name") &&
      echo "${sum%% *} $((size)) $mode $name" || echo "! $name cannot be read"
  else
    echo "! $name is no regular file"
  fi
done
