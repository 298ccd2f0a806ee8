"""How the engine is used: a stack, a program, options; an outcome comes back.

Nothing here imports pulumi, so that reading a stack's state stays quick.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from hue_infra.engine.provider import Provider
from hue_infra.engine.values import PropertyMap, Value

if TYPE_CHECKING:
    from hue_infra.engine.events import Event
    from hue_infra.engine.state import ResourceState

Op = Literal[
    "same",
    "create",
    "update",
    "delete",
    "replace",
    "create-replacement",
    "delete-replaced",
    "read",
    "refresh",
    "remove-pending-replace",
]
Program = Callable[[], None]
"""The body of a Pulumi program: makes resources and exports."""


@dataclass(frozen=True, slots=True)
class StackRef:
    """Names one stack and where its state lies."""

    project: str
    name: str
    root: Path
    """The file backend's root: the directory that holds ``.pulumi``."""


@dataclass(frozen=True, slots=True)
class AnalyzedResource:
    """A resource as the gate sees it: checked inputs, before anything is touched."""

    urn: str
    type: str
    name: str
    inputs: PropertyMap
    """Values may hold `Secret` and `UNKNOWN`."""
    parent: str
    provider: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a resource breaks."""

    rule: str
    message: str
    mandatory: bool
    urn: str


class Analyzer(Protocol):
    """A gate that each resource passes before it is touched."""

    def analyze(self, resource: AnalyzedResource) -> Sequence[Violation]:
        """Return the rules that *resource* breaks."""


@dataclass(frozen=True, slots=True)
class Change:
    """One property that differs; secret values are shown as ``[secret]``."""

    path: str
    kind: str
    """``add``, ``delete`` or ``update``, each also with ``-replace``."""
    before: Value = None
    after: Value = None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One thing the engine does, or would do, to one resource."""

    op: Op
    urn: str
    type: str
    name: str
    id: str = ""
    changes: tuple[Change, ...] = ()
    replaces: tuple[str, ...] = ()
    """The properties that force a replacement."""
    custom: bool = True
    """False for components, which only group others."""
    parent: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The properties that change, outermost name only."""
        return tuple(dict.fromkeys(change.path.split(".")[0] for change in self.changes))


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A sentence for the operator about the run or one resource."""

    severity: Literal["info", "warning", "error"]
    message: str
    urn: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, or in preview would do."""

    ok: bool
    steps: tuple[StepRecord, ...]
    outputs: PropertyMap
    diagnostics: tuple[Diagnostic, ...]
    duration: float
    """Seconds."""
    violations: tuple[Violation, ...] = ()

    def changes(self) -> dict[Op, int]:
        """How many steps of each kind."""
        return dict(Counter(step.op for step in self.steps))

    def has_changes(self) -> bool:
        """Whether any step would touch something."""
        return any(step.op not in {"same", "read", "refresh"} for step in self.steps)


def _ignore(_: "Event") -> None:
    pass


@dataclass(frozen=True, slots=True)
class Options:
    """How a run behaves."""

    parallel: int = 8
    """Steps at a time."""
    config: Mapping[str, str] = field(default_factory=dict)
    """Full names, ``project:key``."""
    secret_config: frozenset[str] = frozenset()
    """The names in *config* whose values are secret."""
    providers: Mapping[str, Callable[[], Provider]] = field(default_factory=dict)
    """Package name to what makes its provider."""
    analyzers: Sequence[Analyzer] = ()
    on_event: "Callable[[Event], None]" = _ignore
    """Called from several threads, one call at a time."""
    continue_on_error: bool = False
    """Go on with what does not depend on a failed resource."""
    refresh: bool = False
    """Look at every resource as it is before comparing."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set it, from any thread, to let running steps end and begin no more."""


class Engine(Protocol):
    """Whatever can deploy a program: the embedded engine, or one day Pulumi's own."""

    def preview(self, program: Program, options: Options) -> Outcome:
        """Say what `up` would do; touches nothing."""

    def up(self, program: Program, options: Options) -> Outcome:
        """Make the world as the program says."""

    def refresh(self, options: Options) -> Outcome:
        """Record every resource as it is now."""

    def destroy(self, options: Options) -> Outcome:
        """Remove every resource in the state, without running the program."""

    def export(self, *, show_secrets: bool = False) -> dict[str, object]:
        """Return the state in the form of ``pulumi stack export``."""

    def import_(self, deployment: Mapping[str, object]) -> None:
        """Replace the state by one that was exported."""

    def resources(self) -> "list[ResourceState]":
        """Return the recorded resources, cheaply."""
