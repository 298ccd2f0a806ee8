"""What Pulumi's engine tells, told as ours: its events, and the steps in them.

The Automation API hands on no event about policies that remediate, nor the severity of a
violation; those are lost. Secrets arrive masked, as Pulumi's engine masks them.
Source: pulumi/pulumi, pkg/backend/display/events.go, pkg/engine/events.go.
"""

import contextlib
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from pulumi.automation import events as theirs

from hue_infra.engine import events, records
from hue_infra.engine.analysis import Violation
from hue_infra.engine.api import Change, Op, StepRecord
from hue_infra.engine.encoding import Decoder
from hue_infra.engine.events import Severity
from hue_infra.engine.provider import Diff
from hue_infra.engine.reporter import Reporter
from hue_infra.engine.state import ResourceState
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import PropertyMap, has_secret
from hue_infra.words import say

COLOUR: Final = re.compile(r"<\{%.*?%\}>")
"""Marks by which Pulumi's engine says how a text is coloured."""
SEVERITIES: Final[Mapping[str, Severity]] = {
    "info": "info",
    "info#err": "info",
    "warning": "warning",
    "error": "error",
}
OTHER_NAMES: Final = {"discard": "read-discard"}
"""Pulumi's name of a step to ours, where they differ."""
UNREAD: Final = "Failed to parse engine event"
"""How the Automation API begins to warn of an event that its SDK cannot read."""
IDLE: Final = re.compile(r'"op": ?"(?:diff|extend-parameterize)"')
"""In such an event: steps of Pulumi's engine that touch nothing, which the SDK does not know."""
BINDING: Final = frozenset({"mandatory", "remediate"})


@dataclass(slots=True)
class Translator:
    """Takes the events of one run of the CLI and gathers them in *reporter*.

    Attributes:
        reporter: Told everything in our own terms.
        outputs: The stack's outputs, secrets masked, as the program last gave them.
        broken: The first failure to understand an event: the Automation API would swallow it.
    """

    reporter: Reporter
    outputs: PropertyMap = field(default_factory=dict)
    broken: Exception | None = None
    _begun: dict[tuple[str, str], float] = field(default_factory=dict)
    _reading: set[str] = field(default_factory=set)
    _reasons: dict[str, str] = field(default_factory=dict)

    def take(self, event: theirs.EngineEvent) -> None:
        """Tell one event on."""
        try:
            self._take(event)
        except Exception as error:  # noqa: BLE001 - told once the run is over
            self.broken = self.broken or error

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Inside the block, tell which events could not be read; the SDK would only print that."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.filterwarnings("always", message=UNREAD, category=UserWarning)
            yield
        for one in caught:
            if not str(one.message).startswith(UNREAD):
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
            elif not IDLE.search(str(one.message)):
                self.reporter.log("warning", say("pulumi.unread"))

    def _take(self, event: theirs.EngineEvent) -> None:
        if event.resource_pre_event:
            planning = bool(event.resource_pre_event.planning)
            self._begin(event.resource_pre_event.metadata, planning=planning)
        elif event.res_outputs_event:
            planning = bool(event.res_outputs_event.planning)
            self._end(event.res_outputs_event.metadata, planning=planning)
        elif event.res_op_failed_event:
            self._fail(event.res_op_failed_event.metadata)
        elif event.diagnostic_event:
            self._say(event.diagnostic_event)
        else:
            self._take_rare(event)

    def _take_rare(self, event: theirs.EngineEvent) -> None:
        if event.policy_event:
            self.reporter.violation(violation_of(event.policy_event))
        elif event.summary_event:
            self.reporter.policy_packs.update(event.summary_event.policy_packs)
        elif event.stdout_event and (text := plain(event.stdout_event.message)):
            self.reporter.log("info", text)

    def _begin(self, told: theirs.StepEventMetadata, *, planning: bool) -> None:
        step = step_of(told)
        self._begun[told.urn, step.op] = time.monotonic()
        if step.op == "refresh":
            # What is found decides what the step is; it is told then.
            self._reading.add(told.urn)
        else:
            self.reporter.planned(step)
        if not planning and step.op != "same":
            self.reporter.send(events.StepStarted(step))

    def _end(self, told: theirs.StepEventMetadata, *, planning: bool) -> None:
        if told.urn in self._reading:
            self._found(told, planning=planning)
            return
        step = step_of(told)
        began = self._begun.pop((told.urn, step.op), None)
        if began is not None and step.op != "same":
            if not planning:
                self.reporter.send(events.StepDone(step, time.monotonic() - began))
            elif step.new is not None:
                self.reporter.foretold(step, step.new)
        if step.new is not None and not step.custom and (began is None or not planning):
            # In a preview the first of these events still has the outputs of the run before.
            self._output(step.new)

    def _output(self, state: ResourceState) -> None:
        self.reporter.outputs(state)
        if state.type == ROOT_TYPE:
            self.outputs = state.outputs

    def _found(self, told: theirs.StepEventMetadata, *, planning: bool) -> None:
        self._reading.discard(told.urn)
        began = self._begun.pop((told.urn, "refresh"), time.monotonic())
        old, new = state_of(told.old), state_of(told.new)
        if old is None:
            return
        changes = (
            records.output_changes(old, new)
            if new is not None
            else (Change("id", "delete", old.id),)
        )
        step = records.refreshed(old, new, changes)
        self.reporter.planned(step)
        if not planning:
            self.reporter.send(events.StepDone(step, time.monotonic() - began))

    def _fail(self, told: theirs.StepEventMetadata) -> None:
        step = step_of(told)
        began = self._begun.pop((told.urn, step.op), time.monotonic())
        reason = self._reasons.get(told.urn) or say("pulumi.no-reason")
        seconds = time.monotonic() - began
        self.reporter.send(events.StepFailed(step, self.reporter.conceal.hide(reason), seconds))

    def _say(self, told: theirs.DiagnosticEvent) -> None:
        severity, text = SEVERITIES.get(told.severity), plain(told.message)
        urn = told.urn or ""
        if severity is None or not text:
            return
        if told.ephemeral:
            self.reporter.status(urn, text)
            return
        if severity == "error":
            self._reasons[urn] = text
        self.reporter.log(severity, text, urn)


