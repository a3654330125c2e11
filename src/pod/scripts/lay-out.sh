# Lays out a workspace of several layers: from the top, what a claim has already, the session's own
# files, the city. Part of launch.sh. The file "aside" says where the session's files were unpacked,
# and whether there is a claim.
. "$gc/aside"
is_directory() {
  [ -d "$1" ] && [ ! -L "$1" ]
}
is_there() {
  [ -e "$1" ] || [ -L "$1" ]
}
# Both have a directory, whose contents can be merged. A repository is one thing: its parts belong together.
is_merged() {
  [ "${1##*/}" != .git ] && is_directory "$1" && is_directory "$2"
}
# A directory that is closed for writing cannot be renamed, but copied.
take() {
  place=${2#/workspace/}
  mv -f "$1" "$2" 2>"$gc/said" || cp -RPp "$1" "$2" 2>"$gc/said" ||
    fail "cannot put $place into the workspace: $(last_words)"
}
# Moves what is in $1 into $2. $3: keep, or replace, what is there.
lay() {
  for each in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    is_there "$each" || continue
    if is_merged "$each" "$2/${each##*/}"; then
      lay "$each" "$2/${each##*/}" "$3"
    elif ! is_there "$2/${each##*/}"; then
      take "$each" "$2/${each##*/}"
    elif [ "$3" = replace ]; then
      rm -rf "$2/${each##*/}"
      take "$each" "$2/${each##*/}"
    fi
  done
}
# Gives $1 the files of $2 in the place of its own, for gc init to find there what it may write.
adopt() {
  for each in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    is_there "$each" && is_there "$2/${each##*/}" || continue
    if is_merged "$each" "$2/${each##*/}"; then
      adopt "$each" "$2/${each##*/}"
    else
      rm -rf "$each"
      is_directory "$2/${each##*/}" || cp -RPp "$2/${each##*/}" "$each"
    fi
  done
}
lay_city() {
  [ -d "$gc/city" ] || return 0
  if command -v gc >/dev/null; then
    [ -z "$claim" ] || adopt "$gc/city" /workspace
    gc init --from "$gc/city" /workspace >"$gc/said" 2>&1 || say "warning: gc init exited $?: $(last_words)"
  elif [ -n "$claim" ]; then
    lay "$gc/city" /workspace keep
  else
    cp -R "$gc/city/." /workspace/ 2>"$gc/said" || say "warning: the city's files: $(last_words)"
  fi
  rm -rf "$gc/city"
}

[ -n "$claim" ] || lay_city
lay "$aside/files" /workspace "${claim:-replace}"
[ -z "$claim" ] || lay_city
rm -rf "$aside" 2>/dev/null || { chmod -R u+w "$aside" && rm -rf "$aside"; }
