"""Disks for many short runs: one that pushes nothing to the disk, and one that dies."""

import os
import threading

from hue_infra.engine.disk import Disk


class Crash(BaseException):
    """The process is gone."""


class QuickDisk(Disk):
    """Pushes nothing to the disk, which these tests need not survive."""

    def write(self, path, content):
        path.write_bytes(content)

    def sync(self, handle):
        pass

    def sync_directory(self, path):
        pass

    def make_directory(self, path):
        path.mkdir(parents=True, exist_ok=True)


class DyingDisk(QuickDisk):
    """Dies at operation number *last*: before it, within it, or after; then it stays dead.

    With the power lost it also forgets what was not pushed to it: appended bytes without a sync,
    names of which the directory was not synced.
    """

    def __init__(self, last, moment="before", *, power=False):
        self.last = last
        self.moment = moment
        self.power = power
        self.count = 0
        self.halves = set()
        """The operations that can be half done."""
        self.dead = False
        self.unsynced = []
        self.undo = []
        self.lock = threading.RLock()

    def write(self, path, content):
        self._step(lambda: path.write_bytes(content), lambda: path.write_bytes(content[:9]))

    def append(self, handle, content):
        half = content[: len(content) // 2]
        self._step(lambda: self._append(handle, content), lambda: self._append(handle, half))

    def sync(self, handle):
        self._step(self.unsynced.clear)

    def rename(self, source, target):
        before = target.read_bytes() if target.exists() else None
        self._step(lambda: (source.replace(target), self.undo.append((target, before))))

    def unlink(self, path):
        before = path.read_bytes()
        self._step(lambda: (path.unlink(), self.undo.append((path, before))))

    def sync_directory(self, path):
        self._step(lambda: self._forget(path))

    def _append(self, handle, content):
        os.write(handle, content)
        self.unsynced.append((handle, len(content)))

    def _forget(self, folder):
        self.undo = [(path, old) for path, old in self.undo if path.parent != folder]

    def _step(self, action, half=None):
        with self.lock:
            if self.dead:
                raise Crash
            self.count += 1
            if half is not None:
                self.halves.add(self.count)
            if self.count != self.last:
                action()
                return
            self.dead = True
            if self.moment == "after":
                action()
            elif self.moment == "within" and half is not None:
                half()
            if self.power:
                self._lose()
            raise Crash

    def _lose(self):
        for handle, size in reversed(self.unsynced):
            os.ftruncate(handle, os.fstat(handle).st_size - size)
        for path, old in reversed(self.undo):
            if old is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(old)
