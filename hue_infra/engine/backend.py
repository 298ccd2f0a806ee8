"""State on disk, in the layout of Pulumi's file backend, so that its CLI finds what we wrote.

Under the root, in ``.pulumi/``:

=============================================  ================================================
File                                           Holds
=============================================  ================================================
``meta.yaml``                                  the layout's version
``stacks/<project>/<stack>.json``, ``.bak``    the state, and the one before it
``backups/<project>/<stack>/``                 the state as it was before each run
``history/<project>/<stack>/``                 what each run did, and the state after it
``locks/organization/<project>/<stack>/``      who holds the stack (`locks`)
``hue-journal/<project>/<stack>/``             ours: the run under way (`journal`)
=============================================  ================================================

The state file is a whole and valid checkpoint at every moment: it is only ever replaced.
"""

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hue_infra.engine import checkpoint, integrity, locks
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.disk import Disk
from hue_infra.engine.encoding import dumps
from hue_infra.engine.journal import Journal, Log, digest, read_journal, sealed
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.errors import EngineError
from hue_infra.words import say

ORGANIZATION = "organization"
"""The file backend knows no other."""
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
COPIES = 20
"""How many backups, and how many states of past runs, are kept; chosen here, not upstream's."""


def _quiet(sentence: str) -> None:
    """Take a notice and do nothing with it."""


@dataclass(frozen=True, slots=True)
class FileBackend:
    """All stacks under one root: the directory that holds ``.pulumi/``."""

    root: Path
    disk: Disk = field(default_factory=Disk)

    def stack(self, project: str, name: str) -> "StackStore":
        """The store of one stack, which need not exist yet.

        Raises:
            EngineError: A name cannot be a file's name.
        """
        for text in (project, name):
            if not NAME.fullmatch(text):
                raise EngineError(say("engine.stack-name", name=text))
        return StackStore(self.root / ".pulumi", project, name, self.disk)

    def stacks(self) -> list[tuple[str, str]]:
        """Project and name of every stack there is."""
        files = sorted((self.root / ".pulumi" / "stacks").glob("*/*.json"))
        return [(path.parent.name, path.stem) for path in files]


