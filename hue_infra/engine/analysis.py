"""What gates look at and what they answer: resources, violations, remediations.

A gate is an `Analyzer`: rules of ours in this process, or a policy pack that runs beside it.
Source: pulumi/pulumi, sdk/proto/pulumi/analyzer.proto.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hue_infra.engine.state import Timeouts
from hue_infra.engine.values import PropertyMap

Level = Literal["advisory", "mandatory", "remediate", "disabled"]


@dataclass(frozen=True, slots=True)
class PolicyPack:
    """A folder with a policy pack, and the JSON file that configures it."""

    path: Path
    config: Path | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The run that a gate is asked about."""

    project: str
    stack: str
    organization: str
    preview: bool
    config: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_config: frozenset[str] = frozenset()
    tell: Callable[[str], None] = lambda _: None
    """Takes a line that a gate wants said."""


@dataclass(frozen=True, slots=True)
class AnalyzedOptions:
    """The options of a resource that policies may ask for."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool | None = None
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    timeouts: Timeouts | None = None


@dataclass(frozen=True, slots=True)
class AnalyzedProvider:
    """The provider that manages a resource."""

    urn: str
    type: str
    name: str
    inputs: PropertyMap


@dataclass(frozen=True, slots=True)
class AnalyzedResource:
    """A resource as a gate sees it: checked inputs, before anything is touched.

    When the whole stack is analyzed, at the end of a run, *inputs* are the outputs.
    """

    urn: str
    type: str
    name: str
    inputs: PropertyMap
    """Values may hold `Secret` and `UNKNOWN`."""
    parent: str
    provider: str
    options: AnalyzedOptions = AnalyzedOptions()
    manager: AnalyzedProvider | None = None
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a resource, or the stack as a whole, breaks."""

    rule: str
    message: str
    mandatory: bool
    urn: str
    pack: str = ""
    """The pack that the rule is from; empty for a gate that is no pack."""
    pack_version: str = ""
    severity: str = ""
    """``low``, ``medium``, ``high``, ``critical``, or empty where the pack says nothing."""


@dataclass(frozen=True, slots=True)
class Remediation:
    """What a policy made of a resource's inputs."""

    rule: str
    inputs: PropertyMap
    pack: str = ""
    pack_version: str = ""
    problem: str = ""
    """Why it could not be remediated; *inputs* then mean nothing."""


class Analyzer:
    """A gate that each resource passes before it is touched; a gate overrides what it needs."""

    name: str = ""
    version: str = ""

    def begin(self, scene: Scene) -> None:
        """Make ready for a run.

        Raises:
            HueError: The gate cannot be asked.
        """

    def remediate(self, resource: AnalyzedResource) -> Sequence[Remediation]:
        """Return what becomes of *resource*, one after the other; the last one holds."""
        return ()

    def analyze(self, resource: AnalyzedResource) -> Sequence[Violation]:
        """Return the rules that *resource* breaks."""
        return ()

    def analyze_stack(self, resources: Sequence[AnalyzedResource]) -> Sequence[Violation]:
        """Return the rules that the stack breaks as it stands at the end of a run."""
        return ()

    def end(self) -> None:
        """Let go of what `begin` took; called once for each `begin`, also after its failure."""
