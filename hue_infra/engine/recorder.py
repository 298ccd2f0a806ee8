"""A journal that is opened at the first change: a run that changes nothing writes nothing."""

import threading
from collections.abc import Callable

from hue_infra.engine.ledger import Record
from hue_infra.engine.state import Operation, OperationKind, ResourceState, Snapshot


class LateJournal:
    """Passes a run's record on to the journal that *start* opens when first needed.

    What is registered again without any difference is held back until then.
    """

    def __init__(self, base: Snapshot, start: Callable[[], Record]) -> None:
        self._base = base
        self._start = start
        self._journal: Record | None = None
        self._held: list[tuple[ResourceState, ResourceState]] = []
        self._lock = threading.Lock()

    def open(self) -> Record:
        """The journal, opened now if it was not."""
        with self._lock:
            if self._journal is None:
                journal = self._start()
                for new, old in self._held:
                    journal.same(new, old)
                self._journal = journal
            return self._journal

    def begin(self, kind: OperationKind, resource: ResourceState) -> int:
        """A step is about to touch *resource*."""
        return self.open().begin(kind, resource)

    def end(
        self, ticket: int, new: ResourceState | None = None, old: ResourceState | None = None
    ) -> int:
        """The step is over: *old* leaves, *new* enters; returns a mark to push."""
        return self.open().end(ticket, new, old)

    def push(self, mark: int) -> None:
        """Let nothing up to *mark* be lost any more."""
        self.open().push(mark)

    def same(self, new: ResourceState, old: ResourceState) -> None:
        """*old* is registered again as *new*, with nothing done to it."""
        with self._lock:
            if self._journal is None and new == old:
                self._held.append((new, old))
                return
        self.open().same(new, old)

    def amend(self, old: ResourceState, new: ResourceState) -> ResourceState:
        """*old* is now *new*, at the same place."""
        return self.open().amend(old, new)

    def forget(self, operation: Operation) -> None:
        """An operation of an earlier run is settled."""
        self.open().forget(operation)

    def pending(self) -> tuple[Operation, ...]:
        """Operations of an earlier run whose end nobody knows."""
        return self._base.pending if self._journal is None else self._journal.pending()

    def snapshot(self) -> Snapshot:
        """The state as it now is."""
        return self._base if self._journal is None else self._journal.snapshot()
