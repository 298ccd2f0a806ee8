"""Removing resources: those that depend on others first, as many at a time as allowed."""

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from hue_infra.engine import records, urns
from hue_infra.engine.api import Op
from hue_infra.engine.deployment import Deployment, ReportedError
from hue_infra.engine.ledger import Entry
from hue_infra.engine.state import ResourceState, Timeouts
from hue_infra.words import say


def delete_leftovers(deployment: Deployment) -> None:
    """Remove every entry that nothing registered: no longer wanted, or replaced."""
    entries = deployment.ledger.untouched()
    if refuse_protected(deployment, entries):
        return
    delete_all(deployment, entries, lambda entry: delete_entry(deployment, entry))


def refuse_protected(deployment: Deployment, entries: Sequence[Entry]) -> bool:
    """Report each protected resource among *entries*; whether there was one."""
    guarded = [entry.state for entry in entries if entry.state.protect]
    for state in guarded:
        problem = say("deployment.protected-delete", name=state.name, type=state.type)
        deployment.fail(state.urn, ReportedError(problem))
        deployment.reporter.log("error", problem, state.urn)
    return bool(guarded)


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

    if not delete_all(deployment, entries, act):
        raise ReportedError(say("deployment.cascade-failed"))


def delete_all(
    deployment: Deployment, entries: Sequence[Entry], act: Callable[[Entry], None]
) -> bool:
    """Run *act* on each entry, dependents first; whether all succeeded.

    What a failed entry depends on is left alone. Entries must stand in state order.
    """
    blockers = dependents_within(entries)
    failed: set[Entry] = set()
    running: dict[Future[None], Entry] = {}
    width = 1 if deployment.preview else max(1, deployment.options.parallel)
    with ThreadPoolExecutor(width, "delete") as pool:
        while blockers or running:
            for entry in _free(blockers, failed):
                context = contextvars.copy_context()
                running[pool.submit(context.run, act, entry)] = entry
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                entry = running.pop(future)
                if _succeeded(deployment, entry, future):
                    for left in blockers.values():
                        left.discard(entry)
                else:
                    failed.add(entry)
    return not failed


def dependents_within(entries: Sequence[Entry]) -> dict[Entry, set[Entry]]:
    """For each entry, the others that must be removed before it.

    In state each resource follows what it depends on, so only earlier entries count:
    that also tells apart the two of one URN while a replacement goes on.
    """
    blockers: dict[Entry, set[Entry]] = {}
    known: dict[str, list[Entry]] = {}
    for entry in entries:
        for urn in references(entry.state):
            for earlier in known.get(urn, ()):
                blockers[earlier].add(entry)
        blockers[entry] = set()
        known.setdefault(entry.state.urn, []).append(entry)
    # Last in the state is removed first, which is also the order in which people think.
    return dict(reversed(blockers.items()))


def references(state: ResourceState) -> set[str]:
    """URNs of all that a resource needs to exist."""
    found = {state.parent, state.deleted_with, *state.dependencies}
    for items in state.property_dependencies.values():
        found.update(items)
    if state.provider:
        found.add(urns.split_reference(state.provider)[0])
    return found - {""}


def _free(blockers: dict[Entry, set[Entry]], failed: set[Entry]) -> list[Entry]:
    """Take out of *blockers* the entries that nothing stands on any more."""
    stuck = [entry for entry, above in blockers.items() if above & failed]
    for entry in stuck:
        failed.add(entry)
        del blockers[entry]
    free = [entry for entry, above in blockers.items() if not above]
    for entry in free:
        del blockers[entry]
    return free


def _succeeded(deployment: Deployment, entry: Entry, future: Future[None]) -> bool:
    error = future.exception()
    if error is None:
        return True
    if not isinstance(error, Exception):
        raise error
    deployment.fail(entry.state.urn, error)
    return False


def delete_entry(deployment: Deployment, entry: Entry, *, replaced: bool = False) -> None:
    """Remove one resource; with *replaced* its record stays, waiting for the replacement."""
    state = entry.state
    deployment.check_open()
    if state.pending_replacement or state.external:
        if state.pending_replacement:
            deployment.reporter.planned(records.record("remove-pending-replace", state))
        _forget(deployment, entry)
        return
    op: Op = "delete-replaced" if replaced or state.delete else "delete"
    step = records.record(op, state)
    deployment.reporter.planned(step)
    if deployment.preview:
        _settle(deployment, 0, entry, replaced=replaced)
        return
    with deployment.slot(), deployment.reporter.running(step):
        ticket = deployment.ledger.begin("deleting", state)
        try:
            _ask(deployment, state)
        except BaseException:
            deployment.ledger.failed(ticket)
            raise
        _settle(deployment, ticket, entry, replaced=replaced)


def _ask(deployment: Deployment, state: ResourceState) -> None:
    if not state.custom or state.retain_on_delete or urns.is_provider(state.type):
        return
    timeout = (state.custom_timeouts or Timeouts()).delete
    deployment.calls_of(state).delete(state.id, state.inputs, state.outputs, timeout)


def _settle(deployment: Deployment, ticket: int, entry: Entry, *, replaced: bool) -> None:
    ledger = deployment.ledger
    if replaced and not entry.state.delete:
        ledger.amend(entry, replace(entry.state, pending_replacement=True))
        ledger.done(ticket)
    else:
        ledger.done(ticket, old=entry)


def _forget(deployment: Deployment, entry: Entry) -> None:
    ticket = deployment.ledger.begin("deleting", entry.state)
    deployment.ledger.done(ticket, old=entry)
