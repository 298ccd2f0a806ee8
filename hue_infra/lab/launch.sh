#!/bin/sh
# Start something of the lab that outlives us: $1 the cgroup.procs file it shall be
# counted in, $2 its log, then its command.
set -eu
echo 0 >"$1"
log=$2
shift 2
setsid "$@" </dev/null >>"$log" 2>&1 &
