"""Kept disks: a machine as its roles left it, for the next lab that asks for the very same.

The caller's key must name all that went into the machine: roles, variables, the
authority that signed its certificates.  A kept disk holds the machine's private keys, so
its place is root's alone.
"""

import contextlib
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from hue_infra import places as rooms
from hue_infra.errors import RemoteError
from hue_infra.lab import cgroups, disk, layout, locks, machines, specs
from hue_infra.lab.layout import Layout
from hue_infra.tools.run import run
from hue_infra.words import say

MARK = "kept"
PARTS = ("upper", "volumes", disk.WHOLE)
GENERATIONS = 2  # of one machine: today's and the one before, for those who go back and forth
FREEZE_S = 10.0
LONGEST_S = 7 * 86400.0
"""An older disk is not restored: its certificates might have to be renewed at once."""


def key_of(places: Layout, name: str) -> str | None:
    """The key under which the machine's disk was last kept or restored, unless forgotten."""
    try:
        return (places.machine(name) / "disk" / MARK).read_text("utf-8")
    except FileNotFoundError:
        return None


def forget(places: Layout, name: str) -> None:
    """Say that the disk is about to differ from what was kept; fine when it never was."""
    (places.machine(name) / "disk" / MARK).unlink(missing_ok=True)


def keep(places: Layout, name: str, key: str) -> None:
    """Copy the running machine's disk to the cache, as it is at one moment.

    Raises:
        RemoteError: The machine does not run.
    """
    spec = machines.spec_of(places, name)
    if spec is None or machines.state(places, name) is None:
        raise RemoteError(say("lab.no-machine", machine=name, known="–"))
    there = _place(spec, key)
    with locks.held(there.parent / ".lock"):
        if not there.is_dir():
            with _frozen(f"{places.group}/{name}"):
                _copy(places.machine(name) / "disk", there, key)
            _prune(there.parent)
    layout.write(places.machine(name) / "disk" / MARK, key)


def restore(places: Layout, spec: specs.MachineSpec, key: str) -> bool:
    """Give a machine that has no disk yet the one kept under *key*; say whether it has it."""
    own = places.machine(spec.name) / "disk"
    if disk.is_made_for(own.parent, spec):
        return key_of(places, spec.name) == key
    there = _place(spec, key)
    if machines.state(places, spec.name) or not there.is_dir():
        return False
    with locks.held(there.parent / ".lock", shared=True):
        if time.time() - there.stat().st_mtime > LONGEST_S:
            return False
        if not disk.is_made_for(there.parent, spec, there.name):
            return False
        disk.remove(own.parent)
        _copy(there, own, key)
    return True


def _place(spec: specs.MachineSpec, key: str) -> Path:
    digest = hashlib.sha256(f"{spec.base} {key}".encode()).hexdigest()[:16]
    return rooms.cache() / "kept" / spec.hostname / digest


def _copy(source: Path, target: Path, key: str) -> None:
    """Copy a disk beside its place and rename: a disk seen is a whole one."""
    half = target.with_name(f".{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    parts = [source / part for part in PARTS if (source / part).exists()]
    run(["cp", "--archive", "--reflink=auto", *parts, half])
    (half / "work").mkdir()
    (half / MARK).write_text(key, "utf-8")
    half.rename(target)


def _prune(folder: Path) -> None:
    found = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in found[GENERATIONS:]:
        shutil.rmtree(old)


@contextlib.contextmanager
def _frozen(group: str) -> Iterator[None]:
    """Stop the machine's processes for a moment, as a snapshot by a hypervisor would."""
    try:
        cgroups.freeze(group, frozen=True)
        end = time.monotonic() + FREEZE_S
        while not cgroups.is_frozen(group) and time.monotonic() < end:
            time.sleep(0.01)
        yield
    finally:
        cgroups.freeze(group, frozen=False)
