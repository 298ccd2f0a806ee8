"""One resource on its way from what the program wants to what is recorded.

The order is upstream's: name, old state, provider, check, gate, compare, act.
Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go.
"""

import secrets
import threading
from dataclasses import replace

from hue_infra.engine import cascade, deletes, urns
from hue_infra.engine.aliases import alias_urns
from hue_infra.engine.api import AnalyzedResource
from hue_infra.engine.calls import Calls
from hue_infra.engine.deployment import Deployment, ReportedError, StoppedError
from hue_infra.engine.goal import Goal
from hue_infra.engine.ledger import Entry
from hue_infra.engine.property_paths import ignoring
from hue_infra.engine.provider import Diff
from hue_infra.engine.registry import settings
from hue_infra.engine.state import ResourceState
from hue_infra.engine.steps import Step
from hue_infra.engine.values import PropertyMap, diff_values
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
        self._seed = secrets.token_bytes(_SEED_BYTES)

    def run(self) -> Entry:
        """Bring the resource to what the program wants; returns what is now recorded.

        Raises:
            EngineError: It failed; the caller reports it.
        """
        self.deployment.check_open()
        self.claim()
        self.old = self.find_old()
        self._await_cascade()
        self._resume()
        if self.goal.custom:
            self.calls = self.deployment.calls(self.urn, self.goal.type, self.goal.provider)
        self._check()
        self._analyze()
        entry = self._act()
        with self.deployment.lock:
            self.deployment.settled[self.urn] = entry
        return entry

    def claim(self) -> None:
        """Take the URN for this run."""
        goal, deployment = self.goal, self.deployment
        with deployment.lock:
            if self.urn in deployment.goals:
                raise EngineError(say("deployment.duplicate", urn=self.urn))
            if goal.parent and goal.parent not in deployment.goals:
                raise EngineError(say("deployment.no-parent", parent=goal.parent))
            deployment.goals[self.urn] = goal
            needed = {goal.parent, *goal.dependencies}
            for items in goal.property_dependencies.values():
                needed.update(items)
            if needed & deployment.failed:
                raise StoppedError(say("deployment.stopped"))
        deployment.reporter.conceal.learn(goal.inputs)

    def find_old(self) -> Entry | None:
        """What the state knows of the resource, under its URN or an alias."""
        deployment = self.deployment
        with deployment.lock:
            if self.urn in deployment.olds:
                return deployment.olds[self.urn]
            for alias in alias_urns(self.goal, deployment.stack, deployment.aliases):
                if alias in deployment.olds:
                    return self._adopt(alias)
        return None

    def _adopt(self, alias: str) -> Entry:
        """Take over the old resource under *alias*."""
        deployment = self.deployment
        if alias in deployment.goals or alias in deployment.aliases.values():
            raise EngineError(say("deployment.alias-taken", alias=alias, urn=self.urn))
        deployment.aliases[self.urn] = alias
        deployment.ledger.rename(alias, self.urn)
        return deployment.olds[alias]

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
        operation = ledger.interrupted(state.urn)
        if operation is None or operation.kind != "deleting" or operation.resource.delete:
            return
        if not state.custom or self.goal.is_provider:
            return
        found = self.deployment.calls_of(state).read(state.id, state.inputs, state.outputs)
        if found is None:
            ledger.done(ledger.begin("deleting", state), old=self.old)
            self.old = None

    def _check(self) -> None:
        """Have the provider check the inputs, and fill in defaults."""
        old = self._old_inputs()
        if old is not None and self.goal.ignore_changes:
            self.new = replace(
                self.new, inputs=ignoring(self.new.inputs, old, self.goal.ignore_changes)
            )
        if self.calls is not None:
            self.new = replace(self.new, inputs=self._checked(self.calls, old))

    def _checked(self, calls: Calls, old: PropertyMap | None) -> PropertyMap:
        checked = calls.check(old, self.new.inputs, self._seed)
        for failure in checked.failures:
            refused = say("deployment.check-failed", name=self.goal.name, property=failure.property)
            # Long texts stay outside `say`, which refuses values over 1,000 characters.
            self.deployment.reporter.log("error", f"{refused} {failure.reason}", self.urn)
        if checked.failures:
            raise ReportedError(say("deployment.stopped"))
        self.deployment.reporter.conceal.learn(checked.inputs)
        return checked.inputs

    def _old_inputs(self) -> PropertyMap | None:
        if self.old is None or self.recreating or self.old.state.external:
            return None
        return self.old.state.inputs

    def _analyze(self) -> None:
        """Show the resource to the gate; a mandatory rule it breaks fails it, but in preview."""
        resource = AnalyzedResource(
            self.urn,
            self.goal.type,
            self.goal.name,
            self.new.inputs,
            self.goal.parent,
            self.goal.provider,
        )
        reporter = self.deployment.reporter
        found = [
            item for gate in self.deployment.options.analyzers for item in gate.analyze(resource)
        ]
        for violation in found:
            reporter.violation(violation)
            text = f"{say('deployment.violation', rule=violation.rule)} {violation.message}"
            reporter.log("error" if violation.mandatory else "warning", text, self.urn)
        if any(item.mandatory for item in found) and not self.deployment.preview:
            raise ReportedError(say("deployment.stopped"))

    def _act(self) -> Entry:
        if self.old is None:
            return self._step().create()
        if self.recreating:
            return self._step(self._cascade_diff()).replace_recreated()
        if self.old.state.external:
            return self._step().create()
        diff = self._diff(self.old.state)
        with self.deployment.lock:
            taken = self.old in self.deployment.cascaded
            if not taken:
                self.deployment.decided[self.old.state.urn] = over = threading.Event()
        if taken:
            # A cascade chose it while the provider compared it.
            self._await_cascade()
            return self._step(self._cascade_diff()).replace_recreated()
        try:
            return self._change(self.old, diff)
        finally:
            over.set()

    def _change(self, old: Entry, diff: Diff) -> Entry:
        if old.state.pending_replacement:
            self._recheck()
            return self._step(diff).replace_recreated()
        if diff.changes and diff.replaces:
            return self._replace(old, diff)
        step = self._step(diff)
        return step.update() if diff.changes or self._unfinished(old.state) else step.same()

    def _replace(self, old: Entry, diff: Diff) -> Entry:
        if old.state.protect and self.new.protect:
            problem = say("deployment.protected-replace", name=self.goal.name)
            self.deployment.reporter.log("error", problem, self.urn)
            if not self.deployment.preview:
                raise ReportedError(problem)
        self._recheck()
        delete_first = self.goal.delete_before_replace
        if delete_first is None:
            delete_first = diff.delete_before_replace
        if not delete_first:
            return self._step(diff).create_beside()
        self._delete_first(old)
        return self._step(diff).replace_recreated()

    def _delete_first(self, old: Entry) -> None:
        deployment = self.deployment
        condemned = cascade.condemn(deployment, old)

        def settled(entry: Entry) -> None:
            if entry is not old:
                deployment.cascaded[entry].done.set()

        group = [
            item
            for item in deployment.ledger.untouched()
            if item is old or item in condemned.chosen
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
        operation = self.deployment.ledger.interrupted(old.urn)
        dirty = operation is not None and operation.kind in {"updating", "deleting"}
        return bool(old.init_errors) or (dirty and old.custom)

    def _diff(self, old: ResourceState) -> Diff:
        if self._provider_changed(old):
            return Diff(changes=True, replaces=("provider",))
        diff = Diff(changes=None)
        if self.calls is not None:
            diff = self.calls.diff(
                old.id, (old.inputs, old.outputs), self.new.inputs, self.goal.ignore_changes
            )
        if diff.changes is None:
            differs = bool(diff_values(old.inputs, self.new.inputs))
            diff = replace(diff, changes=differs)
        return cascade.with_forced(diff, self.new, old)

    def _provider_changed(self, old: ResourceState) -> bool:
        """Whether another provider manages the resource, which must then be replaced."""
        deployment, reference = self.deployment, self.new.provider
        if old.provider == reference or self.goal.is_provider:
            return False
        if not old.provider or not reference:
            return old.custom or self.goal.custom
        old_urn, new_urn = (urns.split_reference(item)[0] for item in (old.provider, reference))
        if deployment.aliases.get(new_urn) == old_urn:
            return False
        if urns.type_of(old_urn) != urns.type_of(new_urn):
            return True
        before, after = deployment.olds.get(old_urn), deployment.settled.get(new_urn)
        if before is None or after is None:
            return True
        provider = deployment.calls(self.urn, self.goal.type, reference).provider
        diff = provider.diff_config(settings(before.state.inputs), settings(after.state.inputs))
        return bool(diff.replaces)

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
        retain_on_delete=bool(goal.retain_on_delete),
        source_position=goal.source_position,
        ignore_changes=goal.ignore_changes,
        replace_on_changes=goal.replace_on_changes,
    )
