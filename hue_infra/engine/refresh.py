"""Recording every resource as it really is.

Source: pulumi/pulumi, pkg/resource/deploy/deployment_executor.go (refresh, rebuildBaseState).
"""

import contextvars
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hue_infra.engine import records, urns
from hue_infra.engine.api import Change
from hue_infra.engine.calls import Calls, with_secret_outputs
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.ledger import Entry
from hue_infra.engine.state import ResourceState
from hue_infra.words import say

Chosen = Callable[[ResourceState], bool]


def _every(_: ResourceState) -> bool:
    return True


def refresh(deployment: Deployment, chosen: Chosen = _every) -> None:
    """Read what this run has not touched yet; drop what is gone, and references to it.

    Args:
        deployment: The run; its scope tells what is read.
        chosen: A further condition on what is read.
    """
    untouched = deployment.ledger.untouched()
    in_scope = {id(state) for state in deployment.scope.to_read(entry.state for entry in untouched)}
    entries = [
        entry
        for entry in untouched
        if id(entry.state) in in_scope and is_lookable(entry.state) and chosen(entry.state)
    ]
    with ThreadPoolExecutor(max(1, deployment.options.parallel), "refresh") as pool:
        futures = [
            pool.submit(contextvars.copy_context().run, _refresh_one, deployment, entry)
            for entry in entries
        ]
    gone = {entry for entry, future in zip(entries, futures, strict=True) if future.result()}
    drop(deployment, gone)
    read = {entry.state.urn for entry in entries}
    for operation in deployment.ledger.pending():
        # What was being created cannot be read without an id, so its warning stays.
        if operation.kind != "creating" and operation.resource.urn in read:
            deployment.ledger.settle(operation.resource)


def refresh_entry(deployment: Deployment, entry: Entry, calls: Calls | None = None) -> bool:
    """Read one resource and record what was found; whether it is gone.

    Args:
        deployment: The run.
        entry: The resource.
        calls: Its provider; the recorded one by default.

    Raises:
        EngineError: It could not be read.
    """
    state = entry.state
    with deployment.slot(state.urn):
        found = _read(deployment, state, calls or deployment.calls_of(state))
    if found is None:
        change = Change("id", "delete", state.id)
        deployment.reporter.planned(records.refreshed(state, None, (change,)))
        return True
    changes = records.output_changes(state, found)
    deployment.reporter.planned(records.refreshed(state, found, changes))
    if found != state:
        deployment.ledger.amend(entry, found)
    return False


def look(deployment: Deployment, entry: Entry) -> bool:
    """Take *entry* for what it really is, before it is compared; whether it is gone.

    Silence says nothing: what cannot be looked at stays as it is recorded, and that is told once
    for each reason. What was not ready stays so until an update has waited for it.
    """
    state = entry.state
    with deployment.slot(state.urn):
        try:
            found = _read(deployment, state, deployment.calls_of(state))
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was learnt
            _tell_unseen(deployment, state, str(error))
            return False
    if found is None:
        return True
    found = replace(found, init_errors=found.init_errors or state.init_errors)
    with deployment.lock:
        # What a cascade has chosen meanwhile is about to go.
        if entry not in deployment.cascaded:
            deployment.ledger.amend(entry, found)
    return False


def _tell_unseen(deployment: Deployment, state: ResourceState, why: str) -> None:
    with deployment.lock:
        is_news = why not in deployment.unseen
        deployment.unseen.add(why)
    if is_news:
        text = say("deployment.not-looked", name=state.name)
        deployment.reporter.log("warning", f"{text} {why}", state.urn)


def drop(deployment: Deployment, gone: Collection[Entry]) -> None:
    """Take *gone* out of the state, and every reference to a URN that nobody bears any more.

    References go first and then what they name, dependents first: a run may die between any two.
    """
    if not gone:
        return
    ledger = deployment.ledger
    entries = ledger.entries()
    ledger.release(gone)
    for entry in reversed(entries):
        if entry in gone:
            ledger.done(ledger.begin("deleting", entry.state), old=entry)


def is_lookable(state: ResourceState) -> bool:
    """Whether a provider can be asked how the resource is now."""
    return state.custom and not state.pending_replacement and not urns.is_provider(state.type)


def _refresh_one(deployment: Deployment, entry: Entry) -> bool:
    try:
        return refresh_entry(deployment, entry)
    except Exception as error:  # noqa: BLE001 - one resource's failure, reported as such
        deployment.fail(entry.state.urn, error)
        return False


def _read(deployment: Deployment, state: ResourceState, calls: Calls) -> ResourceState | None:
    conceal = deployment.reporter.conceal
    conceal.learn(state.inputs)
    conceal.learn(state.outputs)
    found, reasons = calls.look(state.id, state.inputs, state.outputs)
    if found is None:
        return None
    outputs = with_secret_outputs(found.outputs, state.additional_secret_outputs)
    return replace(
        state,
        id=found.id,
        outputs=deployment.sealed(outputs),
        inputs=state.inputs if found.inputs is None else found.inputs,
        init_errors=reasons,
        refresh_before_update=found.refresh_before_update or state.refresh_before_update,
    )
