"""What is true on a machine that has the role ``firewall``."""

import ipaddress
import json

import pytest

ALWAYS_OPEN = {("tcp", 22)}
CHAINS = {"input": "firewall_input", "output": "firewall_output", "forward": "firewall_forward"}


@pytest.fixture
def ruleset(host):
    shown = json.loads(host.check_output("nft -j list table inet hue_filter"))
    return [next(iter(one.items())) for one in shown["nftables"]]


def comments(ruleset, chain):
    return {
        rule.get("comment") for kind, rule in ruleset if kind == "rule" and rule["chain"] == chain
    } - {None}


def test_rules_are_loaded_at_every_boot(host):
    assert host.check_output("systemctl is-active hue-firewall") == "active"
    assert host.check_output("systemctl is-enabled hue-firewall") == "enabled"


def test_whatever_is_not_declared_is_dropped(ruleset):
    policies = {body["name"]: body["policy"] for kind, body in ruleset if body.get("hook")}

    assert policies == {"input": "drop", "forward": "drop", "output": "drop"}


@pytest.mark.parametrize("chain", sorted(CHAINS))
def test_flows_are_those_declared(ruleset, variables, chain):
    declared = {flow["id"] for flow in variables[CHAINS[chain]]}
    if chain == "forward" and variables["firewall_pods"]:
        declared |= {
            f["id"] for f in variables["firewall_input"] if f["protocol"] in {"tcp", "udp"}
        }

    assert comments(ruleset, chain) == declared


def test_no_rule_accepts_what_names_no_flow(ruleset, variables):
    nameless = [
        rule["expr"]
        for kind, rule in ruleset
        if kind == "rule" and {"accept": None} in rule["expr"] and not rule.get("comment")
    ]
    # Loopback and neighbour discovery in and out; a node's pods; management.
    pods = len(variables["firewall_pods"]) and 6
    management = len(variables["firewall_management"]) and 2

    assert len(nameless) <= 4 + pods + management


def test_groups_hold_the_declared_prefixes(ruleset, variables):
    held = {body["name"]: networks(body.get("elem", [])) for kind, body in ruleset if kind == "set"}

    for group in variables["firewall_sets"]:
        for version in (4, 6):
            declared = [ipaddress.ip_network(one) for one in group["prefixes"]]
            own = [one for one in declared if one.version == version]
            assert held[f"{group['name']}{version}"] == list(ipaddress.collapse_addresses(own))


def networks(elements):
    """Networks of a set as nft tells it: addresses, prefixes, ranges."""
    found = []
    for one in elements:
        if isinstance(one, dict) and "prefix" in one:
            found.append(ipaddress.ip_network(f"{one['prefix']['addr']}/{one['prefix']['len']}"))
        elif isinstance(one, dict):
            first, last = map(ipaddress.ip_address, one["range"])
            found += ipaddress.summarize_address_range(first, last)
        else:
            found.append(ipaddress.ip_network(one))
    return list(ipaddress.collapse_addresses(found))


def test_only_declared_ports_listen(host, variables):
    if variables["firewall_pods"]:
        pytest.skip("a cluster's node opens ports of its own")
    flows = variables["firewall_input"]
    declared = {(flow["protocol"], port) for flow in flows for port in flow["ports"]}
    lines = [line.split() for line in host.check_output("ss -lntuH").splitlines()]
    outside = {(line[0], *line[4].rsplit(":", 1)) for line in lines}
    listening = {
        (protocol, int(port))
        for protocol, address, port in outside
        if not address.strip("[]").startswith(("127.", "::1"))
    }

    assert listening - declared - ALWAYS_OPEN == set()


def test_refused_packets_are_logged(host, variables):
    if not variables["firewall_log_drops"]:
        pytest.skip("refused packets are not logged here")

    assert host.service("ulogd2").is_running


def test_published_addresses_are_translated(host, variables):
    published = variables["firewall_publications"]
    if not published:
        pytest.skip("this machine publishes nothing")
    rules = host.check_output("nft list table inet hue_nat")

    for one in published:
        assert f"{one['target4']}:{one['target_port']}" in rules
        assert f"[{one['target6']}]:{one['target_port']}" in rules
