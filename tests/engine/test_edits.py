"""A state changed by hand stays whole: nothing is left that others need, nothing guarded goes."""

import pytest

from hue_infra.engine import edits
from hue_infra.engine.integrity import problems
from hue_infra.engine.state import Operation, Snapshot
from hue_infra.errors import InputError


@pytest.fixture
def snapshot(resource):
    group = resource("group", custom=False)
    disk = resource("disk", protect=True)
    server = resource("server", id="s1", parent=group.urn, dependencies=(disk.urn,))
    alarm = resource("alarm", property_dependencies={"of": (server.urn,)})
    pending = (Operation(server, "updating"),)
    return Snapshot((group, disk, server, alarm), pending)


def urn(name):
    return f"urn:pulumi:lab::hue::hue:test:Thing::{name}"


def names(snapshot):
    return [item.name for item in snapshot.resources]


def test_a_resource_that_nobody_needs_is_forgotten(snapshot):
    after = edits.without(snapshot, [urn("alarm")])

    assert names(after) == ["group", "disk", "server"]
    assert problems(after) == []
    assert after.pending == snapshot.pending


@pytest.mark.parametrize(
    ("wanted", "told"),
    [("server", ["alarm"]), ("group", ["server", "alarm"])],
)
def test_what_others_need_stays_unless_they_go_too(snapshot, wanted, told):
    with pytest.raises(InputError) as refusal:
        edits.without(snapshot, [urn(wanted)])
    after = edits.without(snapshot, [urn(wanted)], dependents=True)

    assert [line.split("::")[-1] for line in str(refusal.value).splitlines()[1:]] == told
    assert set(names(snapshot)) - set(names(after)) == {wanted, *told}
    assert problems(after) == []
    assert after.pending == ()


def test_dependents_that_are_named_themselves_go_without_asking(snapshot):
    after = edits.without(snapshot, [urn("server"), urn("alarm")])

    assert names(after) == ["group", "disk"]


def test_what_is_protected_is_forgotten_only_by_force(snapshot):
    everything = [item.urn for item in snapshot.resources]

    with pytest.raises(InputError, match="protected"):
        edits.without(snapshot, everything)
    with pytest.raises(InputError, match="protected"):
        edits.emptied(snapshot)

    assert names(edits.without(snapshot, everything, force=True)) == []
    assert edits.emptied(snapshot, force=True) == Snapshot(manifest=snapshot.manifest)


def test_protection_is_taken_off_what_is_named(snapshot, resource):
    doomed = resource("disk", protect=True, delete=True)
    snapshot = Snapshot((*snapshot.resources, doomed), manifest=snapshot.manifest)

    one = edits.unprotected(snapshot, [urn("disk")])
    every = edits.unprotected(snapshot, None)

    assert one == every
    assert [item.protect for item in one.resources] == [False, False, False, False, True]


def test_an_unknown_name_is_told_with_the_nearest(snapshot):
    with pytest.raises(InputError) as refusal:
        edits.without(snapshot, [urn("alarms")])
    with pytest.raises(InputError):
        edits.unprotected(snapshot, [urn("nothing-like-it")])

    assert refusal.value.hint == f"perhaps you mean {urn('alarm')}"


def test_a_name_that_stands_for_two_is_refused(snapshot, resource):
    twice = Snapshot((*snapshot.resources, resource("alarm", delete=True)))

    with pytest.raises(InputError, match="two resources"):
        edits.without(twice, [urn("alarm")])
