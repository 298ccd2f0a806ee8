"""The packet filter that follows from flows: who may begin what, on each machine."""

import datetime
import ipaddress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hue_infra.blueprint import derive, filtering, lock
from hue_infra.blueprint.lab import realised
from hue_infra.blueprint.plan import Blueprint
from hue_infra.model.load import load

PROVINCE = Path(__file__).parent.parent.parent / "provinces" / "hue" / "province.yaml"
DATE = datetime.date(2026, 11, 22)

Variables = dict[str, Any]


@pytest.fixture(scope="module")
def lab() -> Blueprint:
    return realised(derive.derive(load(PROVINCE, DATE), DATE, lock.Lock.empty())[0])


def of(lab: Blueprint, name: str) -> Variables:
    return filtering.variables(lab, lab.machine(name))


def ids(rules: list[Variables]) -> set[str]:
    return {rule["id"] for rule in rules}


def group(variables: Variables, name: str) -> list[str]:
    return next(one["prefixes"] for one in variables["firewall_sets"] if one["name"] == name)


def test_name_server_lets_names_in_and_no_logs(lab: Blueprint) -> None:
    found = ids(of(lab, "dc-core1")["firewall_input"])

    assert {"dns-udp", "dns-tcp", "time", "enrol", "ssh"} <= found
    assert "log" not in found


def test_machine_of_a_commune_serves_nobody_but_its_managers(lab: Blueprint) -> None:
    edge = next(one for one in lab.machines if one.name.endswith("-edge"))

    assert ids(of(lab, edge.name)["firewall_input"]) == {"ssh", "ping"}
    assert "dns-udp" in ids(of(lab, edge.name)["firewall_output"])
    assert of(lab, edge.name)["firewall_forward"] == []


def test_every_rule_names_groups_that_exist(lab: Blueprint) -> None:
    for machine in lab.machines:
        variables = of(lab, machine.name)
        known = {one["name"] for one in variables["firewall_sets"]}
        chains = ("firewall_input", "firewall_output", "firewall_forward")
        rules = [rule for chain in chains for rule in variables[chain]]
        used = {rule[side] for rule in rules for side in ("sources", "targets") if side in rule}

        assert used == known


def test_hub_translates_and_others_do_not(lab: Blueprint) -> None:
    published = [one["name"] for one in of(lab, "dc-fw1")["firewall_publications"]]

    assert published == [one.name for one in lab.publications]
    assert of(lab, "ioc-gw")["firewall_publications"] == []


def test_a_published_services_port_is_reached_through_its_address_alone(lab: Blueprint) -> None:
    one = lab.publications[0]
    rules = of(lab, "dc-fw1")["firewall_forward"]
    behind = [rule for rule in rules if rule["ports"] == [one.target_port]]

    assert behind
    assert all(rule["translated"] for rule in behind)


def test_commune_router_passes_only_its_own_sites_requests(lab: Blueprint) -> None:
    router = next(one for one in lab.machines if one.name == "phuxuan-gw")
    variables = of(lab, router.name)
    own = [one for one in lab.segments if one.site == router.site]
    here = group(variables, "from_dns_udp_here")
    prefixes = filtering.collapse(net for one in own for net in (one.ipv4, one.ipv6))

    strangers = [str(one.ipv4) for one in lab.segments if one.site != router.site]

    assert set(here).isdisjoint(strangers)
    assert set(here) & set(prefixes)


def test_neighbours_alone_hear_each_other(lab: Blueprint) -> None:
    variables = of(lab, "phuxuan-gw")
    links = [one for one in lab.links if one.site == "phuxuan"]
    rule = next(one for one in variables["firewall_input"] if one["id"] == "routing-ping")

    assert group(variables, rule["sources"]) == list(
        filtering.collapse(net for one in links for net in (one.ipv4, one.ipv6))
    )


def test_only_a_clusters_node_has_pods(lab: Blueprint) -> None:
    node = lab.clusters[0].control_plane[0]

    assert str(lab.clusters[0].pods[0]) in of(lab, node)["firewall_pods"]
    assert of(lab, "dc-core1")["firewall_pods"] == []


def test_prefixes_are_joined_and_none_is_added() -> None:
    halves = [ipaddress.ip_network("10.0.0.0/25"), ipaddress.ip_network("10.0.0.128/25")]

    assert filtering.collapse([*halves, ipaddress.ip_network("fd00::/64")]) == (
        "10.0.0.0/24",
        "fd00::/64",
    )


def networks(bits: int) -> st.SearchStrategy[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks so near to each other that many touch, hold or equal one another."""
    kind = ipaddress.IPv4Network if bits == filtering.IPV4_BITS else ipaddress.IPv6Network
    near = st.integers(0, 15) | st.just(2**bits - 1)
    lengths = st.integers(bits - 4, bits) | st.just(0)
    return st.builds(lambda first, length: kind((first, length), strict=False), near, lengths)


@given(st.lists(networks(32) | networks(128)))
def test_groups_are_collapsed_as_by_the_standard_library(
    some: list[ipaddress.IPv4Network | ipaddress.IPv6Network],
) -> None:
    by_version = [[one for one in some if one.version == version] for version in (4, 6)]
    wanted = [str(one) for part in by_version for one in ipaddress.collapse_addresses(part)]

    assert list(filtering.collapse(some)) == wanted
