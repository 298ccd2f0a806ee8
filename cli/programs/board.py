"""What is known of a run under way, resource by resource; whoever draws it reads from here."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from hue_infra.engine import urns
from hue_infra.engine.analysis import Violation
from hue_infra.engine.api import Change, Kind, Op, Outcome, StepRecord
from hue_infra.engine.events import (
    Event,
    Finished,
    Log,
    OutputsTold,
    PolicyFound,
    PolicyRemediated,
    Severity,
    Status,
    StepDone,
    StepFailed,
    StepForetold,
    StepPlanned,
    StepStarted,
)
from hue_infra.engine.tally import PARTS, Tally, deed, is_internal

Phase = Literal["planned", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Scene:
    """The run: of which stack, for what, and what of it is shown."""

    project: str
    stack: str
    kind: Kind
    preview: bool
    show_sames: bool = False
    show_reads: bool = False

    @property
    def root(self) -> str:
        """The URN of the stack itself."""
        name = f"{self.project}-{self.stack}"
        return urns.make(self.stack, self.project, "", urns.ROOT_TYPE, name)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence about a resource."""

    severity: Severity
    text: str


@dataclass(slots=True)
class Row:
    """One resource: what is done to it, how far that is, what was said of it."""

    urn: str
    type: str
    name: str
    parent: str = ""
    op: Op = "same"
    step: StepRecord | None = None
    """The step that tells what changes."""
    phase: Phase = "planned"
    internal: bool = False
    began: float = 0.0
    seconds: float | None = None
    """How long the step took that ended last."""
    waits_for: str = ""
    messages: list[Message] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs."""
        return self.step.changes if self.step else ()

    def said(self) -> Counter[Severity]:
        """How many messages there are of each severity."""
        return Counter(message.severity for message in self.messages)

    @property
    def guards_anew(self) -> bool:
        """Whether the resource comes to be protected, or is no longer."""
        old, new = (self.step.old, self.step.new) if self.step else (None, None)
        return old is not None and new is not None and old.protect != new.protect

    def does(self, step: StepRecord, op: Op) -> None:
        """Take the next step of the resource."""
        # The parts of a replacement tell less than the step that began it.
        if self.step is None or self.op not in PARTS | {"replace"} or step.changes:
            self.step = step
        self.op = op
        self.internal = is_internal(step)
        self.parent = step.parent or self.parent


class Board:
    """All rows of a run; events come from several threads, so each change takes the lock."""

    def __init__(self, scene: Scene, clock: Callable[[], float] = time.monotonic) -> None:
        self.scene = scene
        self.clock = clock
        self.lock = threading.Lock()
        self.rows: dict[str, Row] = {}
        self.remediated: list[PolicyRemediated] = []
        self.outputs: StepRecord | None = None
        """The step of the stack with the outputs that the program has told."""
        self.outcome: Outcome | None = None
        self.tally = Tally(scene.kind, preview=scene.preview)
        self._row(scene.root)

    def take(self, event: Event) -> Row | None:
        """Learn from an event; returns the row that it is about."""
        with self.lock:
            self.tally.take(event)
            match event:
                case StepPlanned(step) | StepForetold(step) | StepStarted(step):
                    return self._step(event, step)
                case StepDone(step, seconds) | StepFailed(step, _, seconds):
                    row = self._row(step.urn)
                    row.phase = "done" if isinstance(event, StepDone) else "failed"
                    row.seconds, row.waits_for = seconds, ""
                    return row
                case OutputsTold(step):
                    if step.type == urns.ROOT_TYPE:
                        self.outputs = step
                case Finished(outcome):
                    self.outcome = outcome
                case _:
                    return self._saying(event)
        return None

    def shown(self) -> list[tuple[int, bool, Row]]:
        """The rows that a person wants to see, each with its depth below the stack.

        The flag tells whether it is the last below its parent. Parents stand before children, who
        stand as they were heard of.
        """
        below: dict[str, list[Row]] = {}
        wanted = self._wanted()
        for row in self.rows.values():
            if row.urn in wanted and row.urn != self.scene.root:
                below.setdefault(self._parent(row), []).append(row)
        return [(0, True, self.rows[self.scene.root]), *_walk(self.scene.root, below, 1)]

    def is_shown(self, row: Row) -> bool:
        """Whether a row is worth a line by itself."""
        if row.urn == self.scene.root or not row.type:
            return bool(row.type)
        if row.messages or row.violations or row.phase == "failed":
            return True
        return not row.internal and self._is_news(row)

    def _is_news(self, row: Row) -> bool:
        """Whether what is done to a row is worth telling."""
        if row.op in ("read", "read-discard", "read-replacement"):
            return self.scene.show_reads
        if row.op in ("same", "refresh"):
            return self.scene.show_sames or row.guards_anew
        return True

    def _wanted(self) -> set[str]:
        """The URNs of what is worth a line, and of all above it."""
        wanted: set[str] = set()
        for row in self.rows.values():
            urn = row.urn if self.is_shown(row) else ""
            while urn and urn not in wanted:
                wanted.add(urn)
                urn = self._parent(self.rows[urn]) if urn != self.scene.root else ""
        return wanted

    def _parent(self, row: Row) -> str:
        return row.parent if row.parent in self.rows else self.scene.root

    def _step(self, event: Event, step: StepRecord) -> Row:
        row = self._row(step.urn)
        if isinstance(event, StepPlanned):
            row.does(step, deed(step, self.scene.kind))
            row.phase = "done" if step.op in ("same", "refresh", "replace") else "planned"
        elif isinstance(event, StepStarted):
            row.does(step, deed(step, self.scene.kind))
            row.phase, row.began = "running", self.clock()
        else:
            row.phase = "done"
        return row

    def _saying(self, event: Event) -> Row | None:
        match event:
            case Log(severity, text, urn):
                row = self._row(urn or self.scene.root)
                row.messages.append(Message(severity, text))
            case PolicyFound(violation):
                row = self._row(violation.urn or self.scene.root)
                row.violations.append(violation)
            case PolicyRemediated(urn):
                row = self._row(urn)
                self.remediated.append(event)
            case Status(urn, text):
                row = self._row(urn)
                row.waits_for = text
            case _:
                return None
        return row

    def _row(self, urn: str) -> Row:
        if urn not in self.rows:
            # A message may be about something that is no resource, such as a target nobody has.
            whole = urn.count("::") >= 3  # noqa: PLR2004 - stack, project, type, name
            type_, name = (urns.type_of(urn), urns.name_of(urn)) if whole else ("", urn)
            self.rows[urn] = Row(urn, type_, name)
        return self.rows[urn]


def _walk(urn: str, below: dict[str, list[Row]], depth: int) -> Iterator[tuple[int, bool, Row]]:
    waiting = [(depth, row is below[urn][-1], row) for row in reversed(below.get(urn, []))]
    while waiting:
        depth, is_last, row = waiting.pop()
        yield depth, is_last, row
        children = below.get(row.urn, [])
        waiting += [(depth + 1, child is children[-1], child) for child in reversed(children)]
