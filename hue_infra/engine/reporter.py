"""Events and records of one run, with every known secret masked in what is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from hue_infra.engine import events
from hue_infra.engine.analysis import Remediation, Violation
from hue_infra.engine.api import Diagnostic, Outcome, StepRecord
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import PropertyMap, Secret, Value, parts, vessels

MASK = "[secret]"
_SHORTEST = 4
"""Shorter secrets are not masked in sentences: they would eat ordinary words."""
_TELLING = 8
"""Shorter ones occur by chance: an output that repeats one is not made secret for it."""
_LONGEST = 4096
"""Longer ones are programs and certificates, which no sentence repeats whole."""


class Concealer:
    """Knows the secrets of a run, and takes them out of sentences."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def learn(self, value: Value) -> None:
        """Remember every secret inside *value*."""
        for item in vessels(value):
            if isinstance(item, Secret):
                self._learn_inside(item.value)

    def hide(self, text: str) -> str:
        """Return *text* with every known secret masked."""
        # Copied, since other threads learn meanwhile; longest first, for secrets that nest.
        for secret in sorted(self._secrets.copy(), key=len, reverse=True):
            text = text.replace(secret, MASK)
        return text

    def sealed(self, properties: PropertyMap) -> PropertyMap:
        """*properties* with every text that repeats a known secret made a secret itself.

        A provider that derives an output from a secret often forgets to say so.
        """
        secrets = [item for item in self._secrets.copy() if len(item) >= _TELLING]
        if not secrets:
            return dict(properties)
        return {key: _sealed(value, secrets) for key, value in properties.items()}

    def _learn_inside(self, value: Value) -> None:
        for item in parts(value):
            if isinstance(item, str) and _SHORTEST <= len(item) <= _LONGEST:
                self._secrets.add(item)


def _sealed(value: Value, secrets: list[str]) -> Value:
    match value:
        case str():
            return Secret(value) if any(secret in value for secret in secrets) else value
        case dict():
            return {key: _sealed(item, secrets) for key, item in value.items()}
        case list():
            return [_sealed(item, secrets) for item in value]
        case _:
            return value


class Running:
    """A step under way."""

    def __init__(self, step: StepRecord) -> None:
        self.step = step

    def became(self, state: ResourceState) -> None:
        """The step has left *state*."""
        self.step = replace(self.step, id=state.id, new=state)


class Reporter:
    """Gathers what a run did and sends it on as events, one at a time."""

    def __init__(self, on_event: Callable[[events.Event], None]) -> None:
        self.conceal = Concealer()
        self.steps: list[StepRecord] = []
        self.diagnostics: list[Diagnostic] = []
        self.violations: list[Violation] = []
        self.policy_packs: dict[str, str] = {}
        self._components: dict[str, StepRecord] = {}
        self._on_event = on_event
        self._lock = threading.RLock()
        self._began = time.monotonic()

    @property
    def failed(self) -> bool:
        """Whether anything so far makes the run a failure."""
        return any(item.severity == "error" for item in self.diagnostics) or any(
            item.mandatory for item in self.violations
        )

    def planned(self, step: StepRecord) -> None:
        """Record a step that is decided."""
        with self._lock:
            self.steps.append(step)
            if not step.custom:
                self._components[step.urn] = step
            self._on_event(events.StepPlanned(step))

    @contextmanager
    def running(self, step: StepRecord) -> Iterator[Running]:
        """Tell that *step* starts, and how it ends."""
        began = time.monotonic()
        self.send(events.StepStarted(step))
        under_way = Running(step)
        try:
            yield under_way
        except BaseException as error:
            text = self.conceal.hide(str(error))
            self.send(events.StepFailed(step, text, time.monotonic() - began))
            raise
        self.send(events.StepDone(under_way.step, time.monotonic() - began))

    def foretold(self, step: StepRecord, state: ResourceState) -> None:
        """Tell what a step of a preview would leave."""
        self.send(events.StepForetold(replace(step, new=state)))

    def status(self, urn: str, text: str) -> None:
        """Tell what a resource waits for."""
        self.send(events.Status(urn, self.conceal.hide(text)))

    def log(self, severity: events.Severity, text: str, urn: str = "") -> None:
        """Tell a sentence; warnings and errors are kept as diagnostics."""
        shown = self.conceal.hide(text)
        with self._lock:
            if severity in ("warning", "error"):
                self.diagnostics.append(Diagnostic(severity, shown, urn))
            self._on_event(events.Log(severity, shown, urn))

    def violation(self, violation: Violation) -> None:
        """Record a broken rule; a mandatory one makes the run a failure."""
        shown = replace(violation, message=self.conceal.hide(violation.message))
        with self._lock:
            self.violations.append(shown)
            self._on_event(events.PolicyFound(shown))

    def remediated(self, urn: str, remediation: Remediation, before: PropertyMap) -> None:
        """Tell that a policy has changed a resource's inputs."""
        self.send(events.PolicyRemediated(urn, remediation, before))

    def outputs(self, state: ResourceState) -> None:
        """Tell the outputs of a component or of the stack."""
        with self._lock:
            step = self._components.get(state.urn)
        if step is not None:
            self.send(events.OutputsTold(replace(step, new=state)))

    def send(self, event: events.Event) -> None:
        """Send an event; never two at a time."""
        with self._lock:
            self._on_event(event)

    def finish(self, outputs: dict[str, Value]) -> Outcome:
        """Close the run."""
        outcome = Outcome(
            ok=not self.failed,
            steps=tuple(self.steps),
            outputs=outputs,
            diagnostics=tuple(self.diagnostics),
            duration=time.monotonic() - self._began,
            violations=tuple(self.violations),
            policy_packs=dict(self.policy_packs),
        )
        self.send(events.Finished(outcome))
        return outcome
