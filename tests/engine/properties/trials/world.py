"""A cloud that remembers what is in it, and notices what no right engine would ask of it."""

import threading
from dataclasses import dataclass, field

from hue_infra.engine.provider import Checked, Diff, PartialFailure, Provider, State
from hue_infra.engine.urns import name_of
from hue_infra.engine.values import UNKNOWN, diff_values, reveal

PACKAGE = "cloud"
THING, OTHER = "cloud:index:Thing", "cloud:index:Other"


@dataclass
class Thing:
    """One thing in the cloud."""

    urn: str
    """Who made it."""
    inputs: dict
    made: int
    """In which run."""

    def uses(self, id_):
        """Whether it stands on the thing *id_*: that one cannot go while this one is there."""
        return any(key.startswith("fixed_") and item == id_ for key, item in self.inputs.items())


@dataclass
class Call:
    """One thing done to the cloud."""

    op: str
    urn: str
    id: str
    users: tuple[str, ...] = ()
    """Ids of the things that stood on what was deleted."""


@dataclass
class World:
    """What exists, by id, whatever any state says; and what was asked."""

    things: dict[str, Thing] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    failing: set[tuple[str, str]] = field(default_factory=set)
    """Operation and name of what fails; ``ready`` makes it, but not ready."""
    wrong: list[str] = field(default_factory=list)
    """What the engine asked that it must not."""
    gone: set[str] = field(default_factory=set)
    """What went without the engine, or may have gone when a run died."""
    lost: dict[str, str] = field(default_factory=dict)
    """URN to id of what a run made and died before it could record it."""
    findable: bool = False
    """Whether the provider can find what a lost run has made."""
    found: set[str] = field(default_factory=set)
    """Ids of lost things that were found in this run."""
    serial: int = 0
    run: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def check(self, op, urn):
        if (op, name_of(urn)) in self.failing:
            raise RuntimeError(f"{op} fails")


def plain(inputs):
    return {key: reveal(value) for key, value in inputs.items()}


def outputs(inputs):
    """A change of ``value`` shows in ``computed``, which others take."""
    value = inputs.get("value")
    seen = reveal(value)
    return {**inputs, "computed": UNKNOWN if seen is UNKNOWN else f"<{seen}>"}


class Cloud(Provider):
    """A change of ``fixed…`` replaces, of ``region`` in the settings too; ``dbr``: delete first."""

    def __init__(self, world):
        self.world = world

    def diff_config(self, old, new):
        changed = {str(path[0]) for path in diff_values(old, new)}
        return Diff(bool(changed), tuple(key for key in changed if key == "region"))

    def check(self, request):
        self.world.check("check", request.urn)
        return Checked(request.inputs)

    def diff(self, request):
        self.world.check("diff", request.urn)
        changed = {str(path[0]) for path in diff_values(request.old_inputs, request.inputs)}
        replaces = tuple(sorted(key for key in changed if key.startswith("fixed")))
        return Diff(bool(changed), replaces, delete_before_replace=bool(request.inputs.get("dbr")))

    def create(self, request):
        made = outputs(request.inputs)
        if request.preview:
            return State("", made)
        world = self.world
        world.check("create", request.urn)
        with world.lock:
            # Providers are idempotent: what a lost run has made is found again by its name.
            id_ = world.lost.get(request.urn, "")
            if id_ not in world.things or id_ in world.found:
                world.serial += 1
                id_ = f"id{world.serial}"
            world.things[id_] = Thing(request.urn, plain(request.inputs), world.run)
            world.calls.append(Call("create", request.urn, id_))
        self._ready(request.urn, id_, made)
        return State(id_, made)

    def read(self, request):
        self.world.check("read", request.urn)
        thing = self.world.things.get(request.id)
        if thing is None:
            return None
        return State(request.id, outputs(thing.inputs), dict(thing.inputs))

    def find(self, request):
        id_ = self.world.lost.get(request.urn)
        if id_ not in self.world.things or not self.world.findable:
            return None
        self.world.found.add(id_)
        return State(id_, outputs(self.world.things[id_].inputs))

    def update(self, request):
        made = outputs(request.inputs)
        if request.preview:
            return State(request.id, made)
        world = self.world
        world.check("update", request.urn)
        with world.lock:
            world.calls.append(Call("update", request.urn, request.id))
            if request.id not in world.things:
                if request.id not in world.gone:
                    world.wrong.append(f"updated what never was: {request.id} {request.urn}")
                raise RuntimeError("not found")
            world.things[request.id].inputs = plain(request.inputs)
        self._ready(request.urn, request.id, made)
        return State(request.id, made)

    def delete(self, request):
        world = self.world
        world.check("delete", request.urn)
        with world.lock:
            users = (id_ for id_, thing in world.things.items() if thing.uses(request.id))
            world.calls.append(Call("delete", request.urn, request.id, tuple(users)))
            if world.things.pop(request.id, None) is None and request.id not in world.gone:
                world.wrong.append(f"deleted twice: {request.id} {request.urn}")

    def _ready(self, urn, id_, made):
        if ("ready", name_of(urn)) in self.world.failing:
            raise PartialFailure(id_, made, ["not ready"])
