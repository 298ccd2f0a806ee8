"""One resource on its way from what the program wants to what is recorded.

The order is upstream's: name, old state, scope, provider, import, check, gate, compare, act.
Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go.
"""

import secrets
import threading
from dataclasses import replace

from hue_infra.engine import cascade, deletes, gates, urns
from hue_infra.engine.aliases import find_old
from hue_infra.engine.calls import Calls
from hue_infra.engine.deployment import (
    Deployment,
    PassedOverError,
    ReportedError,
    StoppedError,
)
from hue_infra.engine.differences import difference, is_replaced_on_request
from hue_infra.engine.goal import Goal
from hue_infra.engine.imports import import_resource, is_import
from hue_infra.engine.leaving import left_alone, refuse_left_out, without_circle
from hue_infra.engine.ledger import Entry
from hue_infra.engine.property_paths import ignored
from hue_infra.engine.provider import Diff
from hue_infra.engine.refresh import is_lookable, look
from hue_infra.engine.relations import needed
from hue_infra.engine.state import ResourceState
from hue_infra.engine.steps import Step
from hue_infra.engine.values import PropertyMap
from hue_infra.errors import EngineError
from hue_infra.words import say

_SEED_BYTES = 32


class Registration:
    """The work on one registered resource; `run` does it."""

    def __init__(self, deployment: Deployment, goal: Goal) -> None:
        stack = deployment.stack
        self.deployment = deployment
        self.goal = goal
        self.urn = urns.make(stack.name, stack.project, goal.parent, goal.type, goal.name)
        self.old: Entry | None = None
        self.new = wanted(goal, self.urn)
        self.calls: Calls | None = None
        self.recreating = False
        self.imported = False
        self._seed = secrets.token_bytes(_SEED_BYTES)

    def run(self) -> Entry:
        """Bring the resource to what the program wants; returns what is now recorded.

        Raises:
            EngineError: It failed; the caller reports it.
        """
        deployment = self.deployment
        deployment.check_open()
        self.claim()
        self.old = find_old(deployment, self.goal, self.urn)
        self._await_cascade()
        self._resume()
        self._look()
        entry = None
        if not self.recreating:
            entry = left_alone(deployment, self.goal, self.new, self.old)
        if entry is None:
            entry = self._brought_about()
        deployment.scope.settle(entry.state)
        with deployment.lock:
            deployment.settled[self.urn] = entry
        return entry

    def claim(self) -> None:
        """Take the URN for this run.

        Raises:
            EngineError: It is taken, or the parent is not part of the program.
            PassedOverError: What the resource needs has failed.
        """
        goal, deployment = self.goal, self.deployment
        with deployment.lock:
            if self.urn in deployment.goals:
                raise EngineError(say("deployment.duplicate", urn=self.urn))
            if goal.parent and goal.parent not in deployment.goals:
                raise EngineError(say("deployment.no-parent", parent=goal.parent))
            deployment.goals[self.urn] = goal
            if needed(goal) & deployment.failed:
                raise PassedOverError(say("deployment.stopped"))
        deployment.reporter.conceal.learn(goal.inputs)

    def _brought_about(self) -> Entry:
        """Check, compare and act."""
        deployment, goal = self.deployment, self.goal
        refuse_left_out(deployment, self.new)
        self.new = without_circle(deployment, self.new, self.old)
        if goal.custom:
            self.calls = deployment.calls(self.urn, goal.type, goal.provider)
        self._import()
        self._check()
        self.new = gates.examine(deployment, goal, self.new)
        return self._act()

    def _await_cascade(self) -> None:
        """Wait until a deletion of the old resource, begun elsewhere in this run, is over."""
        if self.old is None:
            return
        with self.deployment.lock:
            taken = self.deployment.cascaded.get(self.old)
        if taken is not None:
            taken.done.wait()
            self.deployment.check_open()
            if self.old.state.urn in self.deployment.failed:
                raise StoppedError(say("deployment.stopped"))
            self.recreating = True

    def _resume(self) -> None:
        """Look after an old resource that a dead run was deleting: it may be gone."""
        if self.old is None or self.old.state.pending_replacement:
            return
        state, ledger = self.old.state, self.deployment.ledger
        operation = ledger.interrupted(state)
        if operation is None or operation.kind != "deleting":
            return
        if not state.custom or self.goal.is_provider:
            return
        found = self.deployment.calls_of(state).read(state.id, state.inputs, state.outputs)
        if found is None:
            self._gone(self.old)
            ledger.settle(self.old.state)

    def _look(self) -> None:
        """Take the old resource for what it really is, where the run is so told.

        What an earlier run left in the middle is looked after by itself.
        """
        if self.old is None or self.recreating or not self._is_looked_at(self.old.state):
            return
        if look(self.deployment, self.old):
            self._gone(self.old)

    def _is_looked_at(self, old: ResourceState) -> bool:
        deployment = self.deployment
        chosen = deployment.options.look
        if chosen is None or old.external or not is_lookable(old):
            return False
        is_ours = deployment.scope.includes(self.new) and deployment.ledger.interrupted(old) is None
        return is_ours and chosen(old)

    def _gone(self, old: Entry) -> None:
        """Have *old* made again: nothing stands for it any more."""
        with self.deployment.lock:
            if old in self.deployment.cascaded:
                return
            # Others still name it, and the state must hold together until it is made again.
            gone = replace(old.state, pending_replacement=True, protect=False)
            self.deployment.ledger.amend(old, gone)

    def _import(self) -> None:
        """Take over the existing resource that the program names, if it names one."""
        old = self.old.state if self.old else None
        if self.calls is None or not is_import(self.goal, old):
            return
        if old is not None and not self.recreating:
            self._refuse_protected(old)
        self.old = import_resource(
            self.deployment, self.calls, self.new, self.old, gone=self.recreating
        )
        self.imported, self.recreating = True, False

    def _check(self) -> None:
        """Have the provider check the inputs, and fill in defaults."""
        old = self._old_inputs()
        if old is not None and self.goal.ignore_changes:
            inputs, missed = ignored(self.new.inputs, old, self.goal.ignore_changes)
            if missed:
                text = say("steps.ignore-missed", paths=", ".join(missed))
                self.deployment.reporter.log("warning", text, self.urn)
            self.new = replace(self.new, inputs=inputs)
        if self.calls is not None:
            self.new = replace(self.new, inputs=self._checked(self.calls, old))

    def _checked(self, calls: Calls, old: PropertyMap | None) -> PropertyMap:
        outputs = self.old.state.outputs if self.old and old is not None else None
        checked = calls.check(old, self.new.inputs, self._seed, outputs)
        for failure in checked.failures:
            refused = say("deployment.check-failed", name=self.goal.name, property=failure.property)
            # Long texts stay outside `say`, which refuses values over 1,000 characters.
            self.deployment.reporter.log("error", f"{refused} {failure.reason}", self.urn)
        if checked.failures:
            raise ReportedError(say("deployment.stopped"))
        self.deployment.reporter.conceal.learn(checked.inputs)
        return checked.inputs

    def _old_inputs(self) -> PropertyMap | None:
        """What the provider is told was there; nothing where the resource begins anew."""
        if self.old is None or self.recreating or self.old.state.external:
            return None
        asked = is_replaced_on_request(self.deployment, self.old.state)
        return None if asked else self.old.state.inputs

    def _act(self) -> Entry:
        if self.old is None:
            return self._step().create()
        if self.recreating:
            return self._recreated(self._cascade_diff())
        if self.old.state.external:
            # What was only read is not ours to change: it gives way to a resource that is.
            return self._step().create_beside()
        diff = difference(self.deployment, self.calls, self.old.state, self.new)
        with self.deployment.lock:
            taken = self.old in self.deployment.cascaded
            if not taken:
                self.deployment.decided[self.old.state.urn] = over = threading.Event()
        if taken:
            # A cascade chose it while the provider compared it.
            self._await_cascade()
            return self._recreated(self._cascade_diff())
        try:
            return self._change(self.old, diff)
        finally:
            over.set()

    def _change(self, old: Entry, diff: Diff) -> Entry:
        if old.state.pending_replacement or (diff.changes and diff.replaces):
            return self._replace(old, diff)
        step = self._step(diff)
        if diff.changes or self._unfinished(old.state):
            return step.update()
        # What was imported a moment ago is told already.
        return old if self.imported else step.same()

    def _replace(self, old: Entry, diff: Diff) -> Entry:
        self._refuse_replacing(old.state, diff)
        if not is_replaced_on_request(self.deployment, old.state):
            self._recheck()
        if old.state.pending_replacement:
            return self._recreated(diff)
        delete_first = self.goal.delete_before_replace
        if delete_first is None:
            delete_first = diff.delete_before_replace
        self._mark_replaced()
        if not delete_first:
            return self._step(diff).create_beside()
        self._delete_first(old)
        return self._step(diff).replace_recreated()

    def _refuse_replacing(self, old: ResourceState, diff: Diff) -> None:
        """Pass when the resource may be replaced; a preview goes on past what it has reported.

        Raises:
            ReportedError: It is protected.
            EngineError: It was imported under the id that the program still names.
        """
        self._refuse_protected(old)
        if self.goal.import_id:
            keys = ", ".join(diff.replaces)
            problem = say("steps.import-replaced", name=self.goal.name, keys=keys)
            if not self.deployment.preview:
                raise EngineError(problem)
            self.deployment.reporter.log("warning", problem, self.urn)

    def _refuse_protected(self, old: ResourceState) -> None:
        """Pass unless *old* is protected and the program still wants it so.

        Raises:
            ReportedError: It is; a preview goes on past what it has reported.
        """
        if old.protect and self.new.protect:
            problem = say("deployment.protected-replace", name=self.goal.name)
            self.deployment.reporter.log("error", problem, self.urn)
            if not self.deployment.preview:
                raise ReportedError(problem)

    def _recreated(self, diff: Diff) -> Entry:
        """Make again what was deleted before its replacement."""
        self._mark_replaced()
        return self._step(diff).replace_recreated()

    def _mark_replaced(self) -> None:
        """Tell those that are to be replaced, or are deleted, with this resource."""
        with self.deployment.lock:
            self.deployment.replaced.add(self.urn)

    def _delete_first(self, old: Entry) -> None:
        deployment = self.deployment
        condemned = cascade.condemn(deployment, old)

        def settled(entry: Entry) -> None:
            if entry is not old:
                deployment.cascaded[entry].done.set()

        group = [
            item for item in deployment.ledger.entries() if item is old or item in condemned.chosen
        ]
        try:
            for other in condemned.others:
                other.done.wait()
            deployment.check_open()
            deletes.delete_before_replacing(deployment, group, settled)
        finally:
            # A registration that waits must wake up, also for what was never tried.
            for entry in condemned.chosen:
                settled(entry)

    def _recheck(self) -> None:
        """Check again without the old inputs: a replacement gets fresh defaults."""
        if self.calls is not None:
            self.new = replace(self.new, inputs=wanted(self.goal, self.urn).inputs)
            self.new = replace(self.new, inputs=self._checked(self.calls, None))

    def _unfinished(self, old: ResourceState) -> bool:
        """Whether an earlier run left the resource half done."""
        operation = self.deployment.ledger.interrupted(old)
        dirty = operation is not None and operation.kind in {"updating", "deleting"}
        return bool(old.init_errors) or (dirty and old.custom)

    def _cascade_diff(self) -> Diff:
        taken = self.deployment.cascaded.get(self.old) if self.old else None
        return Diff(changes=True, replaces=taken.keys if taken else ())

    def _step(self, diff: Diff | None = None) -> Step:
        return Step(self.deployment, self.new, self.old, diff or Diff(changes=False), self.calls)


def wanted(goal: Goal, urn: str) -> ResourceState:
    """The resource as the program wants it, before any provider was asked."""
    return ResourceState(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=goal.inputs,
        parent=goal.parent,
        protect=bool(goal.protect),
        dependencies=goal.dependencies,
        provider=goal.provider if goal.custom else "",
        property_dependencies=goal.property_dependencies,
        additional_secret_outputs=goal.additional_secret_outputs,
        custom_timeouts=goal.timeouts,
        import_id=goal.import_id,
        retain_on_delete=bool(goal.retain_on_delete),
        deleted_with=goal.deleted_with,
        replace_with=goal.replace_with,
        source_position=goal.source_position,
        ignore_changes=goal.ignore_changes,
        hide_diffs=goal.hide_diffs,
        replace_on_changes=goal.replace_on_changes,
        replacement_trigger=goal.replacement_trigger,
        hooks=goal.hooks,
    )
