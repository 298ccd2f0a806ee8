"""The few ways in which state reaches the disk, each durable before it returns.

Every change to a file of state is one of these calls, so that a test can stop the program
before, within and after each of them.

Not here: what the files mean (`backend`, `journal`, `locks`).
"""

import os
from pathlib import Path


class Disk:
    """Durable file operations; parents of a written file are made as needed."""

    def replace(self, path: Path, content: bytes) -> None:
        """Put *content* at *path* at once: a reader, or a crash, sees all of the old or the new."""
        self.make_directory(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self.write(draft, content)
        self.rename(draft, path)
        self.sync_directory(path.parent)

    def remove(self, path: Path) -> None:
        """Remove *path* for good; nothing happens when it is not there."""
        if path.exists():
            self.unlink(path)
            self.sync_directory(path.parent)

    def write(self, path: Path, content: bytes) -> None:
        """Write a new file and push it to the disk."""
        with path.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def append(self, handle: int, content: bytes) -> None:
        """Write at the end of the open file *handle*, not pushed to the disk yet."""
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]

    def sync(self, handle: int) -> None:
        """Push what was appended to *handle* to the disk."""
        os.fdatasync(handle)

    def rename(self, source: Path, target: Path) -> None:
        """Rename within a directory, replacing what is there."""
        source.replace(target)

    def unlink(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def sync_directory(self, path: Path) -> None:
        """Push the names in a directory to the disk."""
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def make_directory(self, path: Path) -> None:
        """Make a directory and its parents, readable by its owner alone, and push their names."""
        missing = [item for item in (path, *path.parents) if not item.exists()]
        for item in reversed(missing):
            item.mkdir(mode=0o700, exist_ok=True)
            self.sync_directory(item.parent)
