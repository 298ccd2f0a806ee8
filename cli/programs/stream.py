"""The events of a run as JSON, one object a line, in the names and shapes of Pulumi's own.

Secrets are masked unless they are asked for. Source: pulumi/pulumi,
sdk/go/common/apitype/events.go, pkg/backend/display/events.go, pkg/engine/update.go.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hue_infra.engine import signatures as sign
from hue_infra.engine.analysis import Violation
from hue_infra.engine.api import Kind, Op, Options, Outcome, StepRecord
from hue_infra.engine.encoding import Encoder
from hue_infra.engine.events import (
    Event,
    Finished,
    Log,
    OutputsTold,
    PolicyFound,
    PolicyLoading,
    PolicyRemediated,
    Status,
    StepDone,
    StepFailed,
    StepForetold,
    StepPlanned,
    StepStarted,
)
from hue_infra.engine.property_paths import look_up, parse
from hue_infra.engine.reporter import MASK
from hue_infra.engine.state import ResourceState
from hue_infra.engine.tally import AT_ONCE, PARTS, Tally, deed, is_internal, is_logical
from hue_infra.engine.values import PropertyMap, Secret, Value, same, transform

Document = dict[str, object]
StepEvent = StepPlanned | StepForetold | StepStarted | StepDone | StepFailed | OutputsTold
COLOUR: Final = "never"
"""How texts are coloured: nothing in them is to be replaced by control codes."""
PREFIXES: Final = {"debug": "debug: ", "info": "", "warning": "warning: ", "error": "error: "}
UNKNOWN_STATUS: Final = 2
"""What is known of a resource whose step failed, as upstream numbers it: nothing."""
_REMOVING: Final[frozenset[Op]] = frozenset(
    {"delete", "delete-replaced", "read-discard", "discard-replaced"}
)
"""Steps of which a preview foretells nothing more."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run is for, as its events need to know it."""

    kind: Kind
    preview: bool
    show_secrets: bool = False
    stopped: Callable[[], bool] = lambda: False
    """Whether the operator has asked for its end."""


@dataclass(slots=True)
class Stream:
    """Turns the events of one run into lines for `write`, each with its number and its time."""

    run: Run
    options: Options
    write: Callable[[Document], None]
    clock: Callable[[], float] = time.time
    _begun: bool = field(default=False, init=False)
    _sequence: int = field(default=0, init=False)
    _tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self._tally = Tally(self.run.kind, preview=self.run.preview)

    def take(self, event: Event) -> None:
        """Write what an event amounts to."""
        if not self._begun and not isinstance(event, PolicyLoading):
            self._begun = True
            self._send({"preludeEvent": {"config": _config(self.options)}})
        self._tally.take(event)
        for document in documents(event, self.run, self._tally.counts):
            self._send(document)

    def close(self) -> None:
        """Write the last event: there will be no other."""
        self._send({"cancelEvent": {}})

    def _send(self, document: Document) -> None:
        stamp: Document = {"sequence": self._sequence, "timestamp": int(self.clock())}
        self._sequence += 1
        self.write({**stamp, **document})


def documents(event: Event, run: Run, done: Mapping[Op, int]) -> Iterator[Document]:
    """What one event amounts to, in Pulumi's shapes: none, one or several documents.

    Args:
        event: What the engine told.
        run: The run it is of.
        done: How many resources each thing was done to so far.
    """
    match event:
        case Log(severity, text, urn):
            yield {"diagnosticEvent": _diagnostic(severity, text, urn)}
        case PolicyFound(violation):
            yield {"policyEvent": _violation(violation)}
        case PolicyRemediated():
            yield {"policyRemediationEvent": _remediation(event, run)}
        case PolicyLoading():
            yield {"policyLoadEvent": {}}
        case Finished(outcome):
            yield {"summaryEvent": _summary(outcome, run, done)}
        case Status():
            return
        case _ if not is_internal(event.step):
            yield from _of_step(event, run, sum(done.values()))


def _of_step(event: StepEvent, run: Run, steps: int) -> Iterator[Document]:
    """When a step begins, when it has left something, when it has failed."""
    match event:
        case StepPlanned(step) if run.preview or step.op in AT_ONCE:
            yield {"resourcePreEvent": _step(step, run)}
            over = step.op in AT_ONCE or step.op in _REMOVING
            if over and (run.preview or step.custom):
                yield {"resOutputsEvent": _step(step, run, deed(step, run.kind))}
        case StepStarted(step) if not run.preview:
            yield {"resourcePreEvent": _step(step, run)}
        case StepDone(step) if step.custom or step.op in _REMOVING:
            # What a component leaves, the program tells by itself.
            yield {"resOutputsEvent": _step(step, run)}
        case StepForetold(step) | OutputsTold(step):
            yield {"resOutputsEvent": _step(step, run)}
        case StepFailed(step):
            failed: Document = {"status": UNKNOWN_STATUS, "steps": steps}
            yield {"resOpFailedEvent": {"metadata": _metadata(step, run), **failed}}


