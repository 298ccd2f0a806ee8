"""An engine whose state lies in memory: the journal is the real one, only files are left out."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from hue_infra.engine import checkpoint
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.integrity import verify
from hue_infra.engine.journal import Journal, Log, _parsed
from hue_infra.engine.state import Snapshot
from trials.disks import DyingDisk

NOWHERE = Path("memory")


class Lines(DyingDisk):
    """Takes the lines of a journal; dies at one of them if it is told to."""

    def __init__(self, last=0, moment="before", *, power=False):
        super().__init__(last, moment, power=power)
        self.lines = []
        self.kept = 0
        """How many of them are pushed to the disk."""

    def append(self, handle, content):
        # Half a line, the last one, does not count.
        self._step(lambda: self.lines.append(content), lambda: None)

    def sync(self, handle):
        self._step(self._keep)

    def _keep(self):
        self.kept = len(self.lines)

    def _lose(self):
        del self.lines[self.kept :]


@dataclass
class MemoryStore:
    """What `StackStore` is on disk."""

    snapshot: Snapshot | None = None
    key: Crypter | None = None
    disk: Lines = field(default_factory=Lines)

    def exists(self):
        return self.snapshot is not None

    def crypter(self, passphrase):
        if self.key is None:
            self.key = Crypter(passphrase, "")
            self.key.unlock()
        return self.key

    def load(self, crypter):
        found = self.snapshot or Snapshot()
        verify(found, "")
        return found

    @contextlib.contextmanager
    def lock(self):
        yield

    def record_history(self, *_, **__):
        pass

    @contextlib.contextmanager
    def journal(self, snapshot, crypter):
        run = Journal(snapshot, crypter, self.disk, NOWHERE)
        try:
            yield run
        finally:
            replayed = self.replayed(snapshot, crypter)
            if not self.disk.dead:
                found = run.snapshot()
                assert coded(found) == coded(replayed), "the journal tells another story"
            self.snapshot = replayed
            self.disk.lines.clear()
            verify(self.snapshot, "")

    def replayed(self, snapshot, crypter):
        """What the next run reads of this one's journal."""
        lines = [_parsed(line[:-1], NOWHERE, 0) for line in self.disk.lines]
        return Log("", frozenset(), tuple(lines)).replay(snapshot, crypter)


def coded(snapshot):
    return (
        [checkpoint.encode_resource(item, None) for item in snapshot.resources],
        [checkpoint.encode_operation(item, None) for item in snapshot.pending],
    )


@dataclass(frozen=True)
class MemoryEngine(EmbeddedEngine):
    """The embedded engine on a `MemoryStore`."""

    memory: MemoryStore = field(default_factory=MemoryStore)

    def _store(self):
        return self.memory
