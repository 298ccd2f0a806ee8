#!/bin/sh
# Process 1 of a machine until it becomes systemd.  Called in new mount, pid, uts and
# ipc namespaces and the machine's network namespace:
#   boot.sh enter <machine's directory> <host name> <plain|legacy> <cgroup.procs file>...
# It leaves the old root behind, so nothing it mounts is ever seen by the host.
set -eu

remember() { # its own id and start; /proc is still the host's, and so are the ids
  printf '%s %s\n' "$1" "${22}" >pid.new
  mv pid.new pid
}

enter() {
  cd "$1"
  read -r stat </proc/self/stat
  # shellcheck disable=SC2086
  remember $stat
  directory=$1 name=$2 cgroups=$3
  shift 3
  for file in "$@"; do
    echo 0 >"$file"
  done
  # From here on the machine's cgroups look like the roots of their hierarchies.
  exec unshare --cgroup sh "$0" mount "$directory" "$name" "$cgroups"
}

devices() {
  mount -t tmpfs -o nosuid,mode=755,size=1m tmpfs root/dev
  while read -r node major minor; do
    mkdir -p "$(dirname "root/dev/$node")"
    mknod -m 666 "root/dev/$node" c "$major" "$minor"
  done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
net/tun 10 200
END
  mkdir -p root/dev/pts root/dev/shm
  ln -s pts/ptmx root/dev/ptmx
  ln -s /proc/self/fd root/dev/fd
  ln -s fd/0 root/dev/stdin
  ln -s fd/1 root/dev/stdout
  ln -s fd/2 root/dev/stderr
  # kubelet watches the kernel's log for processes killed for want of memory and will not
  # start without one; the host's is not a machine's to read. A node of its own: systemd
  # hides it from services, and through a link would hide /dev/null.
  mknod -m 666 root/dev/kmsg c 1 3
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts root/dev/pts
  mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs root/dev/shm
}

kernel() {
  mount -t proc -o nosuid,nodev,noexec proc root/proc
  mount --bind root/proc/sys root/proc/sys
  mount -o remount,bind,ro root/proc/sys
  # The network part belongs to the machine's own network namespace.
  mount --bind root/proc/sys/net root/proc/sys/net
  mount -o remount,bind,rw root/proc/sys/net
  mount -t sysfs -o nosuid,nodev,noexec,ro sysfs root/sys
}

cgroups_plain() {
  mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 root/sys/fs/cgroup
}

cgroups_legacy() { # the controllers are in v1: systemd's "hybrid" arrangement, as on the host
  mount -t tmpfs -o nosuid,nodev,noexec,mode=755,size=1m tmpfs root/sys/fs/cgroup
  mkdir root/sys/fs/cgroup/unified
  mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 root/sys/fs/cgroup/unified
  while IFS=: read -r number names _; do
    [ "$number" != 0 ] || continue
    place=root/sys/fs/cgroup/${names#name=}
    mkdir "$place"
    case $names in name=*) options=none,$names ;; *) options=$names ;; esac
    mount -t cgroup -o "nosuid,nodev,noexec,$options" cgroup "$place"
    case $names in *,*) for one in $(echo "$names" | tr , ' '); do ln -s "$names" "root/sys/fs/cgroup/$one"; done ;; esac
  done </proc/self/cgroup
}

volumes() { # containers' layers cannot lie on an overlay
  for volume in disk/volumes/*; do
    [ -d "$volume" ] || continue
    mount --bind "$volume" "root/var/lib/${volume##*/}"
  done
}

tunables() { # the kubelet asks for these of the whole kernel, which is not a machine's to set
  [ -d disk/volumes/kubelet ] || return 0
  mkdir root/run/kernel
  while read -r name value; do
    echo "$value" >"root/run/kernel/${name##*/}"
    mount --bind "root/run/kernel/${name##*/}" "root/proc/sys/$name"
  done <<END
vm/overcommit_memory 1
kernel/panic 10
kernel/panic_on_oops 1
END
}

take_root() {
  cd "$1"
  mount --make-rprivate /
  hostname "$2"
  mkdir -p root
  # A kept disk is a copy, which an index of the original's files would refuse.
  mount -t overlay -o index=off,lowerdir=base,upperdir=disk/upper,workdir=disk/work overlay root
  kernel
  "cgroups_$3"
  devices
  mount -t tmpfs -o nosuid,nodev,mode=755,size=2g tmpfs root/run
  mount -t tmpfs -o nosuid,nodev,mode=1777,size=1g tmpfs root/tmp
  volumes
  tunables
  cd root
  mkdir -p run/.host
  pivot_root . run/.host
  # What a machine may do with the host's kernel ends here: no clock, no modules, no reboot.
  exec env -i container=hue-lab PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    setpriv --inh-caps=-all --bounding-set=-sys_module,-sys_time,-sys_boot,-sys_rawio,-mac_admin,-mac_override,-syslog \
    sh -c 'umount -l /run/.host && rmdir /run/.host && mount --make-rshared / && exec /sbin/init'
}

case $1 in
enter) shift; enter "$@" ;;
mount) shift; take_root "$@" ;;
esac
