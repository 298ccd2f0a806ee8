import json
from pathlib import Path

import pytest

from hue_infra.model.kinds import ZoneKind

CASES = json.loads(
    (Path(__file__).parents[1] / "cases" / "blueprint" / "flows.json").read_text("utf-8")
)
ADMINISTRATION = {22, 6443}


def is_allowed(blueprint, case):
    protocol, _, port = case["by"].partition("/")
    ports = (int(port),) if port else ()
    return any(
        case["from"] in flow.sources
        and case["to"] in flow.targets
        and flow.protocol == protocol
        and flow.ports == ports
        for flow in blueprint.flows
    )


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['from']} {case['to']} {case['by']}"
)
def test_a_conversation_is_allowed_or_dropped(hue, case):
    assert is_allowed(hue, case) is case["allowed"]


def test_administration_comes_from_management_zones_only(hue):
    kinds = {one.id: one.kind for one in hue.segments}
    sources = {
        source for flow in hue.flows if ADMINISTRATION & set(flow.ports) for source in flow.sources
    }

    assert {kinds[source] for source in sources} == {ZoneKind.MANAGEMENT}


def test_every_flow_names_things_that_exist(hue):
    sources = {one.id for one in hue.segments} | {f"link:{one.id}" for one in hue.links}
    targets = {one.name for one in hue.machines}
    targets |= {f"published:{one.name}" for one in hue.publications}
    for flow in hue.flows:
        assert flow.sources
        assert flow.targets
        assert sources >= set(flow.sources)
        assert targets >= set(flow.targets)
        assert len(set(flow.sources)) == len(flow.sources)


def test_flow_names_are_unique(hue):
    names = [flow.id for flow in hue.flows]

    assert len(names) == len(set(names))


def test_databases_are_reached_from_servers_of_their_site_only(document, plan):
    blueprint, _ = plan(document(a={}))

    flows = [flow for flow in blueprint.flows if "dc-db1" in flow.targets and 5432 in flow.ports]

    assert [flow.sources for flow in flows] == [("dc/server",)]
    assert not any(
        "dc/dmz" in flow.sources and "dc-db1" in flow.targets for flow in blueprint.flows
    )


@pytest.mark.parametrize(
    ("sources", "targets", "expected"),
    [
        (["a/staff"], ["dc-core1"], (("a/staff",), ("dc-core1",))),
        (["office:staff"], ["dc-core1"], (("a/staff", "b/staff"), ("dc-core1",))),
        (["office:staff", "a/staff"], ["a-edge"], (("a/staff", "b/staff"), ("a-edge",))),
        (["a/staff", "gone/staff"], ["dc-core1", "gone-gw"], (("a/staff",), ("dc-core1",))),
    ],
)
def test_flows_of_the_file_are_allowed_too(document, plan, sources, targets, expected):
    data = document(a={}, b={})
    data["flows"] = {
        "mail": {"sources": sources, "targets": targets, "ports": [993], "reason": "Thư công vụ"}
    }

    blueprint, _ = plan(data)

    flow = blueprint.flows[-1]
    assert (flow.sources, flow.targets) == expected
    assert (flow.id, flow.ports, flow.reason) == ("declared-mail", (993,), "Thư công vụ")
    assert flow.source == "flows.mail"


def test_a_star_means_every_zone_and_every_machine(document, plan):
    data = document(a={})
    data["flows"] = {"all": {"sources": ["*"], "targets": ["*"], "reason": "thử"}}

    blueprint, _ = plan(data)

    assert len(blueprint.flows[-1].sources) == len(blueprint.segments)
    assert len(blueprint.flows[-1].targets) == len(blueprint.machines)
