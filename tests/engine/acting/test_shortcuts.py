"""What the engine spares the SDK must come out as the SDK itself would have it."""

import asyncio
import enum
import sys
import traceback
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi._utils import ContextProperty
from pulumi.runtime import resource, resource_cycle_breaker, rpc, settings

from hue_infra.engine import shortcuts
from hue_infra.engine.api import Options

SDKS_TRACE = resource._get_stack_trace
SDKS_URN = resource.create_urn
SDKS_TRANSFER = rpc.transfer_properties
SDKS_DECLARE = resource_cycle_breaker.declare_dependency
SDKS_SERIALIZE = rpc.serialize_property
SDKS_CONTAINS = rpc.contains_unknowns
SDKS_LOOK_UP = ContextProperty.__get__


@pytest.fixture
def seen(monkeypatch):
    """Pairs of the first frame as the SDK tells it and as we do, one for each registration."""
    pairs = []

    def both():
        theirs, ours = SDKS_TRACE(), shortcuts.stack_trace()
        pairs.append((theirs.frames[:1], list(ours.frames)))
        return ours

    monkeypatch.setattr(shortcuts, "take", lambda: None)
    monkeypatch.setattr(resource, "_get_stack_trace", both)
    return pairs


def test_a_source_position_is_the_sdks_own(stack, kit, seen):
    class Special(kit.Thing):
        def __init__(self, name):
            super().__init__(name, value=1)

    class Generated(kit.Thing):
        def __init__(self, name):
            self._internal_init(name)

        def _internal_init(self, name):
            super().__init__(name, value=1)

    def program():
        kit.Group("group")
        kit.Thing("a", value=1)
        Special("b")
        Generated("c")
        [kit.Thing(name) for name in "de"]

    assert stack.up(program).ok

    # The stack resource itself has no frame of a program.
    assert len(seen) == 7
    for theirs, ours in seen:
        assert ours == list(theirs)
    assert all(ours[0].pc.uri.startswith("file:///") for _, ours in seen[1:])


def test_the_sdk_looks_up_no_source_lines_any_more(stack, kit, monkeypatch):
    looked = []
    monkeypatch.setattr(traceback, "extract_stack", lambda: looked.append(1) or [])

    assert stack.up(lambda: kit.Thing("a", value=1)).ok

    assert looked == []


def urn_of(make, *args):
    async def known():
        return await make(*args).future()

    return asyncio.run(known())


PARENT = "urn:pulumi:lab::hue::test:Group::group"


@pytest.mark.parametrize(
    "args",
    [
        ("a", "cloud:index:Thing"),
        ("a", "cloud:index:Thing", ""),
        ("a", "cloud:index:Thing", PARENT),
        ("a::b", "cloud:index:Thing", None, "other", "prod"),
        ("a", "cloud:index:Thing", None, "other"),
        ("a", "cloud:index:Thing", PARENT, "other", "prod"),
    ],
)
def test_a_composed_urn_is_the_sdks_own(args):
    assert urn_of(shortcuts.create_urn, *args) == urn_of(SDKS_URN, *args)


def test_a_urn_of_outputs_is_left_to_the_sdk():
    async def known():
        name = pulumi.Output.from_input("a")
        return await shortcuts.create_urn(name, "cloud:index:Thing", PARENT).future()

    assert asyncio.run(known()) == urn_of(SDKS_URN, "a", "cloud:index:Thing", PARENT)


class Bare:
    """As much of a resource as its properties need."""


@pytest.mark.parametrize("transfer", [SDKS_TRANSFER, shortcuts.transfer_properties])
@pytest.mark.parametrize(
    ("value", "known", "secret"),
    [(7, True, False), (None, False, False), ("s", True, True), ([pulumi.output.UNKNOWN], 1, 0)],
)
def test_a_property_becomes_what_the_sdk_would_make_of_it(transfer, value, known, secret):
    async def resolved():
        res, other = Bare(), Bare()
        resolvers = transfer(res, {"a": 1, "b": 2, "id": 3, "urn": 4}, True)
        resolvers["a"](value, known, secret, {other}, None)
        resolvers["b"](1, True, False, None, None)
        assert resolvers.keys() == {"a", "b"} == vars(res).keys()
        assert await res.b.resources() == {res}
        assert await res.a.resources() == {res, other}
        return await res.a.future(True), await res.a.is_known(), await res.a.is_secret()

    is_known = bool(known) and value != [pulumi.output.UNKNOWN]
    assert asyncio.run(resolved()) == (value, is_known, bool(secret))


