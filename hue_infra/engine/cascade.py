"""Which recorded resources must go first when one is deleted before its replacement.

A dependent goes too if its provider says that it would be replaced once the properties
taken from the condemned resources change; for that they are made unknown and compared.
Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, calculateDependentReplacements.
"""

import threading
from dataclasses import dataclass, replace

from hue_infra.engine import urns
from hue_infra.engine.deletes import references
from hue_infra.engine.deployment import Cascade, Deployment, StoppedError
from hue_infra.engine.ledger import Entry
from hue_infra.engine.property_paths import covers, parse
from hue_infra.engine.provider import Diff
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import UNKNOWN, diff_values
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
        if entry is root or not references(replace(state, parent="")) & tainted:
            continue
        if not state.delete and state.urn in deployment.decided:
            busy += _unfinished_step(deployment, entry)
            continue
        tainted.add(state.urn)
        # What is left over from an earlier replacement is deleted in any case.
        keys = () if state.delete else _replaced_by(deployment, state, condemned)
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


def with_forced(diff: Diff, new: ResourceState, old: ResourceState) -> Diff:
    """*diff* with the program's ``replace_on_changes`` applied."""
    selectors = [parse(text) for text in new.replace_on_changes]
    if not selectors:
        return diff
    if old.init_errors and any(covers(item, ("#initerror",)) for item in selectors):
        return replace(diff, changes=True, replaces=(*diff.replaces, "#initerror"))
    if not diff.changes:
        return diff
    paths = [parse(text) for text in diff.detailed] or list(diff_values(old.inputs, new.inputs))
    hit = [str(path[0]) for path in paths if any(covers(item, path) for item in selectors)]
    return replace(diff, replaces=tuple(dict.fromkeys((*diff.replaces, *hit))))


def _replaced_by(
    deployment: Deployment, state: ResourceState, condemned: set[str]
) -> tuple[str, ...] | None:
    """The properties for which *state* must be replaced too; None if it need not be."""
    if not state.custom or state.external:
        return None
    if state.provider and urns.split_reference(state.provider)[0] in condemned:
        return ()
    hit = {
        key
        for key, items in state.property_dependencies.items()
        if key in state.inputs and condemned & set(items)
    }
    if not hit:
        return None
    wanted = replace(
        state,
        inputs={key: UNKNOWN if key in hit else item for key, item in state.inputs.items()},
    )
    calls = deployment.calls_of(state)
    diff = calls.diff(state.id, (state.inputs, state.outputs), wanted.inputs, state.ignore_changes)
    if diff.changes is None:
        diff = replace(diff, changes=True)
    diff = with_forced(diff, wanted, state)
    return diff.replaces or None
