"""Makes a broken state whole again, as far as that can be done without guessing.

Resources are put in an order in which each follows what it needs, and references to what is not
there are dropped; a child whose parent is lost becomes a child of the stack, under the URN that
follows from that. What cannot be mended so (a circle, a resource that occurs twice, a lost
provider) is told, and then nothing is changed.

Source: pulumi/pulumi, pkg/resource/deploy/snapshot.go, Repair.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hue_infra.engine import relations, urns
from hue_infra.engine.backend import StackStore
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.integrity import listed, problems
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.errors import EngineError
from hue_infra.words import say


@dataclass(frozen=True, slots=True)
class Plan:
    """What a repair would do.

    Attributes:
        problems: What is wrong now, a sentence each; none: there is nothing to mend.
        repairs: What would be done about it, a sentence each.
        left: What would still be wrong; if anything, the repair is not to be made.
        after: The state as it would be.
    """

    problems: tuple[str, ...]
    repairs: tuple[str, ...]
    left: tuple[str, ...]
    after: Snapshot


def plan(snapshot: Snapshot) -> Plan:
    """What could be done for *snapshot*, loaded unverified; secrets may be `Sealed`."""
    found = tuple(problems(snapshot))
    if not found:
        return Plan((), (), (), snapshot)
    order = _order(snapshot.resources)
    if order.circle:
        names = ", ".join(item.urn for item in order.circle)
        return Plan(found, (), (say("state.circle", urns=names),), snapshot)
    pruned, losses = _pruned(order.resources)
    after = replace(snapshot, resources=tuple(pruned))
    return Plan(found, (*order.moves, *losses), tuple(problems(after)), after)


def apply(store: StackStore, wanted: Plan, crypter: Crypter) -> str:
    """Write the state as *wanted*; the lock must be held.

    Returns:
        The file that keeps the state as it was.

    Raises:
        EngineError: The state would still not hold together; nothing was written.
    """
    if wanted.left:
        raise EngineError(
            f"{say('state.not-mended')}\n{listed(wanted.left)}",
            hint=say("state.not-mended-hint", file=str(store.file), backups=str(store.backups)),
        )
    copy = store.back_up()
    store.save(wanted.after, crypter)
    return str(copy)


@dataclass(slots=True)
class _Order:
    """The resources, each after what it needs, else as they stood; or those of a circle."""

    resources: list[ResourceState] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    circle: list[ResourceState] = field(default_factory=list)


def _order(resources: Sequence[ResourceState]) -> _Order:
    targets = _targets(resources)
    result = _Order()
    done: set[int] = set()
    for start in range(len(resources)):
        # What is walked, deepest last: a resource, and what it needs that is not looked at yet.
        path: dict[int, Iterator[int]] = {}
        following: int | None = None if start in done else start
        while path or following is not None:
            if following is not None:
                path[following] = iter(targets[following])
            current = next(reversed(path))
            following = next((item for item in path[current] if item not in done), None)
            if following is None:
                done.add(current)
                del path[current]
                result.resources.append(resources[current])
                _tell_move(result, resources, current, path)
            elif following in path:
                walked = list(path)
                result.circle = [resources[item] for item in walked[walked.index(following) :]]
                return result
    return result


def _tell_move(
    result: _Order, resources: Sequence[ResourceState], moved: int, path: dict[int, Iterator[int]]
) -> None:
    if path and moved > (dependent := next(reversed(path))):
        names = {"urn": resources[moved].urn, "other": resources[dependent].urn}
        result.moves.append(say("state.repair-move", **names))


def _targets(resources: Sequence[ResourceState]) -> list[list[int]]:
    """For each resource, the numbers of those that it needs, in the order in which they stand.

    A URN may stand for a live resource and for one that awaits its deletion: what awaits its own
    deletion was made when the latter lived.
    """
    live = {item.urn: number for number, item in enumerate(resources) if not item.delete}
    doomed = {item.urn: number for number, item in enumerate(resources) if item.delete}
    found = []
    for resource in resources:
        first, second = (doomed, live) if resource.delete else (live, doomed)
        numbers = (first.get(urn, second.get(urn)) for urn in relations.needed(resource))
        found.append(sorted(number for number in numbers if number is not None))
    return found


def _pruned(resources: Sequence[ResourceState]) -> tuple[list[ResourceState], list[str]]:
    """The ordered resources without references to what is not there, and what was done."""
    names: dict[str, str] = {}
    pruned = []
    told: list[str] = []
    for resource in resources:
        kept = relations.rewritten(resource, lambda urn: names.get(urn, ""))
        if kept.parent != resource.parent:
            kept = replace(kept, urn=_urn_below(kept.parent, kept))
        told += _losses(resource, kept, names)
        names.update(zip(relations.names_of(resource), relations.names_of(kept), strict=True))
        pruned.append(kept)
    return pruned, told


def _urn_below(parent: str, resource: ResourceState) -> str:
    """The URN that *resource* has as a child of *parent*."""
    head, project, _, name = resource.urn.split("::", 3)
    stack = head.removeprefix("urn:pulumi:")
    return urns.make(stack, project, parent, resource.type, name)


def _losses(before: ResourceState, after: ResourceState, names: Mapping[str, str]) -> Iterator[str]:
    for place, urn in relations.references(before):
        if urn not in names:
            yield say("state.repair-drop", urn=before.urn, place=place, other=urn)
    if after.urn != before.urn:
        yield say("state.repair-rename", urn=before.urn, new=after.urn)
