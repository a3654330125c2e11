# Prints more than a terminal holds, then waits for a line.
seq 100000
read -r _
