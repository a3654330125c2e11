# The shell's own id, then every command line under a header that names its process.
echo "$$"
# A process that ends while it is read makes tail fail; the others count.
tail -v -c +1 /proc/[0-9]*/cmdline 2>/dev/null || true
