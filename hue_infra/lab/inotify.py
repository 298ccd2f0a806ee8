"""The host's limit of file watchers, which every machine of a lab shares.

Each systemd takes several inotify instances and a kubelet many more; all of them
count for the host's root, whose usual limit of 128 a lab of ten machines exceeds.
The limit is raised and left so: it costs nothing until it is used.
"""

import contextlib
from pathlib import Path

LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH = 1024


def ensure() -> None:
    """Raise the limit when it is lower than a lab needs and the host lets us."""
    with contextlib.suppress(OSError):
        if int(LIMIT.read_text("ascii")) < ENOUGH:
            LIMIT.write_text(str(ENOUGH), "ascii")
