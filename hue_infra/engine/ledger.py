"""What is true of the stack while a run goes on: entries of resources, and their record.

An `Entry` is one resource with an identity of its own, since a URN may occur twice while
a replacement goes on. An apply records in the journal, a preview in a `Draft`.
"""

import itertools
import threading
from dataclasses import replace
from typing import Protocol

from hue_infra.engine import urns
from hue_infra.engine.state import Operation, OperationKind, ResourceState, Snapshot


class Record(Protocol):
    """Where changes are recorded; the journal's own docstring says what each call means."""

    def begin(self, kind: OperationKind, resource: ResourceState) -> int:
        """A step is about to touch *resource*."""

    def done(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> None:
        """The step is over: *old* leaves, *new* enters."""

    def failed(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> None:
        """The step failed, in part when there is a *new* state."""

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
    """The record of a preview: remembers nothing but what it was given."""

    def __init__(self, base: Snapshot) -> None:
        self._base = base
        self._tickets = itertools.count()

    def begin(self, kind: OperationKind, resource: ResourceState) -> int:
        """Hand out a ticket."""
        return next(self._tickets)

    def done(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> None:
        """Keep nothing."""

    def failed(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> None:
        """Keep nothing."""

    def same(self, new: ResourceState, old: ResourceState) -> None:
        """Keep nothing."""

    def amend(self, old: ResourceState, new: ResourceState) -> ResourceState:
        """Keep nothing."""
        return new

    def forget(self, operation: Operation) -> None:
        """Keep nothing."""

    def pending(self) -> tuple[Operation, ...]:
        """The operations in the state."""
        return self._base.pending

    def snapshot(self) -> Snapshot:
        """The state as it was."""
        return self._base


class Entry:
    """A resource in the ledger; its state changes, its identity does not."""

    __slots__ = ("state",)

    def __init__(self, state: ResourceState) -> None:
        self.state = state

    def __repr__(self) -> str:
        return f"Entry({self.state.urn})"


class Ledger:
    """The entries of a run, old ones and new ones, each change recorded as it happens."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lock = threading.RLock()
        self._olds = {Entry(state): None for state in record.snapshot().resources}
        self._news: dict[Entry, None] = {}
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
        """Every entry that is part of the stack now."""
        with self._lock:
            return [*self._news, *self._olds]

    def begin(self, kind: OperationKind, state: ResourceState) -> int:
        """Record that a step begins, before the provider is asked."""
        self.dirty = True
        return self._record.begin(kind, state)

    def done(self, ticket: int, new: Entry | None = None, old: Entry | None = None) -> None:
        """Record that a step succeeded: *old* leaves, *new* enters."""
        self._record.done(ticket, _state(new), _state(old))
        self._move(new, old)
        touched = new or old
        if touched is not None:
            self.settle(touched.state.urn)

    def failed(self, ticket: int, new: Entry | None = None, old: Entry | None = None) -> None:
        """Record that a step failed; with *new*, that it left the resource so."""
        self._record.failed(ticket, _state(new), _state(old))
        if new is not None:
            self._move(new, old)
            self.settle(new.state.urn)

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

    def rename(self, old: str, new: str) -> None:
        """Take references to *old* as references to *new*: its resource was found by an alias."""
        with self._lock:
            for entry in self.untouched():
                self.amend(entry, _renamed(entry.state, old, new))

    def interrupted(self, urn: str) -> Operation | None:
        """The operation on *urn* that an earlier run left unfinished."""
        return next((item for item in self._record.pending() if item.resource.urn == urn), None)

    def pending(self) -> tuple[Operation, ...]:
        """All operations that earlier runs left unfinished."""
        return self._record.pending()

    def settle(self, urn: str) -> None:
        """Forget the operations on *urn* that an earlier run left unfinished."""
        with self._lock:
            for operation in self._record.pending():
                if operation.resource.urn == urn:
                    self.dirty = True
                    self._record.forget(operation)

    def snapshot(self) -> Snapshot:
        """The stack as it is at this moment."""
        return self._record.snapshot()

    def _move(self, new: Entry | None, old: Entry | None) -> None:
        with self._lock:
            if old is not None:
                self._olds.pop(old, None)
                self._news.pop(old, None)
            if new is not None:
                self._news[new] = None


def _state(entry: Entry | None) -> ResourceState | None:
    return None if entry is None else entry.state


def _renamed(state: ResourceState, old: str, new: str) -> ResourceState:
    """*state* with its references to *old* made references to *new*."""

    def current(urn: str) -> str:
        return new if urn == old else urn

    provider = state.provider
    if provider:
        urn, id_ = urns.split_reference(provider)
        provider = urns.reference(current(urn), id_)
    renamed = replace(
        state,
        parent=current(state.parent),
        dependencies=tuple(map(current, state.dependencies)),
        property_dependencies={
            key: tuple(map(current, items)) for key, items in state.property_dependencies.items()
        },
        deleted_with=current(state.deleted_with),
        provider=provider,
    )
    return state if renamed == state else renamed