@dataclass(frozen=True, slots=True)
class StackStore:
    """One stack on disk.

    A run goes::

        store = FileBackend(root).stack("hue", "lab")
        with store.lock(notice):
            crypter = store.crypter(ask)
            snapshot = store.load(crypter)             # with what a dead run had reached
            with store.journal(snapshot, crypter) as run:
                ...                                    # see `Journal`
            store.record_history("update", started, time.time(), ok=True, changes={"create": 2})
    """

    base: Path
    project: str
    name: str
    disk: Disk

    @property
    def file(self) -> Path:
        """The state file."""
        return self.base / "stacks" / self.project / f"{self.name}.json"

    @property
    def backup_file(self) -> Path:
        """The state before the last save."""
        return self.file.with_name(f"{self.file.name}.bak")

    @property
    def journal_file(self) -> Path:
        """The journal of a run under way, or of one that died."""
        return self._aside / "journal"

    @property
    def backups(self) -> Path:
        """Where the state is kept as it was before each run."""
        return self.base / "backups" / self.project / self.name

    @property
    def full_name(self) -> str:
        """As checkpoints name it, and ``pulumi stack ls``."""
        return f"{ORGANIZATION}/{self.project}/{self.name}"

    @property
    def _aside(self) -> Path:
        return self.base / "hue-journal" / self.project / self.name

    def exists(self) -> bool:
        """Whether this stack was ever built."""
        return self.file.exists()

    @contextlib.contextmanager
    def lock(self, notice: Callable[[str], None] = _quiet) -> Iterator[None]:
        """Hold this stack for a run.

        Args:
            notice: Told when a lock left by a dead process is taken over.

        Raises:
            LockedError: Somebody else holds it; the message says who, since when.
        """
        folder = self.base / "locks" / ORGANIZATION / self.project / self.name
        with locks.held(folder, self._aside, self.disk, notice):
            yield

    def crypter(self, passphrase: Callable[[], str]) -> Crypter:
        """Open this stack's secrets with *passphrase*, asked for when first needed."""
        stored = self._stored()
        return Crypter(passphrase, stored.salt if stored else "")

    def load(self, crypter: Crypter | None, *, verified: bool = True) -> Snapshot:
        """The state, including what a run that died had reached; empty for a new stack.

        Args:
            crypter: Opens the secrets; None leaves them `Sealed` and needs no passphrase.
            verified: Whether it must hold together; a state to be repaired does not.

        Raises:
            EngineError: The file or the journal is damaged, or they do not belong together.
        """
        stored = self._stored()
        if stored is None:
            return Snapshot()
        snapshot = stored.decode(crypter)
        log = self._log()
        if log is not None:
            snapshot = log.replay(snapshot, crypter)
        if verified:
            integrity.verify(snapshot, str(self.backups))
        return snapshot

    def resources(self) -> list[ResourceState]:
        """The resources as recorded, secrets `Sealed`: no passphrase, no lock, nothing written."""
        return list(self.load(None).resources)

    def save(self, snapshot: Snapshot, crypter: Crypter) -> None:
        """Replace the state file, keeping the one before as ``.bak``; the lock must be held.

        What a dead run's journal holds is superseded: load and save to keep it.

        Raises:
            EngineError: The new state does not hold together. It is written all the same, as
                upstream does: it may be the only record of what was just created.
        """
        crypter.unlock_new()
        snapshot = replace(snapshot, salt=crypter.salt)
        self._supersede(self._dump(snapshot, crypter))
        integrity.verify(snapshot, str(self.backups))

    def back_up(self) -> Path:
        """Keep the state file as it is now among the backups; returns the copy."""
        copy = self.backups / f"{self.name}.{time.time_ns()}.json"
        self.disk.replace(copy, self.file.read_bytes())
        self._prune(self.backups, "*.json")
        return copy

    @contextlib.contextmanager
    def journal(self, snapshot: Snapshot, crypter: Crypter) -> Iterator[Journal]:
        """Record a run step by step; at its end, however it ends, the state file is replaced.

        The lock must be held, and no step may still run at the end.

        Args:
            snapshot: As `load` gave it, or changed since: it is saved first if so.
            crypter: Encrypts the secrets, in the journal too. A stack that has no passphrase yet
                asks for one here, before anything is touched.
        """
        crypter.unlock_new()
        snapshot = replace(snapshot, salt=crypter.salt)
        self._sweep()
        self._settle(snapshot, crypter)
        self.back_up()
        run = Journal(snapshot, crypter, self.disk, self.journal_file)
        run.open(digest(self.file.read_bytes()))
        try:
            yield run
        finally:
            self._conclude(run, crypter)

    def record_history(
        self,
        kind: str,
        started: float,
        ended: float,
        *,
        ok: bool,
        message: str = "",
        changes: Mapping[str, int] | None = None,
    ) -> None:
        """Note what a run did, for ``hue-infra status`` and ``pulumi stack history``.

        Args:
            kind: ``update``, ``preview``, ``refresh``, ``destroy`` or ``import``.
            started: Unix time in seconds.
            ended: Unix time in seconds.
            ok: Whether it succeeded.
            message: Free text.
            changes: How many steps of each operation.
        """
        record = {
            "kind": kind,
            "startTime": int(started),
            "message": message,
            "environment": {"exec.kind": "hue-infra"},
            "config": {},
            "version": 0,
            "result": "succeeded" if ok else "failed",
            "endTime": int(ended),
            "resourceChanges": dict(changes or {}),
        }
        stem = self._history / f"{self.name}-{time.time_ns()}"
        self.disk.replace(stem.with_name(f"{stem.name}.history.json"), dumps(record).encode())
        if self.exists():
            copy = stem.with_name(f"{stem.name}.checkpoint.json")
            self.disk.replace(copy, self.file.read_bytes())
            self._prune(self._history, "*.checkpoint.json")

    def history(self) -> list[dict[str, object]]:
        """What past runs did, the latest first."""
        files = sorted(self._history.glob("*.history.json"), reverse=True)
        return [json.loads(path.read_bytes()) for path in files]

    def remove(self) -> None:
        """Forget the stack: its state, backups and history; the lock must be held."""
        self.disk.remove(self.journal_file)
        self.disk.remove(self.backup_file)
        self.disk.remove(self.file)
        for folder in (self.backups, self._history):
            for path in sorted(folder.glob("*.json")):
                self.disk.remove(path)

    @property
    def _history(self) -> Path:
        return self.base / "history" / self.project / self.name

    def _stored(self) -> checkpoint.Stored | None:
        for ending in (".gz", ".zst"):
            packed = self.file.with_name(self.file.name + ending)
            if packed.exists():
                raise EngineError(say("engine.state-packed", file=str(packed)))
        if not self.exists():
            return None
        return checkpoint.parse(self.file.read_bytes(), str(self.file))

    def _log(self) -> Log | None:
        """The journal of a dead run, if it still matters."""
        log = read_journal(self.journal_file)
        current = digest(self.file.read_bytes())
        if log is None or current in log.sealed:
            return None
        if log.base != current:
            raise EngineError(
                say("engine.journal-foreign", file=str(self.file)),
                hint=say("engine.journal-foreign-hint", journal=str(self.journal_file)),
            )
        return log

    def _dump(self, snapshot: Snapshot, crypter: Crypter) -> bytes:
        return checkpoint.dump(self.full_name, snapshot, crypter)

    def _write(self, content: bytes) -> None:
        meta = self.base / "meta.yaml"
        if not meta.exists():
            self.disk.replace(meta, b"version: 1\n")
        if self.exists():
            self.disk.replace(self.backup_file, self.file.read_bytes())
        self.disk.replace(self.file, content)

    def _holds(self, snapshot: Snapshot, crypter: Crypter) -> bool:
        """Whether the state file says what *snapshot* does, its manifest aside."""
        stored = self._stored()
        if stored is None:
            return False
        wanted = checkpoint.encode_deployment(snapshot, crypter)
        return _body(wanted) == _body(stored.data)

    def _settle(self, snapshot: Snapshot, crypter: Crypter) -> None:
        """Bring the state file up to *snapshot*, and do away with a dead run's journal."""
        if not self._holds(snapshot, crypter):
            self._supersede(self._dump(snapshot, crypter))
        self.disk.remove(self.journal_file)

    def _supersede(self, content: bytes) -> None:
        """Replace the state file, and with it what a dead run's journal would add to the old."""
        if self.journal_file.exists():
            # A crash between the next two writes must not look like a stranger's change.
            raw = self.journal_file.read_bytes()
            self.disk.replace(self.journal_file, sealed(raw, content))
        self._write(content)
        self.disk.remove(self.journal_file)

    def _sweep(self) -> None:
        """Remove the drafts that a run which died left behind; the lock keeps others' away."""
        for folder in (self.file.parent, self._aside, self.backups, self._history):
            for pattern in (f".{self.name}*.tmp", ".journal*.tmp", "*.draft"):
                for path in folder.glob(pattern):
                    self.disk.remove(path)

    def _conclude(self, run: Journal, crypter: Crypter) -> None:
        snapshot = run.snapshot().renewed()
        if not self._holds(snapshot, crypter):
            content = self._dump(snapshot, crypter)
            # A journal that cannot be written must not keep the state from being.
            with contextlib.suppress(EngineError):
                run.seal(digest(content))
            self._write(content)
        run.close()
        self.disk.remove(self.journal_file)
        integrity.verify(snapshot, str(self.backups))

    def _prune(self, folder: Path, pattern: str) -> None:
        # The names end in nanoseconds, so that their order is that of time.
        for path in sorted(folder.glob(pattern))[:-COPIES]:
            self.disk.remove(path)


def _body(deployment: Mapping[str, object]) -> dict[str, object]:
    """A deployment without its manifest, what is empty left out."""
    return {key: item for key, item in deployment.items() if item and key != "manifest"}
