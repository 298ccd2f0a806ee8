### The lab: machines made of namespaces on one host.

not-root = the lab needs root to make namespaces and mounts: run the same command with sudo
no-capability = root lacks the privilege { $names }: run on a machine or virtual machine of your own, or start the container with --privileged
no-program = { $names } not found: run “apt-get install { $packages }”
no-cgroup2 = no writable cgroup2 hierarchy: mount one with “mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified”, or start the container with --privileged
no-overlay = the kernel has no overlay file system: load it with “modprobe overlay”
bad-file-system = the lab cannot keep its disks on { $path }, a file system of kind { $kind }: name a directory on a local disk in HUE_INFRA_HOME
no-namespaces = the kernel refuses new namespaces ({ $said }): run on a machine or virtual machine of your own, or start the container with --privileged
bad-name = “{ $name }” cannot be a name in the lab: use a-z, 0-9 and hyphens, 63 at most
no-base = the base image { $base } is not in the cache any more: run “hue-infra up” again to build it
no-boot = machine { $machine } did not come up. Run “hue-infra up” again; if that does not help, here is what its console says last:
no-machine = no machine “{ $machine }” runs in this lab; those that run: { $known }
no-file = { $path } in machine { $machine } is not an ordinary file
link-end-gone = link { $link } cannot be laid, for machine { $machine } does not run; run “hue-infra up” again
no-forward = forward { $name } could not listen on port { $port }: another program may hold it: stop that one and run again
cannot-kill = processes in { $group } did not end when killed; see “cat { $group }/cgroup.procs”
