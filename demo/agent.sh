# A stand-in for a terminal agent, for the demo: a prompt, thinking, output; no model, no API key.
# Its answers come from commands that it runs in its pod.
say() {
  printf '\033[32m●\033[0m %s\n' "$1"
}
show() {
  say "Bash($1)"
  sh -c "$1" 2>&1 | while IFS= read -r line; do printf '  \033[2m└ %s\033[0m\n' "$line"; done
  sleep 0.4
}
think() {
  for mark in ✶ ✻ ✽ ✻ ✶; do
    printf '\r\033[35m%s\033[0m Thinking…' "$mark"
    sleep 0.3
  done
  printf '\r\033[K'
}
printf '\033[1m%s\033[0m (a stand-in)\n\n' "$GC_SESSION_NAME"
while printf '\033[36m❯\033[0m ' && IFS= read -r message; do
  think
  case $message in
    *where*) show 'uname -n' && show 'pwd' ;;
    *work*) show 'cat TASK.md' ;;
    *file*) show 'echo hello > hello.txt' && show 'wc -c hello.txt' ;;
    *) say 'I only know where, work and file.' ;;
  esac
  say 'Done.'
  echo
done
