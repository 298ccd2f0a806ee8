"""What is true on a machine that has the role ``routing``."""

import ipaddress
import json

import pytest


@pytest.mark.parametrize("setting", ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"])
def test_packets_are_forwarded(host, setting):
    assert host.check_output("sysctl -n %s", setting) == "1"


def test_routes_are_those_declared(host, variables):
    shown = [
        route
        for family in ("-4", "-6")
        for route in json.loads(host.check_output("ip -j %s route show proto 73", family))
    ]
    laid = {(network(one), one["gateway"], one["dev"], one["metric"]) for one in shown}
    declared = {
        (ipaddress.ip_network(one["to"]), one["via"], one["interface"], one["metric"])
        for one in variables["routing_routes"]
    }

    assert laid == declared


def network(route):
    if route["dst"] == "default":
        return ipaddress.ip_network("::/0" if ":" in route["gateway"] else "0.0.0.0/0")
    return ipaddress.ip_network(route["dst"])


def test_routes_are_laid_at_every_boot(host):
    assert host.check_output("systemctl is-active hue-routes") == "active"
    assert host.check_output("systemctl is-enabled hue-routes") == "enabled"
