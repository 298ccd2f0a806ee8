"""What must hold after every run, whatever befell it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from hue_infra.engine.integrity import problems
from hue_infra.engine.relations import needed
from hue_infra.engine.urns import is_provider
from trials.programs import ROOT, key_of, seen_id, urns_of

REPLACING = {"delete-replaced", "create-replacement"}


@dataclass
class Trial:
    """One run with what was before and after it."""

    run: Any
    graph: Any
    before: Any
    options: Any
    preview: Any = None
    outcome: Any = None
    after: Any = None
    crashed: bool = False
    stale: bool = False
    """Whether something recorded had gone before under its other name (`stale`)."""
    lost: frozenset = frozenset()
    """Ids of what dead runs had made before, and no state tells of."""

    @property
    def programmed(self):
        return self.run.kind == "up" or self.run.program


def told(outcome):
    return [(step.op, step.urn) for step in outcome.steps if step.op != "same"]


def steps(outcome):
    return Counter((step.op, step.urn) for step in outcome.steps)


def judge(lab, trial):
    assert lab.world.wrong == []
    assert problems(trial.after) == []
    nothing_is_lost(lab, trial)
    nothing_is_invented(lab, trial)
    nothing_protected_goes(lab, trial)
    nothing_of_others_is_touched(lab)
    nothing_stands_on_air(lab, trial)
    dependents_go_first(lab, trial)
    scope_is_kept(lab, trial)
    preview_is_true(lab, trial)


def managed(snapshot):
    """Id to entry of what the state says is there."""
    return {
        item.id: item
        for item in snapshot.resources
        if item.custom and not is_provider(item.type) and not item.pending_replacement
    }


def stale(lab, snapshot):
    """What another made, was taken over under two names, and went under one of them."""
    recorded = (id_ for id_ in managed(snapshot) if id_.startswith("foreign"))
    return any(id_ not in lab.world.things for id_ in recorded)


def creating(snapshot):
    return {item.resource.urn for item in snapshot.pending if item.kind == "creating"}


def nothing_is_lost(lab, trial):
    """What exists and was made by the engine, or known to it, is in the state."""
    world, before, after = lab.world, managed(trial.before), managed(trial.after)
    for id_, thing in world.things.items():
        made = thing.made == world.run
        if id_ in after or not (made or id_ in before) or id_ in world.lost.values():
            continue
        if trial.crashed and made and thing.urn in creating(trial.after):
            world.lost[thing.urn] = id_
            continue
        assert id_ in before, f"made and not recorded: {id_} {thing}"
        old, node = before[id_], trial.graph.get(key_of(before[id_].urn))
        # What a program only looks up under the id that was managed is another's from then on.
        given_up = node and (node.retain or (node.kind == "read" and node.imported))
        if old.external or old.retain_on_delete or given_up:
            lab.released.add(id_)
            continue
        contained = old.deleted_with or (node and node.deleted_with)
        assert contained, f"forgotten though it exists: {id_} {old.urn}"
        lab.contained.add(id_)
    if trial.crashed:
        # Whether these are gone nobody can know.
        world.gone |= {item.resource.id for item in trial.after.pending if item.kind == "deleting"}


def nothing_is_invented(lab, trial):
    for id_, item in managed(trial.after).items():
        # A program may look up what it deletes under another name.
        there = item.external or id_ in lab.world.things or id_ in lab.world.gone
        assert there, f"recorded though it does not exist: {id_} {item.urn}"


def nothing_protected_goes(lab, trial):
    before = managed(trial.before)
    for call in lab.world.calls:
        old = before.get(call.id) if call.op == "delete" else None
        if old is None or not old.protect or old.delete:
            continue
        if old.urn != call.urn and call.id.startswith("foreign"):
            # What another made may be managed under two names, of which one is protected.
            continue
        node = trial.graph.get(key_of(old.urn)) if trial.programmed else None
        assert node is not None, f"protected, and deleted: {old.urn}"
        assert not node.protect, f"protected, and deleted: {old.urn}"


def nothing_of_others_is_touched(lab):
    touched = [call for call in lab.world.calls if call.id.startswith("seen")]
    assert touched == [], "it was only looked up"


def nothing_stands_on_air(lab, trial):
    """Nothing is deleted while something managed stands on it."""
    before = managed(trial.before)
    # What another made may be managed under two names, of which others know one.
    for call in (item for item in lab.world.calls if not item.id.startswith("foreign")):
        for user in call.users:
            # What this run itself has made names what it was given: always the newest.
            loose = user in before and is_loose(trial, before[user])
            unknown = user in trial.lost - lab.world.found
            assert loose or unknown or user in let_go(lab), f"{call.urn} was deleted under {user}"


def let_go(lab):
    return lab.released | lab.contained | set(lab.world.lost.values())


def is_loose(trial, user):
    """Whether it may be passed over that *user* stands on what goes."""
    node, options = trial.graph.get(key_of(user.urn)), trial.options
    if user.retain_on_delete or user.deleted_with:
        return True
    if node and (node.retain or node.deleted_with or node.kind == "read"):
        return True
    # Who replaces one thing alone does so at the cost of what stands on it.
    untargeted = bool(options.targets) and user.urn not in options.targets
    return untargeted or user.urn in options.excludes or key_of(user.urn) in excluded(trial)


def excluded(trial):
    """Keys of what is excluded, and of what depends on it if that counts as excluded too."""
    found = set(trial.run.excludes)
    for key, node in trial.graph.items() if trial.run.dependents else ():
        found |= {key} if node.needs & found else set()
    return found


def dependents_go_first(lab, trial):
    """Of two that are no longer wanted the one that needs the other goes first."""
    if trial.outcome is None:
        return
    before = managed(trial.before)
    replaced = {step.id for step in trial.outcome.steps if step.op != "delete"}
    deleted = [
        before[call.id]
        for call in lab.world.calls
        if call.op == "delete" and call.id in before and call.id not in replaced
        # What another made may be managed under two names, of which others know one.
        if not call.id.startswith("foreign")
    ]
    for place, first in enumerate(deleted):
        for later in deleted[place + 1 :]:
            wrong = first.urn in needed(later) and not first.delete and first.urn != later.urn
            assert not wrong, f"{first.urn} went before {later.urn}"


def scope_is_kept(lab, trial):
    """Nothing out of scope is touched, but for what is replaced with something in scope."""
    if trial.outcome is None:
        return
    options = trial.options
    cascaded = {step.urn for step in trial.outcome.steps if step.op in REPLACING}
    for call in lab.world.calls:
        if call.urn in cascaded and call.op != "update":
            continue
        if options.targets and not options.target_dependents:
            assert call.urn in options.targets, f"not a target: {call}"
        assert call.urn not in options.excludes, f"excluded: {call}"


def preview_is_true(lab, trial):
    if trial.preview is None or trial.crashed:
        return
    imported = any(node.imported for node in trial.graph.values())
    # A preview only warns of what an import then refuses.
    gone = any(not id_.startswith("foreign") for id_ in lab.world.gone)
    # Of two resources that do not need each other the program may register either first, and what
    # was recorded of them can make that a replacement or an update: upstream's engine likewise.
    # Whether what is protected stands in its way is then as open.
    races = trial.run.parallel > 1
    hemmed = races and any(item.protect for item in trial.before.resources)
    hardship = trial.run.failing or gone or imported or trial.stale or hemmed
    if not hardship:
        assert trial.preview.ok == trial.outcome.ok, (
            trial.preview.diagnostics,
            trial.outcome.diagnostics,
        )
    if not races and trial.preview.ok and trial.outcome.ok:
        assert steps(trial.preview) == steps(trial.outcome), (
            steps(trial.preview) - steps(trial.outcome),
            steps(trial.outcome) - steps(trial.preview),
        )


def come_true(lab, graph):
    """State and world are as the program says."""
    snapshot, urns = lab.snapshot(), urns_of(graph)
    defaults = {item.urn for item in snapshot.resources if item.urn.endswith("::default")}
    assert sorted(item.urn for item in snapshot.resources) == sorted(
        {ROOT, *urns.values(), *defaults}
    )
    found = snapshot.by_urn()
    for key, node in graph.items():
        state = found[urns[key]]
        assert (state.delete, state.pending_replacement, state.init_errors) == (False, False, ())
        if node.kind == "read":
            assert (state.id, state.external) == (seen_id(key), True)
        if node.is_thing:
            as_wanted(lab, state, node, {other: found[urns[other]] for other in node.needs})
    recorded = set(managed(snapshot))
    assert lab.owned() <= recorded, lab.owned() - recorded


def as_wanted(lab, state, node, others):
    thing = lab.world.things[state.id]
    wanted = {"value": node.value, "fixed": node.fixed, "dbr": node.dbr}
    wanted |= {f"soft_{key}": f"<{plain_value(lab, others[key])}>" for key in node.soft}
    wanted |= {f"fixed_{key}": others[key].id for key in node.hard}
    seen = {key: item for key, item in thing.inputs.items() if key not in node.ignore}
    assert seen == {key: item for key, item in wanted.items() if key not in node.ignore}
    assert state.parent == (others[node.parent].urn if node.parent else ROOT)


def plain_value(lab, state):
    return lab.world.things[state.id].inputs["value"]
