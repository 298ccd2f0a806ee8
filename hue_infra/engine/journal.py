"""A write-ahead journal of a run, beside the state file.

A large state is not written again at each step. Instead a line is appended, and pushed to the
disk, before a step touches anything and again after it; the state file is replaced once, at the
end. A run that dies is brought to its end state at the next one by `replay`: what was created is
there, and what was under way stands in ``pending_operations``.

Each line is JSON, one of:

=====================================  ======================================================
Line                                   Means
=====================================  ======================================================
``{"journal":1,"base":…}``             first line: SHA-256 of the state file it continues
``{"begin":n,"type":…,"resource":…}``  step *n* is about to touch *resource*
``{"end":n}``                          step *n* is over; what it changed follows in the same line:
``{"remove":r,"add":{…},"slot":m}``    entry *r* is gone; a new entry *m* stands at the end
``{"move":r,"slot":m}``                the same, the content unchanged
``{"set":r,"resource":{…}}``           entry *r* changed where it stands
``{"forget":k}``                       the pending operation *k* of an earlier run is settled
``{"sealed":…}``                       SHA-256 of the state file about to replace the base
=====================================  ======================================================

Entries are numbered: those of the base from 0 in order, later ones as their lines say. The order
of a snapshot is upstream's: what this run registered, in the order it was done, then what it has
not touched, each resource after what it depends on.

Not here: files and the lock (`backend`), who calls when (the executor).
"""

import hashlib
import itertools
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hue_infra.engine.checkpoint import (
    decode_operation,
    decode_resource,
    encode_operation,
    encode_resource,
)
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.disk import Disk
from hue_infra.engine.encoding import dumps
from hue_infra.engine.entries import Entries
from hue_infra.engine.state import Operation, OperationKind, ResourceState, Snapshot
from hue_infra.errors import EngineError
from hue_infra.words import say

FORMAT = 1


