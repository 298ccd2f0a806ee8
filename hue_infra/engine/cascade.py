"""Which recorded resources must go first when one is deleted before its replacement.

A dependent goes too if its provider says that it would be replaced once the properties
taken from the condemned resources change; for that they are made unknown and compared.
Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, calculateDependentReplacements.
"""

import threading
from dataclasses import replace

from hue_infra.engine import urns
from hue_infra.engine.deletes import references
from hue_infra.engine.deployment import Cascade, Deployment
from hue_infra.engine.ledger import Entry
from hue_infra.engine.property_paths import covers, parse
from hue_infra.engine.provider import Diff
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import UNKNOWN, diff_values
from hue_infra.errors import EngineError
from hue_infra.words import say


def condemn(deployment: Deployment, root: Entry) -> list[Entry]:
    """Choose and mark the dependents of *root* that must be deleted with it, in state order.

    The deployment's lock must be held: what is marked here no registration may take as it was.

    Raises:
        EngineError: One of them is protected.
    """
    tainted = {root.state.urn}
    condemned = {root.state.urn}
    chosen: list[Entry] = []
    for entry in deployment.ledger.untouched():
        state = entry.state
        if entry is root or state.delete or state.urn in deployment.decided:
            continue
        if not references(replace(state, parent="")) & tainted:
            continue
        tainted.add(state.urn)
        keys = _replaced_by(deployment, state, condemned)
        if keys is None:
            continue
        condemned.add(state.urn)
        if state.pending_replacement or state.urn in deployment.cascaded:
            continue
        chosen.append(entry)
        _mark(deployment, root, state, keys)
    return chosen


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


def _mark(deployment: Deployment, root: Entry, state: ResourceState, keys: tuple[str, ...]) -> None:
    if state.protect:
        raise EngineError(
            say("deployment.protected-cascade", name=state.name, root=root.state.name)
        )
    deployment.cascaded[state.urn] = Cascade(threading.Event(), keys)
