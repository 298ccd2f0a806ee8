"""Steps are counted as Pulumi counts them."""

import pytest

from hue_infra.engine import tally
from hue_infra.engine.api import Change, StepRecord
from hue_infra.engine.state import ResourceState


def step(op, name="a", type_="cloud:index:Thing", **more):
    urn = f"urn:pulumi:lab::hue::{type_}::{name}"
    return StepRecord(op, urn, type_, name, **more)


STATE = ResourceState("urn:pulumi:lab::hue::cloud:index:Thing::a", "cloud:index:Thing")


@pytest.mark.parametrize(
    ("steps", "kind", "counted"),
    [
        ([step("create"), step("create", "b"), step("same", "c")], "up", {"same": 1, "create": 2}),
        (
            [step("create-replacement"), step("replace"), step("delete-replaced")],
            "up",
            {"replace": 1},
        ),
        ([step("create", "default", "pulumi:providers:cloud")], "up", {}),
        ([step("create", "default_4_0_0", "pulumi:providers:cloud")], "up", {}),
        ([step("create", "mine", "pulumi:providers:cloud")], "up", {"create": 1}),
        ([step("remove-pending-replace"), step("delete", "b")], "up", {"delete": 1}),
        ([step("read"), step("read-discard", "b")], "up", {}),
        ([step("refresh", new=STATE), step("same")], "up", {"same": 1}),
        ([step("refresh", new=STATE)], "refresh", {"same": 1}),
        ([step("refresh", new=STATE, changes=(Change("x", "add"),))], "refresh", {"update": 1}),
        ([step("refresh", new=None)], "refresh", {"delete": 1}),
        ([step("import"), step("import-replacement", "b")], "up", {"import": 1}),
    ],
)
def test_what_counts(steps, kind, counted):
    assert tally.counts(steps, kind) == counted
    assert tally.has_changes(steps, kind) == bool(counted.keys() - {"same"})
