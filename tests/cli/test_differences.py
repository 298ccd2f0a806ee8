"""What a change inside a resource comes to: items by name, order aside, hashes in words."""

import json

import pytest

from hue_infra.cli.differences import Difference, differences
from hue_infra.cli.diffview import lines
from hue_infra.engine.api import Change
from hue_infra.engine.values import UNKNOWN, diff_values

CONFIGURATION = "pulumi-python:dynamic/machine:Configuration"
RECORDS = ["a.hue.gov.vn. A 10.0.0.1", "b.hue.gov.vn. A 10.0.0.2"]
CANARY = "chim-hoang-yen-4711"


def told(part, *changes, type_=CONFIGURATION):
    return differences(part.step("update", type_, "dc-core1", *changes))


def of_role(part, role, before, after):
    texts = (json.dumps(one, sort_keys=True) for one in (before, after))
    return told(part, Change(f"roles.{role}", "update", *texts))


def of_lists(part, before, after, path="ports"):
    """The differences of a list, given place by place as the engine compares it."""
    changes = []
    for place, kind in diff_values(before, after).items():
        old, new = (dict(enumerate(one)).get(place[0]) for one in (before, after))
        changes.append(Change(f"{path}[{place[0]}]", kind, old, new))
    return told(part, *changes, type_="hue:lab:Network")


def added(place, value):
    return Difference("add", place, after=value, is_item=True)


def gone(place, value):
    return Difference("delete", place, before=value, is_item=True)


def test_texts_of_a_list_come_and_go(part):
    found = of_role(part, "time_sync", {"time_sync_servers": ["a", "b"]},
                    {"time_sync_servers": ["b", "c"]})  # fmt: skip

    assert found == [gone("time_sync_servers", "a"), added("time_sync_servers", "c")]


@pytest.mark.parametrize("key", ["id", "name", "to", "address"])
def test_an_item_is_known_by_its_name(part, key):
    old = {"base_x": [{key: "one", "port": 1}, {key: "two", "port": 2}]}
    new = {"base_x": [{key: "zero", "port": 0}, {key: "two", "port": 3}, {key: "one", "port": 1}]}

    assert of_role(part, "base", old, new) == [
        Difference("update", "base_x[two].port", 2, 3),
        added("base_x", {key: "zero", "port": 0}),
    ]


def test_items_of_the_same_name_find_their_own(part):
    """A router has two routes to one place: only the one that changed is told."""
    first, second = ({"to": "::/0", "via": f"fd00::{n}", "metric": n} for n in (1, 2))

    found = of_role(part, "routing", {"routing_routes": [first, second]},
                    {"routing_routes": [first, {**second, "metric": 3}]})  # fmt: skip

    assert found == [Difference("update", "routing_routes[::/0].metric", 2, 3)]


def test_records_of_a_zone_are_lines(part):
    zone = {"name": "hue.gov.vn", "servers": ["ns1"]}
    old, new = ({**zone, "records": "\n".join(some)} for some in (RECORDS, [*RECORDS[:1], "c"]))
    found = of_role(part, "dns", {"dns_zones": [old]}, {"dns_zones": [new]})

    place = "dns_zones[hue.gov.vn].records"
    assert found == [gone(place, RECORDS[1]), added(place, "c")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"x": ["a", "b"]}, {"x": ["b", "a"]}),
        ({"x": "a\nb"}, {"x": "b\na"}),
        ({"x": [{"id": "a"}, {"id": "b"}]}, {"x": [{"id": "b"}, {"id": "a"}]}),
    ],
)
def test_another_order_is_no_difference(part, before, after):
    assert of_role(part, "dns", before, after) == []


def test_another_order_place_by_place_is_none_either(part):
    assert of_lists(part, ["a", "b", "c"], ["c", "a", "b"]) == []


def test_one_more_in_the_middle_is_one_addition(part):
    assert of_lists(part, ["a", "b", "c"], ["a", "x", "b", "c"]) == [added("ports", "x")]


def test_what_did_not_move_stays_a_change_of_its_place(part):
    assert of_lists(part, ["a", "b"], ["a", "c"]) == [Difference("update", "ports[1]", "b", "c")]


def test_secrets_look_alike_but_differ(part):
    changes = [Change(f"env[{place}]", "update", "[secret]", "[secret]") for place in (0, 1)]

    assert len(told(part, *changes)) == 2


def test_a_role_that_comes_is_named(part):
    (found,) = told(part, Change("roles.dns", "add", None, json.dumps({"dns_zones": [1] * 999})))

    assert (found.kind, found.sentence) == ("add", "role dns")


def test_variables_not_known_yet_are_not_guessed(part):
    (found,) = told(part, Change("roles.dns", "update", "{}", UNKNOWN))

    assert found.sentence == "role dns: known after apply"


def test_a_secret_role_shows_nothing(part):
    (found,) = told(part, Change("roles.dns", "update", "[secret]", "[secret]"))

    assert found.sentence == "role dns: ****"


def test_hashes_are_told_in_words_and_machinery_not_at_all(part):
    found = told(
        part,
        Change("content", "update", "ab12", "cd34"),
        Change("instance", "update", "4711", UNKNOWN),
        Change("kept", "update", "k1", "k2"),
        Change("order", "update", ["a"], ["b"]),
        Change("__provider", "update", "x", "y"),
    )

    assert [one.sentence for one in found] == [
        "the role's files changed",
        "the machine is made anew",
    ]


def test_a_line_of_two_machines_says_it_once(part):
    ends = [Change(f"instances[{end}]", "update", "1", UNKNOWN) for end in (0, 1)]

    assert len(told(part, *ends, type_="hue:lab:Link")) == 1


def many(part):
    zones = [{"name": f"z{n}", "records": "a\nb"} for n in range(9)]
    grown = [{**zone, "records": "a\nb\nc\nd\ne"} for zone in zones]
    texts = [json.dumps({"dns_zones": one}) for one in (zones, grown)]
    step = part.step("update", CONFIGURATION, "dc-core1", Change("roles.dns", "update", *texts))
    return part.outcome([step])


def test_many_are_gathered_by_place_and_then_counted(part):
    shown = [line.plain.rstrip() for line in lines(many(part), width=100)]

    assert shown[2:9] == [
        *(f"      + dns_zones[z{n}].records  × 3  c, d, e" for n in range(6)),
        "      … and 9 more (-v shows all)",
    ]


def test_verbose_tells_each(part):
    shown = [line.plain for line in lines(many(part), width=100, verbose=True)]

    assert sum("dns_zones" in line for line in shown) == 27


def test_an_item_is_said_as_a_person_would(part):
    routes = [[], [{"to": "10.0.0.0/8", "via": "10.1.1.1", "metric": 100, "ports": [1, 2]}]]
    texts = [json.dumps({"routing_routes": one}) for one in routes]
    change = Change("roles.routing", "update", *texts)
    shown = [line.plain for line in lines(
        part.outcome([part.step("update", CONFIGURATION, "gw", change)]), width=100)]  # fmt: skip

    assert shown[2] == "      + routing_routes  10.0.0.0/8 (via 10.1.1.1, metric 100, ports 1 2)"
