"""What is true on a machine that has the role ``dns``."""

import pytest


def ask(host, server, name, kind):
    """Answers to a question, one a line."""
    return host.check_output(f"kdig +short +time=3 +retry=1 @{server} {name} {kind}").splitlines()


@pytest.mark.parametrize("name", ["knot", "unbound"])
def test_service_runs_and_starts_with_the_machine(host, name):
    assert host.service(name).is_running
    assert host.service(name).is_enabled


def test_every_zone_is_answered_for(host, variables):
    for zone in variables["dns_zones"]:
        answer = ask(host, "127.0.0.1 -p 5353", zone["name"], "SOA")

        assert answer, zone["name"]
        assert answer[0].split()[0] == f"{zone['servers'][0]}."


def test_records_are_those_declared(host, variables):
    for zone in variables["dns_zones"]:
        # The first, the middle and the last record stand for all.
        lines = zone["records"].splitlines()
        for line in {lines[0], lines[len(lines) // 2], lines[-1]}:
            name, kind, value = line.split(maxsplit=2)

            assert value in ask(host, "127.0.0.1 -p 5353", name, kind)


def test_resolver_answers_on_every_address(host, variables):
    zone = variables["dns_zones"][0]
    for address in variables["dns_addresses"]:
        assert ask(host, address, zone["name"], "NS")


def test_names_outside_the_province_do_not_exist(host, variables):
    if variables["dns_forwarders"]:
        pytest.skip("other resolvers are asked for such names")
    answer = host.check_output("kdig +time=3 @127.0.0.1 outside.example A")

    assert "status: NXDOMAIN" in answer


def test_zones_are_served_to_this_machine_alone(host):
    listening = host.check_output("ss -lntuH sport = :5353").splitlines()
    addresses = {line.split()[4].rsplit(":", 1)[0] for line in listening}

    assert addresses == {"127.0.0.1", "[::1]"}
