import copy
import math
import pickle

import pytest

from hue_infra.engine.values import (
    UNKNOWN,
    Archive,
    Asset,
    OutputValue,
    ResourceReference,
    Secret,
    annotate_secrets,
    dependencies,
    diff_values,
    has_secret,
    has_unknown,
    is_internal,
    parts,
    plain,
    same,
    without_secrets,
)

DEEP = {"a": [1, {"b": Secret({"c": UNKNOWN})}]}


def test_there_is_one_unknown():
    assert copy.deepcopy(DEEP)["a"][1]["b"].value["c"] is UNKNOWN
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN  # noqa: S301 - our own bytes


def test_a_secret_does_not_show_itself():
    assert "canary" not in repr([Secret("canary"), {"a": Secret({"b": "canary"})}])
    assert "canary" not in f"{Secret('canary')}"


def test_parts_reach_everything_inside():
    found = list(parts(DEEP))

    assert len(found) == 7
    assert found[0] is DEEP
    assert UNKNOWN in found
    assert 1 in found


@pytest.mark.parametrize(
    ("value", "unknown", "secret"),
    [
        (DEEP, True, True),
        ({"a": [1, None]}, False, False),
        (ResourceReference("urn", UNKNOWN), True, False),
        (ResourceReference("urn", "id"), False, False),
        (OutputValue(UNKNOWN, secret=True), True, True),
        (OutputValue(1), False, False),
    ],
)
def test_unknowns_and_secrets_are_found_at_any_depth(value, unknown, secret):
    assert has_unknown(value) is unknown
    assert has_secret(value) is secret


def test_secrets_are_taken_off_everywhere_and_the_original_stays():
    assert without_secrets(DEEP) == {"a": [1, {"b": {"c": UNKNOWN}}]}
    assert has_secret(DEEP)


def test_output_values_become_what_they_carry():
    value = {"a": OutputValue("x", secret=True, dependencies=("u",)), "b": [OutputValue(UNKNOWN)]}

    assert plain(value) == {"a": Secret("x"), "b": [UNKNOWN]}
    assert dependencies(value) == {"u"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": 1}, {"a": True}, {("a",): "update"}),
        ({"a": 0}, {"a": False}, {("a",): "update"}),
        ({"a": None}, {}, {}),
        ({}, {"a": None}, {}),
        ({"a": None}, {"a": 1}, {("a",): "add"}),
        ({"a": 1}, {"a": None}, {("a",): "delete"}),
        ({"a": Secret(1)}, {"a": 1}, {}),
        ({"a": [1, 2, 3]}, {"a": [1, 5]}, {("a", 1): "update", ("a", 2): "delete"}),
        ({"a": [1]}, {"a": [1, 2]}, {("a", 1): "add"}),
        ({"a": {"b": 1}}, {"a": {"c": 1}}, {("a", "b"): "delete", ("a", "c"): "add"}),
        ({"a": {"b": 1}}, {"a": [1]}, {("a",): "update"}),
        ({"a": UNKNOWN}, {"a": UNKNOWN}, {}),
        ({"a": 1}, {"a": UNKNOWN}, {("a",): "update"}),
        ({"a": math.nan}, {"a": math.nan}, {}),
        ({"a": Asset(path="x", hash="h")}, {"a": Asset(path="y", hash="h")}, {}),
        ({"a": Asset(text="x", hash="h")}, {"a": Asset(text="x", hash="i")}, {("a",): "update"}),
        ({"a": Asset(hash="h")}, {"a": Archive(hash="h")}, {("a",): "update"}),
        (
            {"a": ResourceReference("u", "i", "1")},
            {"a": ResourceReference("u", "i", "2")},
            {},
        ),
        ({"a": ""}, {"a": 0}, {("a",): "update"}),
    ],
)
def test_differences(old, new, expected):
    assert diff_values(old, new) == expected
    assert same(old, new) is (not expected)


def test_becoming_secret_counts_when_asked():
    assert diff_values({"a": 1}, {"a": Secret(1)}, secretness=True) == {("a",): "update"}


def test_named_properties_can_be_left_out():
    old = {"__inputs": 1, "spec": {"__x": 1, "y": 1}}
    new = {"__inputs": 2, "spec": {"__x": 2, "y": 2}}

    assert diff_values(old, new, ignore=is_internal) == {("spec", "y"): "update"}


def test_outputs_of_secret_inputs_are_secret_and_their_neighbours_are_not():
    inputs = {"a": Secret(1), "b": {"c": Secret(1), "d": 1}, "e": [Secret(1), 2], "f": [Secret(1)]}
    outputs = {"a": 1, "b": {"c": 1, "d": 1}, "e": [1, 2], "f": [1, 2], "g": 1}

    assert annotate_secrets(outputs, inputs) == {
        "a": Secret(1),
        "b": {"c": Secret(1), "d": 1},
        "e": [Secret(1), 2],
        "f": Secret([1, 2]),
        "g": 1,
    }
