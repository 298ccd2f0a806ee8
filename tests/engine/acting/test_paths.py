"""Paths into properties, URNs, durations: the small readers and writers."""

import doctest

import pytest

from hue_infra.engine import goal, property_paths, urns
from hue_infra.engine.aliases import alias_urns
from hue_infra.engine.api import StackRef
from hue_infra.engine.goal import Alias, Goal
from hue_infra.engine.property_paths import covers, ignoring, look_up, parse, render
from hue_infra.engine.values import Secret
from hue_infra.errors import EngineError


@pytest.mark.parametrize("module", [goal, property_paths, urns])
def test_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    "text", ["a", "a.b", "a[0]", "a[0].b[1]", 'a["b.c"].d', 'a["say \\"x\\""]']
)
def test_a_path_is_written_as_it_was_read(text):
    assert render(parse(text)) == text


@pytest.mark.parametrize("text", ["a[", "[x]", "a..b", 'a["b'])
def test_what_is_no_path_is_refused(text):
    with pytest.raises(EngineError):
        parse(text)


@pytest.mark.parametrize(
    ("selector", "path", "expected"),
    [
        ("a", "a.b", True),
        ("a.b", "a", False),
        ("*", "a", True),
        ("a[*].b", "a[3].b.c", True),
        ("a[*].b", "a[3].c", False),
    ],
)
def test_a_selector_covers_what_lies_inside(selector, path, expected):
    assert covers(parse(selector), parse(path)) is expected


@pytest.mark.parametrize(
    ("new", "old", "selectors", "expected"),
    [
        ({"a": 2}, {"a": 1}, ["a"], {"a": 1}),
        ({"a": 2}, {}, ["a"], {}),
        ({}, {"a": 1}, ["a"], {"a": 1}),
        ({"a": {"b": 2, "c": 2}}, {"a": {"b": 1, "c": 1}}, ["a.b"], {"a": {"c": 2, "b": 1}}),
        ({"a": [{"b": 2}, {"b": 2}]}, {"a": [{"b": 1}]}, ["a[*].b"], {"a": [{"b": 1}, {"b": 2}]}),
        ({"a": Secret({"b": 2})}, {"a": Secret({"b": 1})}, ["a.b"], {"a": Secret({"b": 1})}),
        ({"a": 2, "b": 2}, {"a": 1, "b": 1}, ["*"], {"a": 1, "b": 1}),
        ({"a": 2}, {"a": {"b": 1}}, ["a.b"], {"a": 2}),
    ],
)
def test_ignored_changes_take_the_old_value(new, old, selectors, expected):
    assert ignoring(new, old, selectors) == expected


def test_what_lies_inside_a_secret_is_looked_up_as_a_secret():
    assert look_up({"a": Secret({"b": 1})}, ("a", "b")) == Secret(1)
    assert look_up({"a": 1}, ("a", "b")) is None


def test_bad_durations_are_refused():
    with pytest.raises(EngineError):
        goal.seconds("5 minutes")


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        (Alias(urn="urn:x"), "urn:x"),
        (Alias(name="old"), "urn:pulumi:lab::hue::t:G$t:T::old"),
        (Alias(type="t:Old"), "urn:pulumi:lab::hue::t:G$t:Old::new-a"),
        (Alias(no_parent=True), "urn:pulumi:lab::hue::t:T::new-a"),
        (Alias(stack="test"), "urn:pulumi:test::hue::t:G$t:T::new-a"),
    ],
)
def test_an_alias_gives_the_urn_that_was(alias, expected, tmp_path):
    stack = StackRef("hue", "lab", tmp_path)
    parent = urns.make("lab", "hue", "", "t:G", "new")
    wish = Goal("t:T", "new-a", parent=parent, aliases=(alias,))

    assert alias_urns(wish, stack, {}) == [expected]


def test_a_child_has_the_old_urns_of_its_parent(tmp_path):
    stack = StackRef("hue", "lab", tmp_path)
    old = urns.make("lab", "hue", "", "t:G", "old")
    new = urns.make("lab", "hue", "", "t:G", "new")

    assert alias_urns(Goal("t:T", "new-a", parent=new), stack, {new: old}) == [
        "urn:pulumi:lab::hue::t:G$t:T::old-a"
    ]
