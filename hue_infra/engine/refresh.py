"""Recording every resource as it really is."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hue_infra.engine import records, urns
from hue_infra.engine.api import Change, StepRecord
from hue_infra.engine.calls import with_secret_outputs
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.ledger import Entry
from hue_infra.engine.provider import PartialFailure, State
from hue_infra.engine.state import ResourceState


def refresh(deployment: Deployment) -> None:
    """Read every managed resource; drop those that are gone, and references to them."""
    entries = [entry for entry in deployment.ledger.entries() if _is_read(entry.state)]
    with ThreadPoolExecutor(max(1, deployment.options.parallel), "refresh") as pool:
        futures = [
            pool.submit(contextvars.copy_context().run, _refresh_one, deployment, entry)
            for entry in entries
        ]
    gone = {entry for entry, future in zip(entries, futures, strict=True) if future.result()}
    _drop(deployment, gone)
    for operation in deployment.ledger.pending():
        # What was being created cannot be read without an id, so its warning stays.
        if operation.kind != "creating":
            deployment.ledger.settle(operation.resource.urn)


def _is_read(state: ResourceState) -> bool:
    return state.custom and not state.pending_replacement and not urns.is_provider(state.type)


def _refresh_one(deployment: Deployment, entry: Entry) -> bool:
    """Read one resource and record what was found; whether it is gone."""
    state = entry.state
    try:
        with deployment.slot():
            found = _read(deployment, state)
    except Exception as error:  # noqa: BLE001 - one resource's failure, reported as such
        deployment.fail(state.urn, error)
        return False
    if found is None:
        change = Change("id", "delete", state.id)
        deployment.reporter.planned(_record(state, (change,)))
        return True
    changes = records.output_changes(state, found)
    deployment.reporter.planned(_record(found, changes))
    if found != state:
        deployment.ledger.amend(entry, found)
    return False


def _read(deployment: Deployment, state: ResourceState) -> ResourceState | None:
    calls, conceal = deployment.calls_of(state), deployment.reporter.conceal
    conceal.learn(state.inputs)
    conceal.learn(state.outputs)
    reasons: tuple[str, ...] = ()
    try:
        found = calls.read(state.id, state.inputs, state.outputs)
    except PartialFailure as failure:
        found = State(failure.id or state.id, failure.outputs, failure.inputs)
        reasons = failure.reasons
    if found is None:
        return None
    outputs = with_secret_outputs(found.outputs, state.additional_secret_outputs)
    return replace(
        state,
        id=found.id,
        outputs=conceal.sealed(outputs),
        inputs=state.inputs if found.inputs is None else found.inputs,
        init_errors=reasons,
    )


def _record(state: ResourceState, changes: tuple[Change, ...]) -> StepRecord:
    return replace(records.record("refresh", state), changes=changes)


def _drop(deployment: Deployment, gone: set[Entry]) -> None:
    """Take *gone* out of the state, and every reference to a URN that is left by nobody."""
    ledger = deployment.ledger
    for entry in gone:
        ledger.done(ledger.begin("deleting", entry.state), old=entry)
    alive = {entry.state.urn for entry in ledger.entries()}
    parents = {entry.state.urn: entry.state.parent for entry in gone}
    for entry in ledger.entries():
        ledger.amend(entry, _undangled(entry.state, alive, parents))


def _undangled(state: ResourceState, alive: set[str], parents: dict[str, str]) -> ResourceState:
    parent = state.parent
    while parent and parent not in alive:
        parent = parents.get(parent, "")
    by_property = {
        key: tuple(urn for urn in items if urn in alive)
        for key, items in state.property_dependencies.items()
    }
    kept = tuple(urn for urn in state.dependencies if urn in alive)
    if (parent, kept) == (state.parent, state.dependencies) and by_property == dict(
        state.property_dependencies
    ):
        return state
    return replace(state, parent=parent, dependencies=kept, property_dependencies=by_property)
