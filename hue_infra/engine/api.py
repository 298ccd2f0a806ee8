"""How the engine is used: a stack, a program, options; an outcome comes back.

Nothing here imports pulumi, so that reading a stack's state stays quick.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from hue_infra.engine.analysis import Analyzer, PolicyPack, Violation
from hue_infra.engine.provider import Provider
from hue_infra.engine.values import PropertyMap, Value

if TYPE_CHECKING:
    from hue_infra.engine.deployment import Deployment
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
    "read-replacement",
    "refresh",
    "import",
    "import-replacement",
    "read-discard",
    "discard-replaced",
    "remove-pending-replace",
]
Kind = Literal["up", "destroy", "refresh"]
"""What a preview foretells."""


@runtime_checkable
class ProgramSource(Protocol):
    """A program that is not a function of this process: a folder run by a Python of its own."""

    def run(self, deployment: "Deployment") -> bool:
        """Run the program against *deployment*; whether it came to its end.

        A failure is reported to the deployment.
        """


Program = Callable[[], None] | ProgramSource
"""A Pulumi program: as a function, its body, which makes resources and exports."""


@dataclass(frozen=True, slots=True)
class StackRef:
    """Names one stack and where its state lies."""

    project: str
    name: str
    root: Path
    """The file backend's root: the directory that holds ``.pulumi``."""


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
    detailed: bool = False
    """Whether the provider itself told the changes; else they are those of the inputs."""
    old: "ResourceState | None" = field(default=None, repr=False, compare=False)
    """As recorded before; secrets are not masked here, nor in *new*."""
    new: "ResourceState | None" = field(default=None, repr=False, compare=False)
    """As it will be, or in `events.StepDone` as it is; None once it is deleted."""

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
    policy_packs: Mapping[str, str] = field(default_factory=dict)
    """Name and version of the packs that were asked."""

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
    """Gates of our own, asked before the packs."""
    policy_packs: tuple[PolicyPack, ...] = ()
    on_event: "Callable[[Event], None]" = _ignore
    """Called from several threads, one call at a time."""
    continue_on_error: bool = False
    """Go on with what does not depend on a failed resource."""
    refresh: bool = False
    """Look at every resource as it is before comparing."""
    look: "Callable[[ResourceState], bool] | None" = None
    """Which resources are looked at as they are when it is their turn to be compared, once all that
    they need is there. Other than with `refresh`, what cannot be looked at is told, and compared
    as it is recorded."""
    targets: tuple[str, ...] = ()
    """URNs, or globs of them, to leave all others alone; none means everything."""
    excludes: tuple[str, ...] = ()
    """URNs, or globs of them, to leave alone."""
    target_dependents: bool = False
    """Whether what depends on a target is one too."""
    exclude_dependents: bool = False
    """Whether what depends on an excluded resource is left alone too."""
    replace: tuple[str, ...] = ()
    """URNs, or globs of them, to be replaced though nothing differs."""
    seal_repeats: bool = False
    """Make secret each output that repeats a secret of the run, though its provider does not say
    so. Upstream does not; who shows outputs to many may want it."""
    debug: bool = False
    """Whether what the program and the SDK say for debugging is told too."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set it, from any thread, to let running steps end and begin no more."""


class Engine(Protocol):
    """Whatever can deploy a program: the embedded engine, or one day Pulumi's own."""

    def preview(self, program: Program | None, options: Options, kind: Kind = "up") -> Outcome:
        """Say what `up`, or another kind of run, would do; touches nothing."""

    def up(self, program: Program, options: Options) -> Outcome:
        """Make the world as the program says."""

    def refresh(self, options: Options, program: Program | None = None) -> Outcome:
        """Record every resource as it is now; with *program*, as it is configured there."""

    def destroy(self, options: Options, program: Program | None = None) -> Outcome:
        """Remove every resource; *program* is run for its hooks and providers, if given."""

    def export(self, *, show_secrets: bool = False) -> dict[str, object]:
        """Return the state in the form of ``pulumi stack export``."""

    def import_(self, deployment: Mapping[str, object]) -> None:
        """Replace the state by one that was exported."""

    def resources(self) -> "list[ResourceState]":
        """Return the recorded resources, cheaply."""
