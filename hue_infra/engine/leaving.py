"""What a run leaves as it is: resources outside its scope, and those it was never to make.

A destroy or a refresh that runs the program makes providers and components, for what is to be
destroyed or read needs them; it makes nothing else. What is left unmade is answered with a skipped
entry, which nothing records.
Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, continueStepsFromRefresh,
continueStepsFromImport and validateSteps.
"""

from dataclasses import replace

from hue_infra.engine import records, refresh
from hue_infra.engine.deployment import Deployment, ReportedError
from hue_infra.engine.goal import Goal
from hue_infra.engine.ledger import Entry
from hue_infra.engine.relations import needed
from hue_infra.engine.state import ResourceState
from hue_infra.engine.steps import Step
from hue_infra.errors import EngineError
from hue_infra.words import say


def left_alone(
    deployment: Deployment, goal: Goal, new: ResourceState, old: Entry | None
) -> Entry | None:
    """What a registered resource comes to when this run is not to bring it about.

    None when it is.
    """
    if deployment.kind != "up" and (found := _unmade(deployment, goal, new, old)):
        return found
    if deployment.scope.includes(new):
        return None
    return skipped(deployment, new) if old is None else _kept(deployment, goal, old)


def refuse_left_out(deployment: Deployment, new: ResourceState) -> None:
    """Pass when all that *new* needs is made; a preview goes on past what it has reported.

    Raises:
        ReportedError: A new resource that it needs is not among the targets.
    """
    with deployment.lock:
        missing = sorted(needed(new) & deployment.skipped)
        # Told once is enough.
        deployment.skipped.difference_update(missing if deployment.preview else ())
    for urn in missing:
        problem = say("targets.left-out", name=new.name, other=urn)
        deployment.reporter.log("error", problem, new.urn)
        if not deployment.preview:
            raise ReportedError(problem)


def without_circle(deployment: Deployment, new: ResourceState, old: Entry | None) -> ResourceState:
    """*new*, unless it would stand on itself by way of what this run leaves as it is recorded.

    Then a destroy or a refresh, which changes nothing, keeps to what is recorded.

    Raises:
        EngineError: An apply cannot bring it about.
    """
    if old is None or (deployment.kind == "up" and not deployment.scope):
        return new
    added = needed(new) - needed(old.state)
    other = _on_top(deployment, {new.urn, old.state.urn}, added) if added else None
    if other is None:
        return new
    if deployment.kind == "up":
        raise EngineError(say("targets.circle", name=new.name, other=other))
    return replace(
        new,
        parent=old.state.parent,
        dependencies=old.state.dependencies,
        property_dependencies=old.state.property_dependencies,
        deleted_with=old.state.deleted_with,
        replace_with=old.state.replace_with,
    )


def _on_top(deployment: Deployment, bases: set[str], urns: set[str]) -> str | None:
    """One of *urns* that stands, through others or not, on one of *bases*."""
    needs: dict[str, set[str]] = {}
    for state in (entry.state for entry in deployment.ledger.entries()):
        # What was replaced counts where nothing is made: it still stands on what is recorded.
        if not state.delete or deployment.kind != "up":
            needs.setdefault(state.urn, set()).update(needed(state))
    for urn in sorted(urns):
        waiting, seen = [urn], {urn}
        while waiting:
            found = needs.get(waiting.pop(), set())
            if found & bases:
                return urn
            waiting.extend(found - seen)
            seen |= found
    return None


def lacks(deployment: Deployment, new: ResourceState) -> bool:
    """Whether *new* needs something that this run leaves unmade."""
    with deployment.lock:
        return bool(needed(new) & deployment.skipped)


def _unmade(
    deployment: Deployment, goal: Goal, new: ResourceState, old: Entry | None
) -> Entry | None:
    """What becomes of a resource when the run is to destroy or to read; None: it is made."""
    if lacks(deployment, new):
        return skipped(deployment, new, old)
    if not goal.custom or goal.is_provider:
        return None
    if old is None:
        return skipped(deployment, new)
    if deployment.kind == "destroy":
        new = without_circle(deployment, new, old)
        return Step(deployment, _to_go(new, old.state), old).same()
    return _read_again(deployment, goal, new, old)


def _to_go(new: ResourceState, old: ResourceState) -> ResourceState:
    """*new* as it really is, and standing on all that it really stands on: for its deletion.

    What was only looked up is another's, whatever the program now says of it.
    """
    return replace(
        new,
        external=old.external,
        pending_replacement=old.pending_replacement,
        inputs=old.inputs,
        dependencies=tuple(dict.fromkeys((*new.dependencies, *old.dependencies))),
        property_dependencies=old.property_dependencies,
    )


def _read_again(deployment: Deployment, goal: Goal, new: ResourceState, old: Entry) -> Entry:
    """The resource as it is now, asked of the provider that the program has configured."""
    if not deployment.scope.reads(old.state):
        return _kept(deployment, goal, old)
    calls = deployment.calls(new.urn, goal.type, goal.provider)
    if refresh.refresh_entry(deployment, old, calls):
        refresh.drop(deployment, {old})
        return skipped(deployment, new)
    return _kept(deployment, goal, old)


def _kept(deployment: Deployment, goal: Goal, old: Entry) -> Entry:
    """The old resource, registered as it is recorded, under the name that it has there."""
    entry = Entry(old.state)
    if deployment.kind == "up":
        deployment.reporter.planned(records.record("same", old.state))
    deployment.ledger.same(entry, old)
    with deployment.lock:
        # Its children may name it as it is recorded.
        deployment.goals.setdefault(old.state.urn, goal)
    return entry


def skipped(deployment: Deployment, new: ResourceState, old: Entry | None = None) -> Entry:
    """An answer for what is left unmade; what needs it is to be left so too."""
    with deployment.lock:
        deployment.skipped.add(new.urn)
    # The program may go on with what there was.
    return Entry(replace(new, outputs=old.state.outputs if old else {}), skipped=True)