@pytest.mark.parametrize("transfer", [SDKS_TRANSFER, shortcuts.transfer_properties])
def test_a_component_keeps_a_property_named_id(transfer):
    async def names():
        return transfer(Bare(), {"id": 1, "urn": 2}, False).keys()

    assert asyncio.run(names()) == {"id"}


@pytest.mark.parametrize("transfer", [SDKS_TRANSFER, shortcuts.transfer_properties])
def test_a_property_fails_with_its_resource(transfer):
    async def told():
        res = Bare()
        transfer(res, {"a": 1}, True)["a"](None, False, False, None, ValueError("no cloud"))
        await res.a.future()

    with pytest.raises(ValueError, match="no cloud"):
        asyncio.run(told())


def test_words_for_debugging_go_to_engines_that_want_them(monkeypatch):
    told = []
    monkeypatch.setattr(shortcuts, "_ORIGINAL_DEBUG", lambda *words: told.append(words[0]))

    monkeypatch.setattr(settings, "get_engine", object)
    shortcuts.debug("for another engine")
    for wanted in (False, True):
        ours = shortcuts.EngineService(SimpleNamespace(options=Options(debug=wanted)))
        monkeypatch.setattr(settings, "get_engine", lambda ours=ours: ours)
        shortcuts.debug(f"for ours: {wanted}")

    assert told == ["for another engine", "for ours: True"]


class Node:
    """As much of a resource as dependencies need."""


PLACES = st.integers(0, 7)


@given(st.lists(st.tuples(PLACES, PLACES), max_size=40))
def test_a_circle_is_found_where_the_sdk_finds_it(edges):
    theirs, ours = [Node() for _ in range(8)], [Node() for _ in range(8)]

    for above, below in edges:
        found = shortcuts.declare_dependency(ours[above], ours[below])
        assert found == SDKS_DECLARE(theirs[above], theirs[below]), (above, below)


def test_a_chain_may_be_longer_than_pythons_stack_is_deep(stack, kit):
    length = sys.getrecursionlimit() + 100

    def program():
        above = kit.Thing("0")
        for number in range(1, length):
            above = kit.Thing(str(number), value=above.id)

    outcome = stack.preview(program)

    assert outcome.ok, outcome.diagnostics
    assert outcome.changes() == {"create": length + 2}


def test_a_circle_of_dependencies_is_refused(stack, kit):
    def program():
        group = kit.Group("group")
        inner = pulumi.ResourceOptions(parent=group, depends_on=[group])
        kit.Thing("inner", inner)

    assert "circular dependency" in stack.preview(program).diagnostics[0].message


class Colour(enum.StrEnum):
    RED = "red"


VALUES = {
    "text": "x",
    "number": 7,
    "fraction": 0.5,
    "truth": True,
    "nothing": None,
    "enum": Colour.RED,
    "list": ["x", [1, None]],
    "map": {"a_b": {"c": "x"}, "d": [True]},
    "unknown": pulumi.output.UNKNOWN,
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("kind", [None, Any])
def test_a_value_is_serialized_as_the_sdk_does(name, kind):
    def serialized(by):
        async def work():
            return await by(VALUES[name], [], "key", None, str.upper, kind, keep_output_values=True)

        return asyncio.run(work())

    assert serialized(shortcuts.serialize_property) == serialized(SDKS_SERIALIZE)


def test_a_value_for_the_protocol_is_left_to_the_sdk():
    async def work(by):
        return await by("x", [], property_key="key", return_protobuf_value=True)

    ours = asyncio.run(work(shortcuts.serialize_property))

    assert ours == asyncio.run(work(SDKS_SERIALIZE))
    assert ours.string_value == "x"


@pytest.mark.parametrize("name", VALUES)
def test_unknowns_are_found_as_by_the_sdk(name):
    for value in (VALUES[name], [VALUES[name]], {"a": [VALUES[name]]}):
        assert shortcuts.contains_unknowns(value) == SDKS_CONTAINS(value)


@pytest.mark.parametrize("value", [None, 0, "x", {"a": 1}])
def test_settings_are_looked_up_as_by_the_sdk(value):
    found = ContextProperty(name="found", default=value)

    for of in (object(), None):
        assert shortcuts.look_up(found, of, None) is SDKS_LOOK_UP(found, of, None)
