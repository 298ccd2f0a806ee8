"""What the engine tells while it works, for whoever draws the progress."""

from dataclasses import dataclass, field
from typing import Literal

from hue_infra.engine.analysis import Remediation, Violation
from hue_infra.engine.api import Outcome, StepRecord
from hue_infra.engine.values import PropertyMap

Severity = Literal["debug", "info", "warning", "error"]
"""How much a sentence matters, in Pulumi's words."""


@dataclass(frozen=True, slots=True)
class StepPlanned:
    """The engine knows what it will do to a resource; unless it does nothing, more follows."""

    step: StepRecord


@dataclass(frozen=True, slots=True)
class StepForetold:
    """In a preview: the provider has foretold what the step would leave."""

    step: StepRecord


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The provider has been asked."""

    step: StepRecord


@dataclass(frozen=True, slots=True)
class StepDone:
    """The step succeeded and is recorded."""

    step: StepRecord
    seconds: float


@dataclass(frozen=True, slots=True)
class StepFailed:
    """The step failed."""

    step: StepRecord
    message: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Status:
    """What a running step waits for."""

    urn: str
    text: str


@dataclass(frozen=True, slots=True)
class Log:
    """A sentence from the program, a provider or the engine."""

    severity: Severity
    text: str
    urn: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFound:
    """A resource breaks a rule."""

    violation: Violation


@dataclass(frozen=True, slots=True)
class PolicyRemediated:
    """A policy has changed the inputs of a resource, whose secrets are not masked here."""

    urn: str
    remediation: Remediation
    before: PropertyMap = field(repr=False)


@dataclass(frozen=True, slots=True)
class PolicyLoading:
    """A policy pack is being started."""

    pack: str


@dataclass(frozen=True, slots=True)
class OutputsTold:
    """The program has told the outputs of a component or of the stack."""

    step: StepRecord


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of a run."""

    outcome: Outcome


Event = (
    StepPlanned
    | StepForetold
    | StepStarted
    | StepDone
    | StepFailed
    | Status
    | Log
    | PolicyFound
    | PolicyRemediated
    | PolicyLoading
    | OutputsTold
    | Finished
)
