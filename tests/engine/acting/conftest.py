"""A cloud in memory that records what it was asked, and stacks of programs that use it."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
import pytest

from hue_infra.engine import crypter, events
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.disk import Disk
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.integrity import problems
from hue_infra.engine.provider import Diff, PartialFailure, Provider, State
from hue_infra.engine.urns import name_of
from hue_infra.engine.values import UNKNOWN, diff_values

PHRASE = "một cụm mật khẩu"


@dataclass
class World:
    """What exists, by id, whatever any state says; and what providers were asked."""

    things: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    failing: dict = field(default_factory=dict)
    """(operation, name) to the exception that it raises."""
    serial: int = 0
    crashed: bool = False
    findable: bool = False
    """Whether the provider can find what a lost run has made."""
    lost: set = field(default_factory=set)
    """Ids of what a run made and died before it could record it."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def note(self, op, urn):
        with self.lock:
            self.calls.append((op, name_of(urn)))
            error = self.failing.get((op, name_of(urn)))
        if error is not None:
            raise error

    def found_again(self, name):
        """The id of what a lost run has made under that name: providers are idempotent."""
        found = next((id_ for id_ in self.lost if self.things[id_]["name"] == name), None)
        self.lost.discard(found)
        return found

    def touched(self):
        return [call for call in self.calls if call[0] in {"create", "update", "delete"}]

    def names(self):
        return sorted(thing["name"] for thing in self.things.values())


class Cloud(Provider):
    """Package ``cloud``: a change of ``fixed`` replaces; ``dbr`` asks to delete first."""

    def __init__(self, world):
        self.world = world
        self.settings = None

    def configure(self, inputs):
        self.settings = inputs

    def diff_config(self, old, new):
        changed = tuple({str(path[0]) for path in diff_values(old, new)})
        return Diff(bool(changed), replaces=tuple(key for key in changed if key == "region"))

    def diff(self, request):
        self.world.note("diff", request.urn)
        changed = {str(path[0]) for path in diff_values(request.old_inputs, request.inputs)}
        replaces = tuple(sorted(key for key in changed if key.startswith("fixed")))
        return Diff(bool(changed), replaces, delete_before_replace=bool(request.inputs.get("dbr")))

    def create(self, request):
        if request.preview:
            return State("", self.outputs(request))
        self.world.note("create", request.urn)
        with self.world.lock:
            id_ = self.world.found_again(name_of(request.urn)) or f"id{self.world.serial}"
            self.world.serial += 1
            thing = {"name": name_of(request.urn), **self.outputs(request)}
            self.world.things[id_] = thing
        reasons = self.world.failing.get(("ready", name_of(request.urn)))
        if reasons:
            raise PartialFailure(id_, self.outputs(request), reasons)
        return State(id_, self.outputs(request))

    def read(self, request):
        self.world.note("read", request.urn)
        thing = self.world.things.get(request.id)
        if thing is None:
            return None
        return State(request.id, {key: item for key, item in thing.items() if key != "name"})

    def find(self, request):
        for id_, thing in self.world.things.items():
            if thing["name"] == name_of(request.urn) and self.world.findable:
                return State(id_, {key: item for key, item in thing.items() if key != "name"})
        return None

    def update(self, request):
        if request.preview:
            return State(request.id, self.outputs(request))
        self.world.note("update", request.urn)
        assert request.id in self.world.things or self.world.crashed
        self.world.things[request.id] = {"name": name_of(request.urn), **self.outputs(request)}
        reasons = self.world.failing.get(("ready", name_of(request.urn)))
        if reasons:
            raise PartialFailure(request.id, self.outputs(request), reasons)
        return State(request.id, self.outputs(request))

    def delete(self, request):
        self.world.note("delete", request.urn)
        request.status("going")
        if not self.world.crashed:
            # Nothing is deleted twice, unless a run died before it could record the first time.
            assert request.id in self.world.things
        for id_, thing in self.world.things.items():
            # As in a real cloud: what others stand on cannot go.
            used = any(
                key.startswith("fixed_") and item == request.id for key, item in thing.items()
            )
            assert not used or id_ in self.world.lost, (name_of(request.urn), thing)
        self.world.things.pop(request.id, None)

    def invoke(self, token, args, *, preview):
        return {"token": token, **args}

    def outputs(self, request):
        value = request.inputs.get("value")
        seen = value.value if hasattr(value, "value") else value
        computed = UNKNOWN if seen is UNKNOWN else f"<{seen}>"
        return {**request.inputs, "computed": computed}


class Thing(pulumi.CustomResource):
    def __init__(self, name, opts=None, **inputs):
        super().__init__("cloud:index:Thing", name, {"computed": None, **inputs}, opts)


class Account(pulumi.ProviderResource):
    def __init__(self, name, opts=None, **inputs):
        super().__init__("cloud", name, inputs, opts)


class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("test:Group", name, None, opts)


class Stack:
    """One stack, its world, and shorthand for running programs on it."""

    def __init__(self, root: Path):
        self.world = World()
        self.ref = StackRef("hue", "lab", root)
        self.engine = EmbeddedEngine(self.ref, lambda: PHRASE)
        self.events = []

    def options(self, **more):
        providers = {"cloud": lambda: Cloud(self.world)}
        return Options(**{"providers": providers, "on_event": self.events.append, **more})

    def preview(self, program, **more):
        before = dict(self.world.things)
        outcome = self.engine.preview(program, self.options(**more))
        assert before == self.world.things
        return outcome

    def up(self, program, **more):
        outcome = self.engine.up(program, self.options(**more))
        self.check()
        return outcome

    def destroy(self, **more):
        outcome = self.engine.destroy(self.options(**more))
        self.check()
        return outcome

    def refresh(self, **more):
        outcome = self.engine.refresh(self.options(**more))
        self.check()
        return outcome

    def snapshot(self):
        store = self.engine._store()
        return store.load(store.crypter(lambda: PHRASE))

    def check(self):
        assert problems(self.snapshot()) == []

    def state(self, name):
        found = [item for item in self.snapshot().resources if item.name == name]
        assert len(found) == 1, found
        return found[0]

    def names(self):
        """Things in the state, twice when a replacement is unfinished."""
        kind = "cloud:index:Thing"
        return sorted(item.name for item in self.snapshot().resources if item.type == kind)

    def with_disk(self, disk: Disk):
        self.engine = EmbeddedEngine(self.ref, lambda: PHRASE, disk)

    def files(self):
        found = sorted(self.ref.root.rglob("*"))
        return {path: path.read_bytes() for path in found if path.is_file()}


def ops(outcome, kind="cloud:index:Thing"):
    """Operation and name of the steps on things, in no order, sames left out."""
    return sorted(
        (step.op, step.name) for step in outcome.steps if step.type == kind and step.op != "same"
    )


@pytest.fixture(autouse=True)
def _quick_key(monkeypatch):
    # A real key takes a second to derive, by design; these tests derive hundreds.
    monkeypatch.setattr(crypter, "ROUNDS", 1)


@pytest.fixture
def stack(tmp_path):
    return Stack(tmp_path)


@pytest.fixture
def kit():
    """The classes above, for test modules, which cannot import a conftest."""
    return Kit


class Kit:
    Account = Account
    Cloud = Cloud
    Group = Group
    Stack = Stack
    Thing = Thing
    events = events
    ops = staticmethod(ops)
