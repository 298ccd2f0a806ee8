"""The steps on one registered resource: each asks the provider and records what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hue_infra.engine import records, urns
from hue_infra.engine.api import Op, StepRecord
from hue_infra.engine.calls import Calls, with_secret_outputs
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.ledger import Entry
from hue_infra.engine.provider import Diff, PartialFailure, State
from hue_infra.engine.state import OperationKind, ResourceState, Timeouts, now
from hue_infra.engine.values import PropertyMap
from hue_infra.errors import EngineError
from hue_infra.words import say

_NO_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Step:
    """What is about to happen to one resource.

    Attributes:
        deployment: The run.
        new: The resource as wanted, inputs checked; it has no outputs yet.
        old: The resource as recorded, if it was.
        diff: How they differ.
        calls: Its provider; None for a component.
    """

    deployment: Deployment
    new: ResourceState
    old: Entry | None = None
    diff: Diff = records.NO_DIFF
    calls: Calls | None = None

    def same(self) -> Entry:
        """Take the resource over unchanged; its options and dependencies are recorded anew."""
        old = self._recorded()
        entry = Entry(_carried(self.new, old, old.outputs))
        self._tell("same", entry.state)
        if urns.is_provider(self.new.type):
            self.deployment.registry.configure(old.urn, old.id, self.new.inputs)
        self.deployment.ledger.same(entry, self._entry(self.old))
        return entry

    def create(self, op: Op = "create") -> Entry:
        """Make the resource; a recorded one of the same URN leaves the state with it."""
        return self._apply(op, "creating", self._created, drops=self.old)

    def create_beside(self) -> Entry:
        """Make the replacement while the old one lives; the old one is marked for deletion."""
        entry = self._apply("create-replacement", "creating", self._created, before=self._doom)
        self._tell("replace", entry.state)
        return entry

    def update(self) -> Entry:
        """Change the resource in place."""
        return self._apply("update", "updating", self._updated, drops=self.old)

    def replace_recreated(self) -> Entry:
        """Make again a resource that was deleted before its replacement."""
        self._tell("replace", self.new)
        return self.create("create-replacement")

    def _apply(
        self,
        op: Op,
        kind: OperationKind,
        work: Callable[[], ResourceState],
        *,
        drops: Entry | None = None,
        before: Callable[[], None] | None = None,
    ) -> Entry:
        """Run *work* as a step; *before* it is recorded as done comes *before*."""
        step = self._tell(op, self.new)
        if self.deployment.preview:
            return self._foretold(work, drops, before)
        ledger = self.deployment.ledger
        with self.deployment.slot(), self.deployment.reporter.running(step):
            ticket = ledger.begin(kind, self._begun(kind))
            try:
                entry = Entry(work())
            except PartialFailure as failure:
                entry = Entry(self._partial(failure))
                if before is not None:
                    before()
                ledger.failed(ticket, entry, drops)
                raise
            except BaseException:
                ledger.failed(ticket)
                raise
            if before is not None:
                before()
            ledger.done(ticket, entry, drops)
            return entry

    def _foretold(
        self,
        work: Callable[[], ResourceState],
        drops: Entry | None,
        before: Callable[[], None] | None,
    ) -> Entry:
        with self.deployment.slot():
            entry = Entry(work())
        if before is not None:
            before()
        self.deployment.ledger.done(0, entry, drops)
        return entry

    def _created(self) -> ResourceState:
        if self.calls is None:
            return replace(self.new, outputs={}, created=now(), modified=now())
        timeout = (self.new.custom_timeouts or _NO_TIMEOUTS).create
        preview = self.deployment.preview
        if preview and not self.calls.provider.supports_preview:
            made = State("", dict(self.new.inputs))
        else:
            made = self.calls.create(self.new.inputs, timeout, preview=preview)
        if not made.id and not preview:
            raise EngineError(say("deployment.no-id"))
        return self._with_outputs(made.id, made.outputs, created=now())

    def _updated(self) -> ResourceState:
        old = self._recorded()
        if self.calls is None:
            return replace(_carried(self.new, old, old.outputs), modified=now())
        preview = self.deployment.preview
        if preview and not self.calls.provider.supports_preview:
            # What an update leaves alone stays known; the rest the SDK takes for unknown.
            stable = {key: old.outputs[key] for key in self.diff.stables if key in old.outputs}
            return self._with_outputs(old.id, {**stable, **self.new.inputs}, old.created)
        made = self.calls.update(
            old.id,
            (old.inputs, old.outputs),
            self.new.inputs,
            timeout=(self.new.custom_timeouts or _NO_TIMEOUTS).update,
            preview=preview,
            ignore_changes=self.new.ignore_changes,
        )
        return self._with_outputs(old.id, made.outputs, old.created)

    def _with_outputs(self, id_: str, outputs: PropertyMap, created: str | None) -> ResourceState:
        marked = with_secret_outputs(outputs, self.new.additional_secret_outputs)
        conceal = self.deployment.reporter.conceal
        conceal.learn(marked)
        marked = conceal.sealed(marked)
        return replace(self.new, id=id_, outputs=marked, created=created, modified=now())

    def _partial(self, failure: PartialFailure) -> ResourceState:
        old = self.old.state if self.old else None
        kept = self._with_outputs(
            failure.id or (old.id if old else ""), failure.outputs, old.created if old else now()
        )
        inputs = self.new.inputs if failure.inputs is None else failure.inputs
        return replace(kept, inputs=inputs, init_errors=failure.reasons)

    def _doom(self) -> None:
        """Mark the old resource for deletion at the end of the run."""
        old = self._entry(self.old)
        # The program no longer protects it, or there would be no replacement.
        self.deployment.ledger.amend(old, replace(old.state, delete=True, protect=False))

    def _begun(self, kind: OperationKind) -> ResourceState:
        return self._recorded() if kind == "updating" else self.new

    def _recorded(self) -> ResourceState:
        return self._entry(self.old).state

    def _entry(self, entry: Entry | None) -> Entry:
        if entry is None:
            raise LookupError(f"nothing recorded: {self.new.urn}")
        return entry

    def _tell(self, op: Op, state: ResourceState) -> StepRecord:
        old = self.old.state if self.old else None
        step = records.record(op, state, old if op != "same" else None, self.diff)
        self.deployment.reporter.planned(step)
        return step


def _carried(new: ResourceState, old: ResourceState, outputs: PropertyMap) -> ResourceState:
    """*new* with what only a provider or the clock can tell taken from *old*."""
    return replace(new, id=old.id, outputs=outputs, created=old.created, modified=old.modified)
