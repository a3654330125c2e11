# Writes the artifacts directory as a tar stream, 4 MiB at a time: the first at once, each of the
# others for a line on stdin, so that nothing piles up on the way to a slow reader.
cd /run/gc/output/artifacts || exit
export LC_ALL=C
exec 3<&0 4>&1 </dev/null
# A dd that does not wait for whole blocks cannot count them: then all comes at once.
dd iflag=fullblock bs=1 count=0 2>/dev/null || exec tar -cf - .
code=$(
  {
    { tar -cf - . 3<&- 4>&-; echo $? >&5; } |
      while said=$({ dd iflag=fullblock bs=64k count=64 >&4; } 2>&1); do
        case $said in 0+0*) break ;; esac
        read -r line <&3 || break
      done
  } 5>&1
)
exit "$code"
