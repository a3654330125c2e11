# Hides each line on stdin that holds a secret of the agent's: one of the start JSON, or one that this
# environment has under a secret's name. Before anything is cut: a part of a secret is not found.
known=$(
  cat /run/gc/secrets
  env | while IFS='=' read -r name value; do
    case $name in
      [0-9]* | *[!A-Za-z0-9_]*) ;;
      *_TOKEN | *_token | *_KEY | *_key | *SECRET* | *secret* | *PASSW* | *passw* | ANTHROPIC_*) eval "printf '%s\n' \"\$$name\"" ;;
    esac
  done
)
LC_ALL=C
set -f
IFS='
'
while IFS= read -r line || [ -n "$line" ]; do
  for secret in $known; do
    [ ${#secret} -ge 6 ] || continue
    case $line in *"$secret"*) line='[a line with a secret]' ;; esac
  done
  printf '%s\n' "$line"
done
