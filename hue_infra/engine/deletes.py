"""Removing resources: those that depend on others first, as many at a time as allowed.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go (GenerateDeletes, ScheduleDeletes)
and step.go (DeleteStep).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from hue_infra.engine import records, urns
from hue_infra.engine.api import Op
from hue_infra.engine.deployment import Deployment, ProtectedError, ReportedError
from hue_infra.engine.hooks import HookError
from hue_infra.engine.ledger import Entry
from hue_infra.engine.relations import needed
from hue_infra.engine.state import ResourceState, Timeouts
from hue_infra.engine.teardown import go_backwards
from hue_infra.words import say


def delete_leftovers(deployment: Deployment) -> None:
    """Remove every entry that nothing registered, no longer wanted or replaced; to destroy, all.

    What failed keeps what it stands on, and so does what the run's scope leaves alone.
    """
    whole = deployment.kind == "destroy"
    entries = deployment.ledger.entries() if whole else deployment.ledger.untouched()
    kept = _standing(entries, _failed(deployment, entries))
    doomed = _in_scope(deployment, [entry for entry in entries if entry not in kept])
    going = set(doomed)
    for entry in () if whole else entries:
        if entry not in kept and entry not in going:
            deployment.reporter.planned(records.record("same", entry.state))
    if _refuse_unnamed(deployment, doomed) and not deployment.preview:
        return
    with deployment.lock:
        deployment.doomed.update(entry.state.urn for entry in doomed)
    delete_all(deployment, doomed, lambda entry: delete_entry(deployment, entry))


def _in_scope(deployment: Deployment, entries: Sequence[Entry]) -> list[Entry]:
    """Which of *entries* the run may delete: nothing that what it leaves alone stands on."""
    allowed = deployment.scope.to_delete(deployment.before)
    if allowed is None:
        return list(entries)
    chosen = {entry for entry in entries if _is_in(deployment, entry, allowed)}
    every = deployment.ledger.entries()
    staying = {entry for entry in every if entry not in chosen}
    while held := _held(every, staying):
        staying |= held
    return [entry for entry in entries if entry in chosen and entry not in staying]


def _held(every: Sequence[Entry], staying: set[Entry]) -> set[Entry]:
    """What else must stay: what *staying* stands on, and what manages it."""
    # Of what is replaced, who stays means the replacement, if that has the same name.
    alive = {entry.state.urn for entry in every if not entry.state.delete}
    needed_still = {
        entry
        for entry in _standing(every, staying)
        if not entry.state.delete or entry.state.urn not in alive
    }
    managers = {entry.state.provider for entry in staying}
    managing = {entry for entry in every if _reference(entry.state) in managers}
    return (needed_still | managing) - staying


def _reference(state: ResourceState) -> str | None:
    """How others name a provider; of one that is replaced too: it still manages what it made."""
    return urns.reference(state.urn, state.id) if urns.is_provider(state.type) else None


def _is_in(deployment: Deployment, entry: Entry, allowed: Collection[str]) -> bool:
    urn = entry.state.urn
    return urn in allowed or deployment.aliases.get(urn) in allowed


def _failed(deployment: Deployment, entries: Sequence[Entry]) -> set[Entry]:
    """The entries of resources that the program still has, but whose step has failed."""
    failed = {deployment.aliases.get(urn, urn) for urn in deployment.failed} | deployment.failed
    return {entry for entry in entries if entry.state.urn in failed and not entry.state.delete}


def _standing(entries: Sequence[Entry], kept: set[Entry]) -> set[Entry]:
    """*kept* with all among *entries*, which stand in state order, that it stands on."""
    found: set[Entry] = set()
    names: set[str] = set()
    for entry in reversed(entries):
        if entry in kept or entry.state.urn in names:
            found.add(entry)
            names |= needed(entry.state)
    return found


def _refuse_unnamed(deployment: Deployment, entries: Sequence[Entry]) -> bool:
    """Report each entry that would go for the sake of a target; whether there was one."""
    unnamed = [entry.state for entry in entries if deployment.scope.unnamed(entry.state.urn)]
    for state in unnamed:
        problem = say("targets.unnamed", name=state.name, urn=state.urn)
        deployment.fail(state.urn, ReportedError(problem))
        deployment.reporter.log("error", problem, state.urn)
    return bool(unnamed)


def delete_before_replacing(
    deployment: Deployment, entries: Sequence[Entry], settled: Callable[[Entry], None]
) -> None:
    """Remove resources whose replacement comes after; *settled* is told of each, done or not.

    Raises:
        ReportedError: At least one could not be removed.
    """

    def act(entry: Entry) -> None:
        try:
            delete_entry(deployment, entry, replaced=True)
        finally:
            settled(entry)

    with deployment.lock:
        deployment.doomed.update(entry.state.urn for entry in entries)
    if not delete_all(deployment, entries, act):
        raise ReportedError(say("deployment.cascade-failed"))


def delete_all(
    deployment: Deployment, entries: Sequence[Entry], act: Callable[[Entry], None]
) -> bool:
    """Run *act* on each entry, dependents first; whether all succeeded.

    What a failed entry depends on is left alone. Entries must stand in state order.
    """
    width = 1 if deployment.preview else max(1, deployment.options.parallel)
    return go_backwards(
        entries, act, lambda entry, error: deployment.fail(entry.state.urn, error), width
    )


def delete_entry(deployment: Deployment, entry: Entry, *, replaced: bool = False) -> None:
    """Remove one resource; with *replaced* its record stays, waiting for the replacement."""
    state = entry.state
    deployment.check_open()
    if state.pending_replacement:
        deployment.reporter.planned(records.record("remove-pending-replace", state))
        _forget(deployment, entry)
        return
    step = records.record(_op(state, replaced=replaced or state.delete), state)
    deployment.reporter.planned(step)
    if deployment.preview:
        with deployment.slot(state.urn):
            _begin(deployment, state, replaced=replaced)
            _settle(deployment, 0, entry, replaced=replaced)
            _end(deployment, state)
        return
    with deployment.slot(state.urn), deployment.reporter.running(step):
        _begin(deployment, state, replaced=replaced)
        ticket = deployment.ledger.begin("deleting", state)
        try:
            _ask(deployment, state)
        except BaseException:
            deployment.ledger.failed(ticket)
            raise
        _settle(deployment, ticket, entry, replaced=replaced)
        _end(deployment, state)


def _op(state: ResourceState, *, replaced: bool) -> Op:
    if state.external:
        return "discard-replaced" if replaced else "read-discard"
    return "delete-replaced" if replaced else "delete"


def _begin(deployment: Deployment, state: ResourceState, *, replaced: bool) -> None:
    """Call the hooks before a deletion, and refuse it for a protected resource.

    Raises:
        HookError: A hook refuses it, or is not there: deletions with hooks need the program.
        ProtectedError: The resource is protected, and not on its way to be replaced.
    """
    deployment.hooks.around("before_delete", old=state)
    if state.protect and not (replaced or state.delete):
        raise ProtectedError(say("deployment.protected-delete", name=state.name, type=state.type))


def _end(deployment: Deployment, state: ResourceState) -> None:
    try:
        deployment.hooks.around("after_delete", old=state)
    except HookError as error:
        deployment.fail_late(state.urn, error)


def _ask(deployment: Deployment, state: ResourceState) -> None:
    """Have the provider delete a resource that is its to delete."""
    if not state.custom or state.external or state.retain_on_delete:
        return
    if urns.is_provider(state.type) or state.deleted_with in deployment.doomed:
        return
    calls = deployment.calls_of(state)
    timeout = (state.custom_timeouts or Timeouts()).delete
    deployment.hooks.trying(
        "delete",
        lambda: calls.delete(state.id, state.inputs, state.outputs, timeout),
        old=state,
    )


def _settle(deployment: Deployment, ticket: int, entry: Entry, *, replaced: bool) -> None:
    ledger = deployment.ledger
    if replaced and not entry.state.delete:
        ledger.amend(entry, replace(entry.state, pending_replacement=True))
        ledger.done(ticket)
        return
    if replaced:
        # A cascade takes it out before the run's end. What stood on it waits for a replacement of
        # its own, or is yet to be registered or deleted.
        ledger.release({entry})
    ledger.done(ticket, old=entry)


def _forget(deployment: Deployment, entry: Entry) -> None:
    ticket = deployment.ledger.begin("deleting", entry.state)
    deployment.ledger.done(ticket, old=entry)
