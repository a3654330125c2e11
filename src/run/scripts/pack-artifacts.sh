# Writes the artifacts directory as a tar stream in windows of 4 MiB: the first at once, each further one
# for a line on stdin, so that nothing piles up on the way to a slow reader.
cd /run/gc/output/artifacts || exit
export LC_ALL=C
exec 3<&0 4>&1 </dev/null
# A dd without fullblock cannot count bytes: then everything is sent at once.
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