def _step(step: StepRecord, run: Run, op: Op | None = None) -> Document:
    planning: Document = {"planning": True} if run.preview else {}
    return {"metadata": _metadata(step, run, op), **planning}


def _metadata(step: StepRecord, run: Run, op: Op | None = None) -> Document:
    state = step.new or step.old
    replaces = step.op in PARTS or step.op == "replace"
    told: Document = {
        "op": op or step.op,
        "urn": step.urn,
        "type": step.type,
        "old": _state(step.old, run),
        "new": _state(step.new, run),
        "keys": list(step.replaces) if replaces else [],
        "diffs": list(step.keys),
        "detailedDiff": _detailed(step) if step.detailed else None,
        "logical": is_logical(step.op),
        "provider": state.provider if state else "",
    }
    return _without_empty(told, "keys", "diffs", "logical")


def _detailed(step: StepRecord) -> Document:
    return {
        change.path: {"diffKind": change.kind, "inputDiff": _is_of_inputs(step, change.path)}
        for change in step.changes
    }


def _is_of_inputs(step: StepRecord, path: str) -> bool:
    """Whether what the program asks for has changed at *path*, and not only what there is."""
    if step.old is None or step.new is None:
        return False
    steps = parse(path)
    return not same(look_up(step.old.inputs, steps), look_up(step.new.inputs, steps))


def _state(state: ResourceState | None, run: Run) -> Document | None:
    if state is None:
        return None
    told: Document = {
        "type": state.type,
        "urn": state.urn,
        "custom": state.custom,
        "delete": state.delete,
        "id": state.id,
        "parent": state.parent,
        "protect": state.protect,
        "taint": state.taint,
        "external": state.external,
        "retainOnDelete": state.retain_on_delete,
        "inputs": properties(state.inputs, show_secrets=run.show_secrets),
        "outputs": properties(state.outputs, show_secrets=run.show_secrets),
        "provider": state.provider,
        "initErrors": list(state.init_errors),
        "hideDiffs": [list(parse(path)) for path in state.hide_diffs],
    }
    flags = ("custom", "delete", "protect", "taint", "external", "retainOnDelete")
    return _without_empty(told, *flags, "initErrors", "hideDiffs")


def properties(values: PropertyMap, *, show_secrets: bool) -> Document:
    """Properties in the JSON of Pulumi's state, each secret masked unless shown."""
    shown = values if show_secrets else {key: transform(values[key], _masked) for key in values}
    return Encoder(None).properties(shown)


def _masked(value: Value) -> Value:
    return {sign.KEY: sign.SECRET, "ciphertext": MASK} if isinstance(value, Secret) else value


def _diagnostic(severity: str, text: str, urn: str) -> Document:
    told: Document = {
        "urn": urn,
        "prefix": PREFIXES[severity],
        "message": _line(text),
        "color": COLOUR,
        "severity": severity,
    }
    return _without_empty(told, "urn", "prefix")


def _violation(violation: Violation) -> Document:
    told: Document = {
        "resourceUrn": violation.urn,
        "message": _line(violation.message),
        **_policy(violation.rule, violation.pack, violation.pack_version),
        "enforcementLevel": "mandatory" if violation.mandatory else "advisory",
        "severity": violation.severity,
    }
    return _without_empty(told, "resourceUrn", "severity")


def _remediation(event: PolicyRemediated, run: Run) -> Document:
    remediation = event.remediation
    return {
        "resourceUrn": event.urn,
        **_policy(remediation.rule, remediation.pack, remediation.pack_version),
        "before": properties(event.before, show_secrets=run.show_secrets),
        "after": properties(remediation.inputs, show_secrets=run.show_secrets),
    }


def _policy(rule: str, pack: str, version: str) -> Document:
    return {
        "color": COLOUR,
        "policyName": rule,
        "policyPackName": pack,
        "policyPackVersion": version,
        "policyPackVersionTag": version,
    }


def _summary(outcome: Outcome, run: Run, done: Mapping[Op, int]) -> Document:
    ended = "succeeded" if outcome.ok else "failed"
    return {
        "maybeCorrupt": False,
        "durationSeconds": math.ceil(outcome.duration),
        "resourceChanges": dict(done),
        "PolicyPacks": dict(outcome.policy_packs),
        "isPreview": run.preview,
        "result": "canceled" if run.stopped() else ended,
    }


def _config(options: Options) -> dict[str, str]:
    secret = options.secret_config
    return {key: MASK if key in secret else text for key, text in options.config.items()}


def _line(text: str) -> str:
    return text.rstrip("\n") + "\n"


def _without_empty(told: Mapping[str, object], *keys: str) -> Document:
    """*told* without those of *keys* that say nothing."""
    return {key: value for key, value in told.items() if value or key not in keys}
