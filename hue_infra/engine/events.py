"""What the engine tells while it works, for whoever draws the progress."""

from dataclasses import dataclass
from typing import Literal

from hue_infra.engine.api import Outcome, StepRecord, Violation


@dataclass(frozen=True, slots=True)
class StepPlanned:
    """The engine knows what it will do to a resource; in preview nothing follows."""

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

    severity: Literal["info", "warning", "error"]
    text: str
    urn: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFound:
    """A resource breaks a rule."""

    violation: Violation


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of a run."""

    outcome: Outcome


Event = StepPlanned | StepStarted | StepDone | StepFailed | Status | Log | PolicyFound | Finished
