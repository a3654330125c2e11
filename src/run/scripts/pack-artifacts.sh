# Writes the artifacts directory as a tar stream, behind windows.sh.
cd /run/gc/output/artifacts || exit
in_windows tar -cf - .
