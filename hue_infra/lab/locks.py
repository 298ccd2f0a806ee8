"""Locks between processes and threads: a file that the kernel frees when its holder dies."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def held(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file *path*; wait for it as long as it takes.

    Args:
        path: The file; made when missing, with its directory.
        shared: Let others hold it at once that also ask for a share.
    """
    file = _locked(path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(file)


def _locked(path: Path, how: int) -> int:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Who held it before us may remove the file and its directory: then we begin again,
        # for a lock on a file that nobody else finds guards nothing.
        with contextlib.suppress(FileNotFoundError):
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, how)
            if _is_at(file, path):
                return file
            os.close(file)


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def directory_held(path: Path) -> Iterator[None]:
    """Hold a directory that other programs also know to lock, such as iproute2's."""
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
