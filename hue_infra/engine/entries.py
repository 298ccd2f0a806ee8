"""The numbered resources of a run in the making, as its journal tells them."""

from dataclasses import dataclass, field, replace
from typing import Self

from hue_infra.engine.ordering import in_order
from hue_infra.engine.relations import called, names_of
from hue_infra.engine.state import Operation, ResourceState, Snapshot


@dataclass(slots=True)
class Entries:
    """The numbered resources of a run in the making, and the operations under way."""

    base: dict[int, ResourceState] = field(default_factory=dict)
    fresh: dict[int, ResourceState] = field(default_factory=dict)
    pending: dict[int, Operation] = field(default_factory=dict)
    earlier: dict[int, Operation] = field(default_factory=dict)
    """Operations of an earlier run whose end nobody knows."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Old name to the new one of what entered in the place of another; see `snapshot`."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """Begin with what *snapshot* holds."""
        return cls(dict(enumerate(snapshot.resources)), earlier=dict(enumerate(snapshot.pending)))

    def remove(self, number: int) -> ResourceState:
        """Drop an entry; returns what it was."""
        return (self.fresh if number in self.fresh else self.base).pop(number)

    def add(self, slot: int, new: ResourceState, old: ResourceState | None = None) -> None:
        """Let *new* enter, in the place of *old* if that has just left."""
        self.fresh[slot] = new
        if old is not None and old.urn != new.urn:
            self.renamed.update(zip(names_of(old), names_of(new), strict=True))

    def set(self, number: int, resource: ResourceState) -> None:
        """Change an entry where it stands."""
        (self.fresh if number in self.fresh else self.base)[number] = resource

    def snapshot(self, origin: Snapshot) -> Snapshot:
        """All entries in order, with the manifest and the salt of *origin*.

        What this run has not registered, or left as it was, still names others as they were called
        at its start. No other resource bears such a name in this run: `aliases` refuses that.
        """
        every = [*self.fresh.values(), *self.base.values()]
        if self.renamed:
            every = [called(item, self.renamed) for item in every]
        recorded = in_order(every, lambda state: state)
        pending = (*self.earlier.values(), *self.pending.values())
        return replace(origin, resources=tuple(recorded), pending=pending)
