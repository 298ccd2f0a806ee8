"""Who holds a stack: Pulumi's lock files, so that its CLI and this engine keep each other out.

A lock is ``.pulumi/locks/organization/<project>/<stack>/<uuid>.json`` with the keys
``pid``, ``username``, ``hostname`` and ``timestamp``. We add ``process``, which tells a process
from a later one of the same number; upstream's reader passes over keys it does not know.

=====================================================  =============================
A lock of                                              is
=====================================================  =============================
a process of this host that runs                       held: `LockedError`
a process of this host that is gone, or whose number   taken over, with a notice
now belongs to a process begun later
another host                                           held: nobody here can tell
=====================================================  =============================
"""

import contextlib
import fcntl
import getpass
import json
import os
import re
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from hue_infra.engine.disk import Disk
from hue_infra.engine.state import now
from hue_infra.errors import LockedError
from hue_infra.words import say

PROC = Path("/proc")
START_FIELD = 19
"""Place of the start time among the fields of /proc/<pid>/stat that follow the name (proc(5))."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, and since when."""

    pid: int
    username: str
    hostname: str
    timestamp: str
    process: str = ""
    """Boot and start time of the process; empty in a lock that Pulumi's CLI wrote."""


@contextlib.contextmanager
def held(folder: Path, aside: Path, disk: Disk, notice: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock in *folder* for a while.

    Args:
        folder: The directory of this stack's locks; Pulumi's CLI takes every file in it for one.
        aside: A directory of our own on the same file system, for drafts and the guard.
        disk: Where files are written.
        notice: Told in a sentence when a lock left by a dead process is taken over.

    Raises:
        LockedError: Somebody else holds it; the message says who, and since when.
    """
    disk.make_directory(folder)
    disk.make_directory(aside)
    mine = folder / f"{uuid.uuid4()}.json"
    with _guard(aside):
        _clear(folder, disk, notice)
        _write(mine, aside, disk)
        try:
            # Pulumi's CLI knows nothing of our guard: look again, as it does.
            _clear(folder, disk, notice, mine)
        except LockedError:
            disk.remove(mine)
            raise
    try:
        yield
    finally:
        disk.remove(mine)


def _write(lock: Path, aside: Path, disk: Disk) -> None:
    draft = aside / f"{lock.stem}.draft"
    disk.write(draft, json.dumps(asdict(_myself())).encode())
    disk.rename(draft, lock)
    disk.sync_directory(lock.parent)


def holders(folder: Path) -> dict[Path, Holder]:
    """The locks in *folder* and who wrote them, whether they still run or not."""
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return {path: holder for path in files if (holder := _read(path)) is not None}


def is_alive(holder: Holder) -> bool:
    """Whether the process that wrote a lock may still run; True when that cannot be known."""
    if holder.hostname != socket.gethostname():
        return True
    if not _exists(holder.pid):
        return False
    if holder.process:
        return holder.process == process_mark(holder.pid)
    return not _begun_after(holder)


def process_mark(pid: int) -> str:
    """What tells process *pid* from any other that had or will have its number, or nothing."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{_start_ticks(pid)}"
    except OSError:
        return ""


def _clear(
    folder: Path, disk: Disk, notice: Callable[[str], None], mine: Path | None = None
) -> None:
    for path, holder in holders(folder).items():
        if path == mine:
            continue
        if is_alive(holder):
            raise LockedError(
                say("engine.locked", **_words(holder)),
                hint=say("engine.locked-hint", file=str(path)),
            )
        disk.remove(path)
        notice(say("engine.lock-taken-over", **_words(holder)))


def _words(holder: Holder) -> dict[str, str]:
    return {
        "user": holder.username,
        "host": holder.hostname,
        "pid": str(holder.pid),
        "since": holder.timestamp,
    }


@contextlib.contextmanager
def _guard(aside: Path) -> Iterator[None]:
    """Let one process at a time look at the locks and write its own: no two may both give up."""
    handle = os.open(aside / "guard", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _myself() -> Holder:
    pid = os.getpid()
    return Holder(pid, getpass.getuser(), socket.gethostname(), now(), process_mark(pid))


def _read(path: Path) -> Holder | None:
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        data = {}
    # A lock that cannot be read still says that somebody is there.
    user, host, since = (str(data.get(key, "?")) for key in ("username", "hostname", "timestamp"))
    return Holder(int(data.get("pid", 0)), user, host, since, str(data.get("process", "")))


def _exists(pid: int) -> bool:
    if pid <= 0:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _begun_after(holder: Holder) -> bool:
    """Whether the process of that number began after the lock was written: then it is another."""
    boot = re.search(r"^btime (\d+)$", _text(PROC / "stat"), re.MULTILINE)
    try:
        written = datetime.fromisoformat(holder.timestamp).timestamp()
        begun = _start_ticks(holder.pid) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return False
    # The boot time is in whole seconds: leave room for its rounding.
    return boot is not None and int(boot[1]) + begun > written + 2


def _start_ticks(pid: int) -> int:
    # The name stands in parentheses and may hold anything, spaces too.
    return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[START_FIELD])


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
