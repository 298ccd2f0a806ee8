#!/bin/sh
# The last hand on a base image, run by mmdebstrap outside it: $1 is its root.
set -eu
root=$1

# Nothing starts unless a role asks for it; a unit that waits for an absent
# network manager would hold up each boot for two minutes.
mkdir -p "$root/etc/systemd/system-preset"
cat >"$root/etc/systemd/system-preset/00-lab.preset" <<'END'
enable ssh.service
enable dbus.service
enable dbus.socket
disable *
END
chroot "$root" systemctl preset-all 2>/dev/null
chroot "$root" systemctl set-default multi-user.target 2>/dev/null
for unit in sys-kernel-debug.mount sys-kernel-tracing.mount systemd-resolved.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# The journal of a machine lives in memory: a lab is thrown away.
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=24M\n' \
  >"$root/etc/systemd/journald.conf.d/lab.conf"

# What each machine must have of its own, or must not inherit from the host.
rm -f "$root"/etc/ssh/ssh_host_* "$root/usr/sbin/policy-rc.d" "$root/var/lib/dbus/machine-id" \
  "$root/etc/resolv.conf" "$root/etc/hostname"
: >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"
ln -s /etc/machine-id "$root/var/lib/dbus/machine-id"
mkdir -p "$root/run" "$root/var/lib/containerd" "$root/var/lib/kubelet"

rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/cache/apt/*.bin "$root"/var/log/apt \
  "$root"/var/log/dpkg.log "$root"/var/log/alternatives.log "$root"/tmp/*
