# Gives a new tmux session the metadata that set-meta.sh has noted in files.
gc=/run/gc
for key in "$gc"/meta/*.key; do
  [ -f "$key" ] || continue
  name=$(cat "$key" && echo .)
  value=$(cat "${key%.key}.value" && echo .)
  value=${value%.}
  case $value in *';') value=${value%;}'\;' ;; esac
  tmux -u set-environment -t =main -- "${name%.}" "$value"
done
for mark in "$gc"/meta/*.mark; do
  [ -f "$mark" ] || continue
  mark=${mark##*/}
  tmux set-option -t =main: "@gc-annotated-${mark%.mark}" 1
done
