# PID 1 of a new container, in its own namespaces but still with the host's root: makes $1 its root and
# executes the container's command. Writes `pid N` (in the host's namespace) and any error to
# descriptor 3.
# $1 root, $2 host name, $3 working directory; then, up to `--`, what to set up there:
# `link TARGET PATH`, then `system|submount PATH OPTIONS`, then `mount ro|rw SOURCE PATH`. The rest is
# the command.
read -r pid rest </proc/self/stat
echo "pid $pid" >&3
exec 4>&2 2>&3
set -e
path=$PATH
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
root=$1 name=$2 directory=$3
shift 3

mount --bind "$root" "$root"
cd "$root"
mkdir -p .old proc dev tmp run root home mnt media srv var/tmp var/log var/lib var/cache
chmod 1777 tmp var/tmp
chmod 700 root
# Relative: until pivot_root, an absolute link to /run would lead to the host's.
ln -sfn ../run var/run
while [ "$1" = link ]; do
  ln -sfn "$2" ".$3"
  shift 3
done
while [ "$1" = system ] || [ "$1" = submount ]; do
  [ "$1" = submount ] || { mkdir ".$2"; mount --rbind "$2" ".$2"; }
  mount -o "remount,bind,ro$3" ".$2"
  shift 3
done
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t tmpfs -o mode=755,nosuid tmpfs dev
for node in null zero full random urandom tty; do
  : >"dev/$node"
  mount --bind "/dev/$node" "dev/$node"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,nosuid,noexec devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
hostname "$name"
pivot_root . .old
cd /

while [ "$1" = mount ]; do
  if [ -d "/.old$3" ]; then
    mkdir -p "$4"
  elif [ ! -e "$4" ]; then
    mkdir -p "${4%/*}/"
    : >"$4"
  fi
  mount --rbind "/.old$3" "$4"
  [ "$2" = rw ] || mount -o remount,bind,ro "$4"
  shift 4
done
shift
umount -l /.old
rmdir /.old
[ -d "$directory" ] || mkdir -p "$directory"
PATH=$path
exec 2>&4 4>&-
exec "$@"
