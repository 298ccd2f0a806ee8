"""Install Debian packages on this machine: what the lab itself needs of its host."""

import os
import shutil
from collections.abc import Callable, Sequence

from hue_infra.tools.run import stream

QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def can_install() -> bool:
    """Whether this is root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str], on_line: Callable[[str], None]) -> None:
    """Install *packages* from the machine's own sources.

    Raises:
        ToolError: apt could not.
    """
    stream(["apt-get", "update", "-qq"], on_line, env=QUIET)
    options = ("--yes", "-qq", "--no-install-recommends")
    stream(["apt-get", "install", *options, *packages], on_line, env=QUIET)
