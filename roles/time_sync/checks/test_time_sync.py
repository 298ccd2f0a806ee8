"""What is true on a machine that has the role ``time_sync``."""

import pytest

LARGEST_OFFSET = 1.0  # seconds


def tracking(host):
    """Chrony's own account: reference, stratum, offset in seconds, leap status."""
    fields = host.check_output("chronyc -c tracking").split(",")
    return fields[0], int(fields[2]), abs(float(fields[4])), fields[-1]


def test_service_runs_and_starts_with_the_machine(host):
    assert host.service("chrony").is_running
    assert host.service("chrony").is_enabled


def test_clock_is_synchronised(host, variables):
    if not (variables["time_sync_servers"] or variables["time_sync_clients"]):
        pytest.skip("no time servers were given")
    # A service that has just begun has not chosen yet.
    host.run("chronyc waitsync 60 1 0 1")
    _, stratum, offset, leap = tracking(host)

    assert leap == "Normal"
    assert 0 < stratum < 16
    assert offset < LARGEST_OFFSET


def test_every_time_server_is_asked(host, variables):
    lines = host.check_output("chronyc -n -c sources").splitlines()
    asked = {line.split(",")[2] for line in lines}

    assert set(variables["time_sync_servers"]) <= asked


def test_time_is_given_by_servers_alone(host, variables):
    listening = host.check_output("ss -lnuH sport = :123")

    assert bool(listening) == bool(variables["time_sync_clients"])
