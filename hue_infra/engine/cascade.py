"""Which recorded resources must go first when one is deleted before its replacement.

A dependent goes too if its provider says that it would be replaced once the properties
taken from the condemned resources change; for that they are made unknown and compared. So does
what is to be deleted, or replaced, with a condemned resource.
Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, calculateDependentReplacements and
findDependentCascadeReplacements.
"""

import threading
from dataclasses import dataclass, replace

from hue_infra.engine import urns
from hue_infra.engine.deployment import Cascade, Deployment, StoppedError
from hue_infra.engine.differences import compared, with_forced
from hue_infra.engine.ledger import Entry
from hue_infra.engine.relations import needed
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import UNKNOWN
from hue_infra.errors import EngineError
from hue_infra.words import say


@dataclass(frozen=True, slots=True)
class Condemned:
    """What must be deleted before a resource can be.

    Attributes:
        chosen: By this cascade, in state order.
        others: By other cascades of this run, which must have done so first.
    """

    chosen: tuple[Entry, ...]
    others: tuple[Cascade, ...]


def condemn(deployment: Deployment, root: Entry) -> Condemned:
    """Choose and mark the dependents of *root* that must be deleted before it.

    What is marked here no registration takes as it was any more.

    Raises:
        EngineError: One of them is protected.
    """
    while True:
        with deployment.lock:
            found, busy = _dependents(deployment, root)
            if not busy:
                return _marked(deployment, root, found)
        # They stand on *root* until their own step is over. Only a later entry of the state is
        # ever waited for, so that no two cascades wait for each other.
        for step in busy:
            step.wait()
        deployment.check_open()


def _marked(deployment: Deployment, root: Entry, found: dict[Entry, Cascade]) -> Condemned:
    marked = {entry: mark for entry, mark in found.items() if entry not in deployment.cascaded}
    for entry in marked:
        if entry.state.protect:
            name, base = entry.state.name, root.state.name
            raise EngineError(say("deployment.protected-cascade", name=name, root=base))
    others = tuple(deployment.cascaded[entry] for entry in found if entry not in marked)
    deployment.cascaded.update(marked)
    chosen = tuple(entry for entry in marked if not entry.state.pending_replacement)
    for entry, mark in marked.items():
        if entry.state.pending_replacement:
            # An earlier run has deleted it already.
            mark.done.set()
    return Condemned(chosen, others)


def _dependents(
    deployment: Deployment, root: Entry
) -> tuple[dict[Entry, Cascade], list[threading.Event]]:
    """The dependents to delete, and the steps that dependents are in the middle of."""
    tainted = {root.state.urn}
    condemned = {root.state.urn}
    found: dict[Entry, Cascade] = {}
    busy: list[threading.Event] = []
    for entry in deployment.ledger.untouched():
        state = entry.state
        if entry is root or not needed(replace(state, parent="")) & tainted:
            continue
        if not state.delete and state.urn in deployment.decided:
            busy += _unfinished_step(deployment, entry)
            continue
        tainted.add(state.urn)
        # What is left over from an earlier replacement is deleted in any case.
        keys: tuple[str, ...] | None = ()
        if not state.delete:
            keys = _replaced_by(deployment, state, root.state.urn, condemned)
        if keys is not None:
            found[entry] = Cascade(threading.Event(), keys)
            condemned.add(state.urn)
    return found, busy


def _unfinished_step(deployment: Deployment, entry: Entry) -> list[threading.Event]:
    over = deployment.decided[entry.state.urn]
    if not over.is_set() or entry.state.delete:
        # In the second case it was replaced just now: to be looked at again.
        return [over]
    if entry in deployment.ledger.untouched():
        # It is still there as it was, so its step has failed.
        raise StoppedError(say("deployment.stopped"))
    return []


def _replaced_by(
    deployment: Deployment, state: ResourceState, root: str, condemned: set[str]
) -> tuple[str, ...] | None:
    """The properties for which *state* must be replaced too; None if it need not be."""
    if root in (state.deleted_with, *state.replace_with):
        return ()
    if not state.custom or state.external:
        return None
    if state.provider and urns.split_reference(state.provider)[0] in condemned:
        return ()
    return () if state.deleted_with in condemned else _replaced_for(deployment, state, condemned)


def _replaced_for(
    deployment: Deployment, state: ResourceState, condemned: set[str]
) -> tuple[str, ...] | None:
    """As `_replaced_by`, for the properties that are taken from condemned resources."""
    hit = {
        key
        for key, items in state.property_dependencies.items()
        if key in state.inputs and condemned & set(items)
    }
    if not hit:
        return None
    inputs = {key: UNKNOWN if key in hit else item for key, item in state.inputs.items()}
    diff = compared(deployment.calls_of(state), state, inputs, state.ignore_changes)
    # What was never ready is no reason here: nothing has been asked of it yet.
    wanted = replace(state, inputs=inputs, init_errors=())
    return with_forced(diff, replace(state, init_errors=()), wanted).replaces or None
