"""Control groups: where each machine's processes are counted, found and ended.

Everything the lab starts is in the cgroup ``hue-<lab>``, so whatever a killed run
left is found there.  Two kinds of host:

* cgroup2 alone: the lab's group passes all controllers on to each machine.
* cgroup2 beside the older v1 hierarchies, which hold the controllers: a machine that
  must limit containers gets a subtree of each v1 hierarchy as well.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hue_infra.errors import RemoteError
from hue_infra.words import say

PATIENCE_S = 15.0
# What limits containers; a host that keeps these in v1 may still have others in cgroup2.
NEEDED = frozenset({"cpu", "memory", "pids"})
_CPUSET = ("cpuset.cpus", "cpuset.mems")


@dataclass(frozen=True, slots=True)
class Hierarchies:
    """The host's mounted hierarchies: cgroup2's root, and v1 roots by their options."""

    unified: Path | None
    legacy: tuple[tuple[str, Path], ...]


def mounted(mounts: str | None = None) -> Hierarchies:
    """Read the hierarchies from ``/proc/self/mounts`` or from the text *mounts*."""
    text = Path("/proc/self/mounts").read_text("utf-8") if mounts is None else mounts
    unified: Path | None = None
    legacy: list[tuple[str, Path]] = []
    for _, place, kind, options, *_ in (line.split() for line in text.splitlines()):
        if kind == "cgroup2":
            unified = unified or Path(place)
        elif kind == "cgroup":
            legacy.append((_hierarchy(options), Path(place)))
    return Hierarchies(unified, tuple(legacy))


def _hierarchy(options: str) -> str:
    """What names a v1 hierarchy among its mount options: controllers, or ``name=``."""
    other = {
        "rw",
        "ro",
        "relatime",
        "noatime",
        "nosuid",
        "nodev",
        "noexec",
        "xattr",
        "clone_children",
    }
    return ",".join(o for o in options.split(",") if o not in other and "release_agent" not in o)


def make(group: str, machine: str, *, kubernetes: bool) -> list[Path]:
    """Make the machine's groups and return them, cgroup2 first.

    Raises:
        RemoteError: The host has no cgroup2.
    """
    found = mounted()
    root = _unified(found)
    controllers = (root / "cgroup.controllers").read_text("utf-8").split()
    own = make_plain(f"{group}/{machine}")
    if NEEDED.issubset(controllers):
        for parent in (root, root / group):
            _pass_on(parent, controllers)
        return [own]
    if not kubernetes:
        return [own]
    legacy = [root / group / machine for _, root in found.legacy]
    for directory in legacy:
        directory.mkdir(parents=True, exist_ok=True)
        _fill_cpuset(directory.parent)
        _fill_cpuset(directory)
    return [own, *legacy]


def _pass_on(parent: Path, controllers: list[str]) -> None:
    """Let the children of *parent* use the controllers; one that cannot be is left out."""
    for controller in controllers:
        with contextlib.suppress(OSError):
            (parent / "cgroup.subtree_control").write_text(f"+{controller}", "utf-8")


def _fill_cpuset(directory: Path) -> None:
    """A v1 cpuset begins empty, and an empty one takes no process."""
    for name in _CPUSET:
        if (directory / name).exists() and not (directory / name).read_text("utf-8").strip():
            (directory / name).write_text((directory.parent / name).read_text("utf-8"), "utf-8")


def make_plain(group: str) -> Path:
    """Make the cgroup2 *group*, by its path from the root, for something beside the machines.

    Raises:
        RemoteError: The host has no cgroup2.
    """
    own = _unified(mounted()) / group
    own.mkdir(parents=True, exist_ok=True)
    return own


def _unified(found: Hierarchies) -> Path:
    if found.unified is None:
        raise RemoteError(say("lab.no-cgroup2"))
    return found.unified


def freeze(group: str, *, frozen: bool) -> None:
    """Stop every process of the cgroup2 *group*, or let them go on; fine when it is gone."""
    with contextlib.suppress(OSError):
        (_unified(mounted()) / group / "cgroup.freeze").write_text(f"{frozen:d}", "utf-8")


def is_frozen(group: str) -> bool:
    """Whether every process of the cgroup2 *group* has stopped."""
    events = (_unified(mounted()) / group / "cgroup.events").read_text("utf-8")
    return "frozen 1" in events


def remove(path: str) -> None:
    """End every process in the group *path* of each hierarchy, and remove the groups.

    Raises:
        RemoteError: Processes outlived the kill signal, as those do that hang in a driver.
    """
    found = mounted()
    roots = [root for root in (found.unified, *(root for _, root in found.legacy)) if root]
    trees = [root / path for root in roots if (root / path).is_dir()]
    end = time.monotonic() + PATIENCE_S
    while trees:
        for tree in trees:
            _kill(tree)
            _remove_empty(tree)
        trees = [tree for tree in trees if tree.is_dir()]
        if trees and time.monotonic() > end:
            raise RemoteError(say("lab.cannot-kill", group=str(trees[0])))
        if trees:
            time.sleep(0.01)


def _kill(tree: Path) -> None:
    with contextlib.suppress(OSError):
        (tree / "cgroup.kill").write_text("1", "utf-8")
        return
    # Before Linux 5.14, and in v1, each process is killed by its id.
    for pid in _members(tree):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _members(tree: Path) -> Iterator[int]:
    for file in tree.rglob("cgroup.procs"):
        with contextlib.suppress(OSError):
            yield from (int(pid) for pid in file.read_text("utf-8").split() if pid != "0")


def _remove_empty(tree: Path) -> None:
    below = sorted((p for p in tree.rglob("*") if p.is_dir()), reverse=True)
    for directory in (*below, tree):
        with contextlib.suppress(OSError):
            directory.rmdir()
