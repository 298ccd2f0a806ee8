"""What the engine asks of a native provider: the contract of one package's resources.

A provider is asked in this order: `check_config` and `configure` once, then for each
resource `check` and `diff`, then at most one of `create`, `update` and `delete`.
Every call may come from another thread, several at a time.

A request's ``status`` tells the operator, in a sentence, what the call waits for.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hue_infra.engine.values import PropertyMap
from hue_infra.errors import EngineError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.engine.goal import Goal

StatusSink = Callable[[str], None]


def silent(_: str) -> None:
    """Drop a status: for callers that show none."""


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """One input the provider refuses, and why."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Inputs with defaults filled in, or the reasons they are refused."""

    inputs: PropertyMap
    failures: tuple[CheckFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """What would change, and whether in place."""

    changes: bool | None
    """None: the provider does not know, and the engine compares the inputs."""
    replaces: tuple[str, ...] = ()
    """Properties whose change cannot be made in place."""
    stables: tuple[str, ...] = ()
    """Outputs that no update changes."""
    delete_before_replace: bool = False
    detailed: Mapping[str, str] = field(default_factory=dict)
    """Property path to ``add``, ``delete`` or ``update``, each also with ``-replace``."""
    changed: tuple[str, ...] = ()
    """Properties that change, where the provider names them without saying how."""


@dataclass(frozen=True, slots=True)
class State:
    """A resource as it exists."""

    id: str
    outputs: PropertyMap
    inputs: PropertyMap | None = None
    """The inputs that would make it so; None leaves the recorded ones."""
    refresh_before_update: bool = False
    """Whether the resource is to be read before each update."""


class PartialFailure(EngineError):  # noqa: N818 - a failure, but of readiness only
    """The resource exists but is not as wished: its state is kept with the reasons."""

    def __init__(
        self,
        id: str,  # noqa: A002 - the protocol's word
        outputs: PropertyMap,
        reasons: Sequence[str],
        inputs: PropertyMap | None = None,
    ) -> None:
        super().__init__("; ".join(reasons))
        self.id = id
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = tuple(reasons)


class InvokeFailure(EngineError):  # noqa: N818 - as the protocol calls it
    """A function refuses its arguments."""

    def __init__(self, failures: Sequence[CheckFailure]) -> None:
        super().__init__("; ".join(f"{item.property}: {item.reason}" for item in failures))
        self.failures = tuple(failures)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the code of a component works: a run, and how to reach its monitor."""

    project: str
    stack: str
    organization: str
    monitor: str
    """Address of the monitor, on the loopback."""
    preview: bool
    parallel: int
    config: Mapping[str, str] = field(default_factory=dict)
    secret_config: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ConstructRequest:
    """Make a component, whose children are registered with the monitor of *site*."""

    site: Site
    goal: "Goal"
    """The component with its options."""
    inputs: PropertyMap
    """Values may be `OutputValue`, with their dependencies."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """Package to the reference of the provider that the children use."""


@dataclass(frozen=True, slots=True)
class Constructed:
    """A component as it was made."""

    urn: str
    outputs: PropertyMap
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Output to the URNs that it depends on."""


@dataclass(frozen=True, slots=True)
class CallRequest:
    """Call a method of a resource, which is the argument ``__self__``."""

    site: Site
    token: str
    args: PropertyMap
    """Values may be `OutputValue`, with their dependencies."""
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Argument to the URNs that it depends on."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a method answered."""

    outputs: PropertyMap
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[CheckFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Validate *inputs* and fill in defaults."""

    urn: str
    old_inputs: PropertyMap | None
    inputs: PropertyMap
    random_seed: bytes
    status: StatusSink = silent
    old_outputs: PropertyMap | None = None
    """What is recorded of a resource that is to be changed, where that is known."""


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """Compare what is recorded with the checked *inputs*."""

    urn: str
    id: str
    old_inputs: PropertyMap
    old_outputs: PropertyMap
    inputs: PropertyMap
    ignore_changes: tuple[str, ...] = ()
    status: StatusSink = silent


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """Make the resource; with *preview*, say how it would look and touch nothing."""

    urn: str
    inputs: PropertyMap
    timeout: float | None
    """Seconds; None leaves the provider's own."""
    preview: bool
    status: StatusSink = silent


@dataclass(frozen=True, slots=True)
class FindRequest:
    """Look for what a run that died may have made of *inputs* before it could record it."""

    urn: str
    inputs: PropertyMap
    status: StatusSink = silent


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Look at the resource as it is now."""

    urn: str
    id: str
    inputs: PropertyMap
    outputs: PropertyMap
    status: StatusSink = silent


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """Change the resource in place; with *preview*, say how it would look."""

    urn: str
    id: str
    old_inputs: PropertyMap
    old_outputs: PropertyMap
    inputs: PropertyMap
    timeout: float | None
    """Seconds; None leaves the provider's own."""
    preview: bool
    ignore_changes: tuple[str, ...] = ()
    status: StatusSink = silent


@dataclass(frozen=True, slots=True)
class DeleteRequest:
    """Remove the resource; a resource already gone is removed."""

    urn: str
    id: str
    inputs: PropertyMap
    outputs: PropertyMap
    timeout: float | None
    """Seconds; None leaves the provider's own."""
    status: StatusSink = silent


class Provider(ABC):
    """The resources of one package."""

    accepts_secrets = True
    """False: the engine hands plain values and marks the answers secret again."""
    supports_preview = True
    """False: nothing is asked of the provider to foretell a create or an update."""

    def identify(self, urn: str, id_: str) -> None:  # noqa: B027 - many need not know
        """Learn which provider resource this is, before anything else; *id_* may not be known."""

    def configure(self, inputs: PropertyMap) -> None:  # noqa: B027 - many need none
        """Take the provider's own settings, all of them known."""

    def check_config(self, old: PropertyMap | None, new: PropertyMap) -> Checked:
        """Validate the provider's own settings."""
        return Checked(new)

    def diff_config(self, old: PropertyMap, new: PropertyMap) -> Diff:
        """Say whether other settings mean other resources (``replaces``)."""
        return Diff(changes=None)

    def check(self, request: CheckRequest) -> Checked:
        """Validate a resource's inputs and fill in defaults."""
        return Checked(request.inputs)

    def diff(self, request: DiffRequest) -> Diff:
        """Say what would change; by default the engine compares inputs."""
        return Diff(changes=None)

    @abstractmethod
    def create(self, request: CreateRequest) -> State:
        """Make a resource.

        Raises:
            PartialFailure: It exists, but is not ready.
        """

    @abstractmethod
    def read(self, request: ReadRequest) -> State | None:
        """Return the resource as it is; None only when it is certain to be gone."""

    def find(self, request: FindRequest) -> State | None:
        """Return what a cut-off create of these inputs left behind; None when nothing is found.

        A provider that can tell answers, so that a destroy after a crash leaves no orphan.
        """
        return None

    @abstractmethod
    def update(self, request: UpdateRequest) -> State:
        """Change a resource in place.

        Raises:
            PartialFailure: It was changed, but is not ready.
        """

    @abstractmethod
    def delete(self, request: DeleteRequest) -> None:
        """Remove a resource; removing one that is gone succeeds."""

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> PropertyMap:
        """Answer the function *token*.

        Raises:
            InvokeFailure: It refuses its arguments.
        """
        raise NotImplementedError(token)

    def construct(self, request: ConstructRequest) -> Constructed:
        """Make a component."""
        raise EngineError(
            say("deployment.feature-refused", feature=f"Construct {request.goal.type}")
        )

    def call(self, request: CallRequest) -> Called:
        """Call a method of a resource."""
        raise EngineError(say("deployment.feature-refused", feature=f"Call {request.token}"))

    def close(self) -> None:  # noqa: B027 - many hold nothing
        """Let go of connections and processes."""
