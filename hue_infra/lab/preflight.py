"""What the host must give a lab, asked before anything is touched."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hue_infra.lab import cgroups
from hue_infra.tools import debian
from hue_infra.tools.run import run
from hue_infra.words import say

# Program, and the Debian or Ubuntu package that brings it.
PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "tc": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "mount": "mount",
    "setsid": "util-linux",
}
# Bit numbers of linux/capability.h.
CAPABILITIES = {
    "CAP_CHOWN": 0,
    "CAP_DAC_OVERRIDE": 1,
    "CAP_KILL": 5,
    "CAP_SETPCAP": 8,
    "CAP_NET_ADMIN": 12,
    "CAP_SYS_CHROOT": 18,
    "CAP_SYS_PTRACE": 19,
    "CAP_SYS_ADMIN": 21,
    "CAP_MKNOD": 27,
}


def missing_packages() -> list[str]:
    """Packages the host lacks, by the names of Debian and Ubuntu."""
    missing = {package for program, package in PROGRAMS.items() if not _has(program)}
    if not debian.KEYRING.exists():
        missing.add("debian-archive-keyring")
    return sorted(missing)


def problems(directory: Path) -> list[str]:
    """One sentence for each thing that stands in a lab's way, with what to do; none: fine.

    Args:
        directory: Where the lab shall lie, made or not.
    """
    if os.geteuid() != 0:
        return [say("lab.not-root")]
    checks: tuple[Callable[[], list[str]], ...] = (
        _capabilities,
        _packages,
        _hierarchy,
        lambda: _file_system(directory),
    )
    found = [sentence for check in checks for sentence in check()]
    return found or _namespaces()


def _capabilities() -> list[str]:
    status = Path("/proc/self/status").read_text("utf-8")
    line = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    held = int(line.split()[1], 16)
    missing = [name for name, bit in CAPABILITIES.items() if not held >> bit & 1]
    return [say("lab.no-capability", names=", ".join(missing))] if missing else []


def _packages() -> list[str]:
    missing = missing_packages()
    programs = [program for program in PROGRAMS if not _has(program)]
    if not missing:
        return []
    names = ", ".join(programs) or str(debian.KEYRING)
    return [say("lab.no-program", names=names, packages=" ".join(missing))]


def _hierarchy() -> list[str]:
    unified = cgroups.mounted().unified
    if unified is None or not os.access(unified, os.W_OK):
        return [say("lab.no-cgroup2")]
    return []


def _file_system(directory: Path) -> list[str]:
    """A machine's disk is an overlay, and an overlay cannot lie on another one."""
    if "\toverlay" not in Path("/proc/filesystems").read_text("utf-8") and _lacks_overlay():
        return [say("lab.no-overlay")]
    there = next(path for path in (directory, *directory.parents) if path.exists())
    said = run(["stat", "--file-system", "--format=%T", there])
    kind = said.stdout.strip()
    bad = ("overlayfs", "nfs", "fuseblk", "fuse", "vfat", "msdos")
    return [say("lab.bad-file-system", path=str(there), kind=kind)] if kind in bad else []


def _lacks_overlay() -> bool:
    """Whether the kernel has no overlay even as a module that a first mount would load."""
    module = Path(f"/lib/modules/{os.uname().release}/kernel/fs/overlayfs")
    return not module.exists()


def _namespaces() -> list[str]:
    """Some hosts withhold namespaces from root itself, such as containers under seccomp."""
    kinds = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup"]
    tried = run(["unshare", *kinds, "--fork", "true"], check=False)
    if tried.code:
        return [say("lab.no-namespaces", said=tried.stderr.strip())]
    return []


def _has(program: str) -> bool:
    # Root's programs are often missing from the path of those who became root by su.
    path = os.environ.get("PATH", os.defpath)
    return shutil.which(program, path=f"{path}:/usr/sbin:/sbin") is not None