class Journal:
    """The state of a run while it goes on; every method may be called from any thread.

    Resources are named by the very objects that the loaded snapshot, or an earlier call, holds::

        ticket = journal.begin("creating", state)       # durable: then call the provider
        mark = journal.end(ticket, new=created)
        journal.push(mark)                              # durable: the resource cannot be lost
        ticket = journal.begin("updating", old)
        mark = journal.end(ticket, new=updated, old=old)     # old leaves, new stands at the end
        ticket = journal.begin("deleting", old)
        mark = journal.end(ticket, old=old)             # or end(ticket): nothing changed
        journal.same(new, old)                          # registered, nothing to do
        doomed = journal.amend(old, replace(old, delete=True))   # in place: use the answer after

    A replacement is created first: amend the old one between the create and its `end`, so that no
    URN ever stands twice for something live.

    `snapshot` gives the state as it now is.
    """

    def __init__(self, snapshot: Snapshot, crypter: Crypter, disk: Disk, path: Path) -> None:
        self._origin = snapshot
        self._crypter = crypter
        self._disk = disk
        self._path = path
        self._entries = Entries.of(snapshot)
        self._numbers = {id(item): number for number, item in self._entries.base.items()}
        self._slots = itertools.count(len(snapshot.resources))
        self._tickets = itertools.count()
        self._lock = threading.RLock()
        self._sync_lock = threading.Lock()
        self._handle = -1
        self._written = 0
        self._synced = 0
        self._broken = False

    def open(self, base: str) -> None:
        """Start the file, as the continuation of the state file whose SHA-256 is *base*."""
        self._disk.replace(self._path, _line({"journal": FORMAT, "base": base}))
        self._handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def close(self) -> None:
        """Let go of the file, which stays."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def begin(self, kind: OperationKind, resource: ResourceState) -> int:
        """Record, durably, that *resource* is about to be touched; returns a ticket."""
        operation = Operation(resource, kind)
        data = encode_operation(operation, self._crypter)
        with self._lock:
            ticket = next(self._tickets)
            mark = self._append({"begin": ticket, **data})
            self._entries.pending[ticket] = operation
        self.push(mark)
        return ticket

    def end(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> int:
        """Record the end of a step: *old* leaves the state, *new* enters it.

        A step that failed in part leaves a *new* whose `init_errors` say why it is not ready;
        one that failed wholly neither takes nor leaves anything.

        Returns:
            A mark: once it is pushed, the end is durable.
        """
        data = None if new is None else encode_resource(new, self._crypter)
        with self._lock:
            line: dict[str, object] = {"end": ticket}
            if new is not None:
                line |= self._renew(new, old, data)
            elif old is not None:
                line["remove"] = self._drop(old)
            del self._entries.pending[ticket]
            return self._append(line)

    def push(self, mark: int) -> None:
        """Push line *mark* to the disk; steps that end together share one push."""
        with self._sync_lock:
            if self._synced >= mark:
                return
            with self._lock:
                reached = self._written
            try:
                self._disk.sync(self._handle)
            except OSError as problem:
                # What reached the disk is not known any more, and asking again would not tell.
                self._broken = True
                raise self._failure(problem) from problem
            self._synced = reached

    def same(self, new: ResourceState, old: ResourceState) -> None:
        """Record that *old* is registered again as *new*, with nothing done to it."""
        data = self._changed(new, old)
        with self._lock:
            self._append(self._renew(new, old, data))

    def amend(self, old: ResourceState, new: ResourceState) -> ResourceState:
        """Record, durably, that *old* is now *new*, at the same place; returns *new*."""
        data = encode_resource(new, self._crypter)
        with self._lock:
            number = self._number(old)
            self._entries.set(number, new)
            self._rename(number, old, new)
            mark = self._append({"set": number, "resource": data})
        self.push(mark)
        return new

    def forget(self, operation: Operation) -> None:
        """Record that a pending operation of an earlier run is settled, however it ended."""
        with self._lock:
            held = [key for key, item in self._entries.earlier.items() if item is operation]
            for key in held:
                del self._entries.earlier[key]
                self._append({"forget": key})

    def snapshot(self) -> Snapshot:
        """The state as it now is, operations under way as pending."""
        with self._lock:
            return self._entries.snapshot(self._origin)

    def pending(self) -> tuple[Operation, ...]:
        """Operations of an earlier run whose end nobody knows."""
        with self._lock:
            return tuple(self._entries.earlier.values())

    def seal(self, digest: str) -> None:
        """Record, durably, that the state file is about to become the one with this SHA-256."""
        with self._lock:
            mark = self._append({"sealed": digest})
        self.push(mark)

    def _changed(self, new: ResourceState, old: ResourceState) -> dict[str, object] | None:
        """The content of *new* when it differs from that of *old*."""
        data = encode_resource(new, self._crypter)
        same = new is old or data == encode_resource(old, self._crypter)
        return None if same else data

    def _renew(
        self, new: ResourceState, old: ResourceState | None, data: dict[str, object] | None
    ) -> dict[str, object]:
        line: dict[str, object] = {}
        if old is not None:
            line["move" if data is None else "remove"] = self._drop(old)
        slot = next(self._slots)
        self._entries.add(slot, new, old)
        self._numbers[id(new)] = slot
        return {**line, "slot": slot} if data is None else {**line, "add": data, "slot": slot}

    def _drop(self, old: ResourceState) -> int:
        number = self._number(old)
        self._entries.remove(number)
        self._numbers.pop(id(old), None)
        return number

    def _rename(self, number: int, old: ResourceState, new: ResourceState) -> None:
        self._numbers.pop(id(old), None)
        self._numbers[id(new)] = number

    def _number(self, resource: ResourceState) -> int:
        number = self._numbers.get(id(resource))
        if number is None:
            raise LookupError(f"not an entry of this run: {resource.urn}")
        return number

    def _append(self, line: Mapping[str, object]) -> int:
        """Write a line; after a failure nothing more, since a torn line must be the last."""
        if self._broken:
            raise EngineError(say("engine.journal-broken", file=str(self._path)))
        try:
            self._disk.append(self._handle, _line(line))
        except OSError as problem:
            self._broken = True
            raise self._failure(problem) from problem
        self._written += 1
        return self._written

    def _failure(self, problem: OSError) -> EngineError:
        reason = problem.strerror or str(problem)
        return EngineError(say("engine.journal-failed", file=str(self._path), problem=reason))


@dataclass(frozen=True, slots=True)
class Log:
    """A journal found on disk: whether it still matters is told by the digests."""

    base: str
    sealed: frozenset[str]
    lines: tuple[Mapping[str, object], ...]

    def replay(self, snapshot: Snapshot, crypter: Crypter | None) -> Snapshot:
        """The state that the run had reached, as far as it was recorded."""
        entries = Entries.of(snapshot)
        for line in self.lines:
            _apply(entries, line, crypter)
        return entries.snapshot(snapshot)


def read_journal(path: Path) -> Log | None:
    """Read a journal; None when there is none.

    The last line may be torn by a crash: it was never acted upon, so it does not count.

    Raises:
        EngineError: Another line is damaged.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    # Without its newline the last line is torn; `split` leaves it, or nothing, at the end.
    complete = raw.split(b"\n")[:-1]
    lines = [_parsed(text, path, number) for number, text in enumerate(complete, 1)]
    if not lines:
        return None
    if lines[0].get("journal") != FORMAT:
        raise EngineError(say("engine.journal-damaged", file=str(path), line=1))
    sealed = frozenset(str(line["sealed"]) for line in lines if "sealed" in line)
    return Log(str(lines[0]["base"]), sealed, tuple(lines[1:]))


