"""What the steps of a run amount to: which of them a person is told of, how many count as what.

Source: pulumi/pulumi, pkg/engine/update.go (isInternalStep, OnResourceStepPost) and
pkg/resource/deploy/step.go (Logical).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, get_args

from hue_infra.engine import urns
from hue_infra.engine.api import Kind, Op, StepRecord
from hue_infra.engine.events import Event, StepDone, StepPlanned

PARTS: Final[frozenset[Op]] = frozenset(
    {
        "create-replacement",
        "delete-replaced",
        "discard-replaced",
        "read-replacement",
        "import-replacement",
        "remove-pending-replace",
    }
)
"""Steps that are a part of a replacement, which is counted by its own."""
READS: Final[frozenset[Op]] = frozenset({"read", "read-replacement", "read-discard"})
Listen = Callable[[Event], None]
AT_ONCE: Final[frozenset[Op]] = frozenset({"same", "replace", "refresh", "remove-pending-replace"})
"""Steps that are over as soon as they are planned."""
KEEPING: Final[frozenset[Op]] = frozenset({"same", "read", "refresh"})
"""What leaves all as it is."""


def is_internal(step: StepRecord) -> bool:
    """Whether nobody is told of a step: the engine keeps default providers by itself."""
    if step.op == "remove-pending-replace":
        return True
    by_default = step.name == "default" or step.name.startswith("default_")
    return urns.is_provider(step.type) and by_default


def is_logical(op: Op) -> bool:
    """Whether the program itself asked for a step, rather than another step."""
    return op not in PARTS and op != "refresh"


def found(step: StepRecord) -> Op:
    """What a look at a resource came to: it is gone, is another, or is the same."""
    if step.new is None:
        return "delete"
    return "update" if step.changes else "same"


def deed(step: StepRecord, kind: Kind) -> Op:
    """What a step counts as: in a refresh a look counts as what it found."""
    return found(step) if step.op == "refresh" and kind == "refresh" else step.op


def counts(steps: Iterable[StepRecord], kind: Kind) -> dict[Op, int]:
    """How many resources each thing is done to, as Pulumi counts them."""
    told = (deed(step, kind) for step in steps if not is_internal(step))
    tally = Counter(op for op in told if is_logical(op) and op not in READS)
    return {op: tally[op] for op in get_args(Op) if tally[op]}


class Tally:
    """Counts what a run has done, event by event: what failed, or was never begun, is not done."""

    def __init__(self, kind: Kind, *, preview: bool) -> None:
        """Count for a run of *kind*; a *preview* counts what would be done."""
        self._kind: Kind = kind
        self._preview = preview
        self._done: list[StepRecord] = []

    @property
    def counts(self) -> dict[Op, int]:
        """How many resources each thing was done to."""
        return counts(self._done, self._kind)

    def take(self, event: Event) -> None:
        """Learn from an event."""
        match event:
            case StepPlanned(step) if self._preview or step.op in AT_ONCE:
                self._done.append(step)
            case StepDone(step) if not self._preview:
                self._done.append(step)

    def before(self, listen: Listen) -> Listen:
        """What counts an event and then tells it to *listen*."""

        def told(event: Event) -> None:
            self.take(event)
            listen(event)

        return told


def has_changes(steps: Iterable[StepRecord], kind: Kind) -> bool:
    """Whether anything is, or would be, another than before."""
    return bool(counts(steps, kind).keys() - KEEPING)
