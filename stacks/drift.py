"""What is otherwise than it was made: told of a look at everything, and noted for the next `up`."""

import contextlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from hue_infra.engine import records, urns
from hue_infra.engine.api import Outcome, StepRecord
from hue_infra.errors import EngineError

NOTE = "drift.json"
"""What differed at the last look, in the stack's home: a hint where to look again, no more."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A resource that could not be looked at: nothing is known of it."""

    urn: str
    why: str

    @property
    def type(self) -> str:
        """Its type."""
        return urns.type_of(self.urn)

    @property
    def name(self) -> str:
        """Its name."""
        return urns.name_of(self.urn)


@dataclass(frozen=True, slots=True)
class Drift:
    """What a look at everything has found."""

    differing: tuple[StepRecord, ...]
    """From as it was made to as it was found: an ``update``, or a ``delete`` of what is gone."""
    unseen: tuple[Unseen, ...]
    seen: int
    """How many resources could be looked at."""
    seconds: float


def found(outcome: Outcome) -> Drift:
    """What the preview of a refresh has found.

    Raises:
        EngineError: It broke off, not for what a single resource answered.
    """
    unseen = {
        item.urn: Unseen(item.urn, item.message)
        for item in outcome.diagnostics
        if item.severity == "error"
    }
    if "" in unseen:
        raise EngineError(unseen[""].why)
    looks = [step for step in outcome.steps if step.op == "refresh"]
    differing = tuple(step for step in map(_difference, looks) if step is not None)
    return Drift(differing, tuple(unseen.values()), len(looks), outcome.duration)


def _difference(look: StepRecord) -> StepRecord | None:
    if look.old is None or look.new is None:
        return replace(look, op="delete", changes=())
    changes = tuple(records.input_changes(look.old, look.new))
    return replace(look, op="update", changes=changes) if changes else None


def note(home: Path, drift: Drift) -> None:
    """Note what differs, and what could not be looked at, for the next run to look at it."""
    noted_ = [*(step.urn for step in drift.differing), *(one.urn for one in drift.unseen)]
    if not noted_:
        forget(home)
        return
    draft = home / f".{NOTE}"
    draft.write_text(json.dumps({"version": 1, "look": noted_}), "utf-8")
    draft.replace(home / NOTE)


def noted(home: Path) -> frozenset[str]:
    """The resources noted at the last look."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return frozenset(json.loads((home / NOTE).read_text("utf-8"))["look"])
    return frozenset()


def forget(home: Path) -> None:
    """Forget what was noted."""
    (home / NOTE).unlink(missing_ok=True)
