"""The steps on one registered resource: each asks the provider and records what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from hue_infra.engine import records, urns
from hue_infra.engine.api import Op, StepRecord
from hue_infra.engine.calls import Calls, with_secret_outputs
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.hooks import HookError
from hue_infra.engine.ledger import Entry
from hue_infra.engine.provider import Diff, PartialFailure, State
from hue_infra.engine.state import OperationKind, ResourceState, Timeouts, now
from hue_infra.engine.values import PropertyMap
from hue_infra.errors import EngineError
from hue_infra.words import say

_NO_TIMEOUTS = Timeouts()
_MOMENTS: Final = {"creating": "create", "updating": "update"}
"""Kind of operation to how the occasions of hooks name it."""


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
            # As recorded: what the provider calls no change must not come to work in secret.
            self.deployment.registry.configure(self.new.urn, old.id, old.inputs)
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
        deployment, moment = self.deployment, _MOMENTS[kind]
        if deployment.preview:
            return self._foretold(step, work, moment, drops, before)
        with deployment.slot(self.new.urn), deployment.reporter.running(step) as running:
            deployment.hooks.around(f"before_{moment}", self.new, self._hooked(moment))
            entry = self._recorded_work(kind, work, drops, before)
            running.became(entry.state)
            self._after(moment, entry)
            return entry

    def _recorded_work(
        self,
        kind: OperationKind,
        work: Callable[[], ResourceState],
        drops: Entry | None,
        before: Callable[[], None] | None,
    ) -> Entry:
        """Do *work* between two entries of the journal."""
        ledger = self.deployment.ledger
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
        step: StepRecord,
        work: Callable[[], ResourceState],
        moment: str,
        drops: Entry | None,
        before: Callable[[], None] | None,
    ) -> Entry:
        with self.deployment.slot(self.new.urn):
            self.deployment.hooks.around(f"before_{moment}", self.new, self._hooked(moment))
            entry = Entry(work())
            if before is not None:
                before()
            self.deployment.ledger.done(0, entry, drops)
            self.deployment.reporter.foretold(step, entry.state)
            self._after(moment, entry)
        return entry

    def _after(self, moment: str, entry: Entry) -> None:
        """Call the hooks for afterwards: of a component, once its outputs are told."""
        name, old = f"after_{moment}", self._hooked(moment)
        if not self.new.custom:
            with self.deployment.lock:
                self.deployment.unfinished[self.new.urn] = (name, old)
            return
        try:
            self.deployment.hooks.around(name, entry.state, old)
        except HookError as error:
            self.deployment.fail_late(self.new.urn, error)

    def _hooked(self, moment: str) -> ResourceState | None:
        """The old side that hooks are told of: a replacement is a creation to them."""
        return self.old.state if self.old and moment == "update" else None

    def _created(self) -> ResourceState:
        if self.calls is None:
            return replace(self.new, outputs={}, created=now(), modified=now())
        timeout = (self.new.custom_timeouts or _NO_TIMEOUTS).create
        preview = self.deployment.preview
        if preview and not self.calls.provider.supports_preview:
            made = State("", dict(self.new.inputs))
        else:
            calls = self.calls
            made = self.deployment.hooks.trying(
                "create",
                lambda: calls.create(self.new.inputs, timeout, preview=preview),
                self.new,
            )
        if not made.id and not preview:
            raise EngineError(say("deployment.no-id"))
        return self._with_outputs(made, created=now())

    def _updated(self) -> ResourceState:
        old = self._recorded()
        if self.calls is None:
            return replace(_carried(self.new, old, old.outputs), modified=now())
        preview = self.deployment.preview
        if preview and not self.calls.provider.supports_preview:
            # What an update leaves alone stays known; the rest the SDK takes for unknown.
            stable = {key: old.outputs[key] for key in self.diff.stables if key in old.outputs}
            return self._with_outputs(State(old.id, {**stable, **self.new.inputs}), old.created)
        made = self.deployment.hooks.trying("update", self._change_in_place, self.new, old)
        return self._with_outputs(replace(made, id=old.id), old.created)

    def _change_in_place(self) -> State:
        """Ask the provider for the update."""
        if self.calls is None:
            raise LookupError(f"no provider: {self.new.urn}")
        old = self._recorded()
        return self.calls.update(
            old.id,
            (old.inputs, old.outputs),
            self.new.inputs,
            timeout=(self.new.custom_timeouts or _NO_TIMEOUTS).update,
            preview=self.deployment.preview,
            ignore_changes=self.new.ignore_changes,
        )

    def _with_outputs(self, made: State, created: str | None) -> ResourceState:
        marked = with_secret_outputs(made.outputs, self.new.additional_secret_outputs)
        conceal = self.deployment.reporter.conceal
        conceal.learn(marked)
        return replace(
            self.new,
            id=made.id,
            outputs=self.deployment.sealed(marked),
            refresh_before_update=made.refresh_before_update,
            created=created,
            modified=now(),
        )

    def _partial(self, failure: PartialFailure) -> ResourceState:
        old = self.old.state if self.old else None
        made = State(failure.id or (old.id if old else ""), failure.outputs)
        kept = self._with_outputs(made, old.created if old else now())
        inputs = self.new.inputs if failure.inputs is None else failure.inputs
        return replace(kept, inputs=inputs, init_errors=failure.reasons)

    def _doom(self) -> None:
        """Mark the old resource for deletion at the end of the run."""
        self.deployment.ledger.doom(self._entry(self.old))

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
        step = records.record(op, state, old, self.diff)
        self.deployment.reporter.planned(step)
        return step


def _carried(new: ResourceState, old: ResourceState, outputs: PropertyMap) -> ResourceState:
    """*new* with what only a provider or the clock can tell taken from *old*."""
    return replace(
        new,
        id=old.id,
        outputs=outputs,
        refresh_before_update=old.refresh_before_update,
        created=old.created,
        modified=old.modified,
    )
