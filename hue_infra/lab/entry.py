"""Into a machine and back: commands in its namespaces, files under its root.

Kept light, for Ansible's connection plugin and testinfra's backend load it too.
"""

import ctypes
import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from hue_infra.errors import RemoteError
from hue_infra.lab import layout, processes
from hue_infra.tools import run as tools
from hue_infra.words import say

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# nsenter would hand on the host's whole set; what process 1 may not, its guests may not.
WITHHELD = "-sys_module,-sys_time,-sys_boot,-sys_rawio,-mac_admin,-mac_override,-syslog"

_SYS_OPENAT2 = 437  # the same number on every architecture
_RESOLVE_IN_ROOT = 0x10
_libc = ctypes.CDLL(None, use_errno=True)


class _OpenHow(ctypes.Structure):
    """struct open_how of openat2(2)."""

    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


def alive(directory: Path, name: str) -> processes.Process | None:
    """Process 1 of the machine *name* of the lab in *directory*, when it runs."""
    places = layout.at(directory)
    found = processes.read(places.machine(name) / "pid")
    if found and found.is_alive and found.is_in(f"{places.group}/{name}"):
        return found
    return None


def argv(pid: int, command: Sequence[str], *, terminal: bool = False) -> list[str]:
    """The argument list that runs *command* as root in the machine whose process 1 is *pid*."""
    namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
    kept = [f"TERM={os.environ.get('TERM', 'linux')}"] if terminal else []
    return [
        *("nsenter", f"--target={pid}", *namespaces, "--root", "--wdns=/root"),
        # nsenter's end is ours; this makes it the command's too.
        *("setpriv", "--pdeathsig=KILL", "--inh-caps=-all", f"--bounding-set={WITHHELD}"),
        *("env", "-i", f"PATH={PATH}", "HOME=/root", "USER=root", "LOGNAME=root"),
        *("SHELL=/bin/bash", "LANG=C.UTF-8", *kept, *command),
    ]


@dataclass(frozen=True, slots=True)
class RunningMachine:
    """A machine that runs: *pid* is its process 1 as the host counts."""

    name: str
    pid: int

    def run(
        self,
        command: Sequence[str],
        *,
        input: str | None = None,  # noqa: A002 - as tools.run names it
        check: bool = True,
        timeout: float | None = None,
    ) -> tools.Completed:
        """Run *command* as root inside and return what it said.

        Args:
            command: Program and arguments.
            input: Text for its standard input.
            check: Raise when it fails.
            timeout: Seconds until it is killed.

        Raises:
            ToolError: It failed while *check* is true, or took too long.
        """
        return tools.run(argv(self.pid, command), input=input, check=check, timeout=timeout)

    def put(self, path: str, data: bytes | str, mode: int = 0o644) -> None:
        """Write the file *path* inside, whole or not at all; its directory must exist."""
        raw = data.encode() if isinstance(data, str) else data
        with self._replaced(path, mode) as file:
            file.write(raw)

    def put_file(self, source: Path, path: str, mode: int = 0o644) -> None:
        """Copy the host's file *source* to *path* inside, whole or not at all."""
        with source.open("rb") as here, self._replaced(path, mode) as there:
            shutil.copyfileobj(here, there, 1 << 20)

    def read(self, path: str) -> bytes:
        """The content of the file *path* inside."""
        with self.open(path) as file:
            return file.read()

    def open(self, path: str) -> IO[bytes]:
        """Open the file *path* inside for reading; links lead where they lead inside.

        Raises:
            FileNotFoundError: There is none.
            RemoteError: It is no ordinary file.
        """
        file = open_inside(self.pid, path, os.O_RDONLY | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise RemoteError(say("lab.no-file", machine=self.name, path=path))
        return os.fdopen(file, "rb")

    def _replaced(self, path: str, mode: int) -> "_Replacement":
        return _Replacement(self.pid, PurePosixPath("/") / path, mode)


class _Replacement:
    """A file under way: written beside its place, and renamed when it is whole."""

    def __init__(self, pid: int, path: PurePosixPath, mode: int) -> None:
        self._pid = pid
        self._path = path
        self._mode = mode
        self._new = f".{path.name}.{secrets.token_hex(4)}"

    def __enter__(self) -> IO[bytes]:
        flags = os.O_PATH | os.O_DIRECTORY
        self._folder = open_inside(self._pid, str(self._path.parent), flags)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(self._new, flags, 0o600, dir_fd=self._folder)
        os.fchmod(file, self._mode)
        self._file = os.fdopen(file, "wb")
        return self._file

    def __exit__(self, kind: object, *_: object) -> None:
        self._file.close()
        try:
            if kind is None:
                os.rename(
                    self._new, self._path.name, src_dir_fd=self._folder, dst_dir_fd=self._folder
                )
            else:
                os.unlink(self._new, dir_fd=self._folder)
        finally:
            os.close(self._folder)


def open_inside(pid: int, path: str, flags: int) -> int:
    """Open *path* as the machine of *pid* sees it, and return the descriptor.

    An absolute link inside the machine leads to the machine's own root, never to the host's.

    Raises:
        OSError: As open(2) would.
    """
    root = os.open(f"/proc/{pid}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        how = _OpenHow(flags | os.O_CLOEXEC, 0, _RESOLVE_IN_ROOT)
        size = ctypes.c_size_t(ctypes.sizeof(how))
        file = _libc.syscall(
            ctypes.c_long(_SYS_OPENAT2), root, path.encode(), ctypes.byref(how), size
        )
    finally:
        os.close(root)
    if file < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), path)
    return int(file)
