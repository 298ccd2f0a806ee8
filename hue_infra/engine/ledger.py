"""What is true of the stack while a run goes on: entries of resources, and their record.

An `Entry` is one resource with an identity of its own, since a URN may occur twice while
a replacement goes on. An apply records in the journal, a preview in a `Draft`.
"""

import itertools
import threading
from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from hue_infra.engine import urns
from hue_infra.engine.ordering import in_order
from hue_infra.engine.relations import called, manager_called, names_of, needed, rewritten
from hue_infra.engine.state import Operation, OperationKind, ResourceState, Snapshot


class Record(Protocol):
    """Where changes are recorded; the journal's own docstring says what each call means."""

    def begin(self, kind: OperationKind, resource: ResourceState) -> int:
        """A step is about to touch *resource*."""

    def end(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> int:
        """The step is over: *old* leaves, *new* enters; returns a mark to push."""

    def push(self, mark: int) -> None:
        """Let nothing up to *mark* be lost any more."""

    def same(self, new: ResourceState, old: ResourceState) -> None:
        """*old* is registered again as *new*, with nothing done to it."""

    def amend(self, old: ResourceState, new: ResourceState) -> ResourceState:
        """*old* is now *new*, at the same place."""

    def forget(self, operation: Operation) -> None:
        """An operation of an earlier run is settled."""

    def pending(self) -> tuple[Operation, ...]:
        """Operations of an earlier run whose end nobody knows."""

    def snapshot(self) -> Snapshot:
        """The state as it now is."""


class Draft:
    """The record of a preview: what it was given, without operations that came to be settled."""

    def __init__(self, base: Snapshot) -> None:
        self._base = base
        self._pending = base.pending
        self._tickets = itertools.count()

    def begin(self, kind: OperationKind, resource: ResourceState) -> int:
        """Hand out a ticket."""
        return next(self._tickets)

    def end(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> int:
        """Keep nothing."""
        return 0

    def push(self, mark: int) -> None:
        """Keep nothing."""

    def same(self, new: ResourceState, old: ResourceState) -> None:
        """Keep nothing."""

    def amend(self, old: ResourceState, new: ResourceState) -> ResourceState:
        """Keep nothing."""
        return new

    def forget(self, operation: Operation) -> None:
        """An apply would forget it too, and then no more look after it."""
        self._pending = tuple(item for item in self._pending if item is not operation)

    def pending(self) -> tuple[Operation, ...]:
        """The operations in the state that are not settled yet."""
        return self._pending

    def snapshot(self) -> Snapshot:
        """The state as it was."""
        return self._base


class Entry:
    """A resource in the ledger; its state changes, its identity does not.

    A skipped one is in no ledger: it stands for what was registered and not made.
    """

    __slots__ = ("skipped", "state")

    def __init__(self, state: ResourceState, *, skipped: bool = False) -> None:
        self.state = state
        self.skipped = skipped

    def __repr__(self) -> str:
        return f"Entry({self.state.urn})"


class Ledger:
    """The entries of a run, old ones and new ones, each change recorded as it happens."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = threading.RLock()
        self._olds = {Entry(state): None for state in record.snapshot().resources}
        self._news: dict[Entry, None] = {}
        self._referrers: dict[str, list[Entry]] | None = None
        self._names: dict[str, str] = {}
        """Old name to the new one of what got another in this run."""
        self.dirty = False
        """Whether anything differs from what the run began with."""

    def live(self) -> dict[str, Entry]:
        """The old entries that still stand for their URN."""
        with self._lock:
            return {item.state.urn: item for item in self._olds if not item.state.delete}

    def untouched(self) -> list[Entry]:
        """The old entries that nothing has replaced or removed, in order."""
        with self._lock:
            return list(self._olds)

    def entries(self) -> list[Entry]:
        """Every entry that is part of the stack now, each after what it depends on."""
        with self._lock:
            return in_order((*self._news, *self._olds), lambda entry: entry.state)

    def holds(self, entry: Entry) -> bool:
        """Whether *entry* is part of the stack now."""
        with self._lock:
            return entry in self._news or entry in self._olds

    def manager(self, reference: str) -> ResourceState | None:
        """The provider of a *reference*, which may say the name that it had before this run."""
        with self._lock:
            now = manager_called(reference, self._names)
            for entry in (*self._news, *self._olds):
                if urns.reference(entry.state.urn, entry.state.id) == now:
                    return entry.state
            return None

    def begin(self, kind: OperationKind, state: ResourceState) -> int:
        """Record that a step begins, before the provider is asked."""
        self.dirty = True
        return self._record.begin(kind, state)

    def done(self, ticket: int, new: Entry | None = None, old: Entry | None = None) -> None:
        """Record that a step succeeded: *old* leaves, *new* enters."""
        self._end(ticket, new, old)
        for touched in (new, old):
            if touched is not None:
                self.settle(touched.state)

    def failed(self, ticket: int, new: Entry | None = None, old: Entry | None = None) -> None:
        """Record that a step failed; with *new*, that it left the resource so."""
        self._end(ticket, new, old if new is not None else None)
        if new is not None:
            self.settle(new.state)

    def same(self, new: Entry, old: Entry) -> None:
        """Record that *old* is registered again, and only its bookkeeping may differ."""
        with self._lock:
            self.dirty = self.dirty or new.state != old.state
            self._record.same(new.state, old.state)
            self._move(new, old)

    def amend(self, entry: Entry, state: ResourceState) -> None:
        """Record that *entry* is now so, where it stands."""
        with self._lock:
            if state != entry.state:
                self.dirty = True
                entry.state = self._record.amend(entry.state, state)

    def doom(self, entry: Entry) -> None:
        """Mark *entry* as replaced: it goes at the end of the run, protected before or not."""
        self.amend(entry, replace(entry.state, delete=True, protect=False))

    def release(self, gone: Collection[Entry]) -> None:
        """Let none of the others name what nobody bears but *gone*, which are about to leave.

        A child whose parent is gone becomes a child of the nearest one above that is left.
        """
        parents = {entry.state.urn: entry.state.parent for entry in gone}
        staying = [entry for entry in self.entries() if entry not in gone]
        borne = {entry.state.urn for entry in staying}
        for entry in staying:
            parent = entry.state.parent
            while parent and parent not in borne:
                parent = parents.get(parent, "")
            kept = rewritten(entry.state, lambda urn: urn if urn in borne else "")
            self.amend(entry, replace(kept, parent=parent) if parent != kept.parent else kept)

    def interrupted(self, state: ResourceState) -> Operation | None:
        """The operation on *state* that an earlier run left unfinished."""
        return next((item for item in self._record.pending() if _is_on(item, state)), None)

    def pending(self) -> tuple[Operation, ...]:
        """All operations that earlier runs left unfinished."""
        return self._record.pending()

    def settle(self, state: ResourceState) -> None:
        """Forget the operations on *state* that an earlier run left unfinished."""
        with self._lock:
            for operation in self._record.pending():
                if _is_on(operation, state):
                    self.dirty = True
                    self._record.forget(operation)

    def snapshot(self) -> Snapshot:
        """The stack as it is at this moment."""
        return self._record.snapshot()

    def _end(self, ticket: int, new: Entry | None, old: Entry | None) -> None:
        # The record and the entries change as one: who renames between them would find in one
        # what the other does not hold. What ends together is pushed together, outside.
        with self._lock:
            mark = self._record.end(ticket, _state(new), _state(old))
            self._move(new, old)
        self._record.push(mark)

    def _follow(self, new: Entry | None, old: Entry | None) -> None:
        """Let what still refers to *old* refer to *new*, which has another URN: an alias led to it.

        The journal reads it so from the step itself; this is for whoever looks at the entries.
        """
        if new is None or old is None or new.state.urn == old.state.urn:
            return
        names = dict(zip(names_of(old.state), names_of(new.state), strict=True))
        self._names |= names
        followers = self._referring().pop(old.state.urn, [])
        for entry in filter(self.holds, followers):
            if entry.state.urn == old.state.urn:
                self.settle(entry.state)
            self.amend(entry, called(entry.state, names))
        self._referring().setdefault(new.state.urn, []).extend(followers)

    def _referring(self) -> dict[str, list[Entry]]:
        """URN to the entries that say it of themselves or others; reckoned when one changes."""
        if self._referrers is None:
            self._referrers = {}
            for entry in (*self._news, *self._olds):
                _note(entry, self._referrers)
        return self._referrers

    def _move(self, new: Entry | None, old: Entry | None) -> None:
        """Let *new* take the place of *old*, also for what refers to it; the lock is held."""
        if old is not None:
            self._olds.pop(old, None)
            self._news.pop(old, None)
        if new is not None:
            self._news[new] = None
            if self._referrers is not None:
                _note(new, self._referrers)
        self._follow(new, old)


def _state(entry: Entry | None) -> ResourceState | None:
    return None if entry is None else entry.state


def _note(entry: Entry, referrers: dict[str, list[Entry]]) -> None:
    for urn in needed(entry.state) | {entry.state.urn}:
        referrers.setdefault(urn, []).append(entry)


def _is_on(operation: Operation, state: ResourceState) -> bool:
    """Whether *operation* was on *state*, not on one of its name that was replaced by it."""
    was = operation.resource
    return was.urn == state.urn and was.delete == state.delete
