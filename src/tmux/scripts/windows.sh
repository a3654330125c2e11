# Goes before a script that sends much: in_windows COMMAND… prints what the command does, 4 MiB at a time:
# the first at once, each of the others for a line on stdin, so that nothing piles up on the way to a slow
# reader. Exits as the command does.
in_windows() {
  exec 3<&0 4>&1 </dev/null
  code=$(
    {
      { "$@" 3<&- 4>&-; echo $? >&5; } | {
        while said=$({ LC_ALL=C dd iflag=fullblock bs=64k count=64 >&4; } 2>&1); do
          # Fewer than were asked for: that was the end.
          case $said in 64+0*) read -r _ <&3 || exit ;; *) exit ;; esac
        done
        # A dd that does not wait for whole blocks cannot count them: then all comes at once.
        cat >&4
      }
    } 5>&1
  )
  exit "$code"
}