def plain(text: str) -> str:
    """*text* without marks of colour, and without the line that ends it."""
    return COLOUR.sub("", text).rstrip()


def violation_of(told: theirs.PolicyEvent) -> Violation:
    """A broken rule."""
    return Violation(
        rule=told.policy_name,
        message=plain(told.message),
        mandatory=told.enforcement_level in BINDING,
        urn=told.resource_urn or "",
        pack=told.policy_pack_name,
        pack_version=told.policy_pack_version,
    )


def step_of(told: theirs.StepEventMetadata) -> StepRecord:
    """One step of Pulumi's engine as ours are told."""
    old, new = state_of(told.old), state_of(told.new)
    state = new or old
    if state is None:
        state = ResourceState(told.urn, told.type)
    op = cast("Op", OTHER_NAMES.get(told.op.value, told.op.value))
    diff = Diff(
        changes=True,
        replaces=tuple(told.keys or ()),
        detailed={path: one.diff_kind.value for path, one in (told.detailed_diff or {}).items()},
    )
    compared = old if new is not None else None
    step = records.record(op, state, compared, diff)
    return replace(step, changes=(*step.changes, *_masked_alike(step, told.diffs or ())))


def state_of(told: theirs.StepEventStateMetadata | None) -> ResourceState | None:
    """A resource as an event shows it; its secrets are `Sealed`."""
    if told is None:
        return None
    decoder = Decoder(None, told.urn)
    # Decoded from JSON, whose values the SDK does not type.
    inputs, outputs = (cast("Any", part) or {} for part in (told.inputs, told.outputs))
    return ResourceState(
        told.urn,
        told.type,
        custom=bool(told.custom),
        delete=bool(told.delete),
        id=told.id,
        inputs=decoder.properties(inputs),
        outputs=decoder.properties(outputs),
        parent=told.parent,
        protect=bool(told.protect),
        taint=bool(told.taint),
        init_errors=tuple(told.init_errors or ()),
        provider=told.provider,
        retain_on_delete=bool(told.retain_on_delete),
    )


def _masked_alike(step: StepRecord, changed: "list[str] | tuple[()]") -> tuple[Change, ...]:
    """Changes that cannot be seen, since the secrets before and after are masked alike."""
    if step.op == "same" or step.old is None or step.new is None:
        return ()
    seen = {re.split(r"[.\[]", change.path, maxsplit=1)[0] for change in step.changes}
    found = []
    for key in changed:
        before, after = step.old.inputs.get(key), step.new.inputs.get(key)
        if key not in seen and (has_secret(before) or has_secret(after)):
            found.append(Change(key, "update", records.shown(before), records.shown(after)))
    return tuple(found)