def sealed(raw: bytes, content: bytes) -> bytes:
    """A dead run's journal *raw*, marked as contained in the state file *content*."""
    complete = raw[: raw.rfind(b"\n") + 1]
    return complete + _line({"sealed": digest(content)})


def digest(content: bytes) -> str:
    """SHA-256 in hex, by which a journal knows the state file it continues."""
    return hashlib.sha256(content).hexdigest()


def _line(data: Mapping[str, object]) -> bytes:
    # A checksum in front tells a line that the disk damaged from one that was written whole.
    body = dumps(data).encode()
    return hashlib.sha256(body).hexdigest()[:16].encode() + b" " + body + b"\n"


def _parsed(text: bytes, path: Path, number: int) -> dict[str, object]:
    mark, _, body = text.partition(b" ")
    if hashlib.sha256(body).hexdigest()[:16].encode() != mark:
        raise EngineError(
            say("engine.journal-damaged", file=str(path), line=number),
            hint=say("engine.journal-damaged-hint"),
        )
    line: dict[str, object] = json.loads(body)
    return line


def _apply(entries: Entries, line: Mapping[str, object], crypter: Crypter | None) -> None:
    for key, action in _ACTIONS.items():
        if key in line:
            action(entries, line, crypter)


def _begin(entries: Entries, line: Mapping[str, Any], crypter: Crypter | None) -> None:
    entries.pending[line["begin"]] = decode_operation(line, crypter)


def _finish(entries: Entries, line: Mapping[str, Any], crypter: Crypter | None) -> None:
    del entries.pending[line["end"]]


def _remove(entries: Entries, line: Mapping[str, Any], crypter: Crypter | None) -> None:
    old = entries.remove(line["remove"])
    if "add" in line:
        entries.add(line["slot"], decode_resource(line["add"], crypter), old)


def _move(entries: Entries, line: Mapping[str, Any], crypter: Crypter | None) -> None:
    entries.add(line["slot"], entries.remove(line["move"]))


def _add(entries: Entries, line: Mapping[str, Any], crypter: Crypter | None) -> None:
    if "remove" not in line:
        entries.add(line["slot"], decode_resource(line["add"], crypter))


def _set(entries: Entries, line: Mapping[str, Any], crypter: Crypter | None) -> None:
    entries.set(line["set"], decode_resource(line["resource"], crypter))


def _forget(entries: Entries, line: Mapping[str, Any], crypter: Crypter | None) -> None:
    del entries.earlier[line["forget"]]


_ACTIONS: Mapping[str, Callable[[Entries, Mapping[str, Any], Crypter | None], None]] = {
    "begin": _begin,
    "end": _finish,
    "remove": _remove,
    "move": _move,
    "add": _add,
    "set": _set,
    "forget": _forget,
}
"""In this order within a line: an entry leaves before another enters."""
