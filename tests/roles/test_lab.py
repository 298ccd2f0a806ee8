"""All roles on real machines: a data centre and a commune of the reference province.

Converged twice, checked, broken by hand, checked again; a certificate renews itself.
"""

import dataclasses
import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from a_province import watched

from hue_infra.blueprint import derive, lock
from hue_infra.blueprint.configuration import role_calls
from hue_infra.blueprint.lab import realised
from hue_infra.blueprint.plan import Blueprint, LinkEnd, Machine
from hue_infra.lab import Lab, MachineSpec, Nic, specs
from hue_infra.model.load import load
from hue_infra.tools import ansible
from hue_infra.tools.ansible import Host, HostResult
from hue_infra.tools.run import Completed

pytestmark = [pytest.mark.lab, pytest.mark.slow]

ROOT = Path(__file__).parent.parent.parent
DATE = datetime.date(2026, 11, 22)
SITES = ("dc", "phuxuan")
ROLES = ("base", "dns", "time_sync", "pki", "firewall", "routing", "logging", "figures")


@dataclass
class Province:
    """The machines, and the means to work on them."""

    lab: Lab
    blueprint: Blueprint
    home: Path

    def up(self) -> None:
        image = self.lab.ensure_base()
        for machine in self.blueprint.machines:
            self.lab.ensure_machine(self._spec(machine, image.id))
        for link in self.blueprint.links:
            rate = link.capacity.mbps
            self.lab.ensure_link(specs.LinkSpec(link.id, end(link.near), end(link.far), rate))

    def _spec(self, machine: Machine, base: str) -> MachineSpec:
        segments = {one.id: one for one in self.blueprint.segments}
        nics = tuple(
            Nic(
                port.name,
                port.segment.replace("/", "-"),
                (f"{port.ipv4}/{segments[port.segment].ipv4.prefixlen}", f"{port.ipv6}/64"),
            )
            for port in machine.interfaces
        )
        home = segments[machine.interfaces[0].segment]
        gateways = () if machine.is_router else (str(home.gateway4), str(home.gateway6))
        return MachineSpec(machine.name, machine.fqdn, base, nics, gateways)

    def converge(
        self, *, check: bool = False, roles: Sequence[str] = ()
    ) -> Mapping[str, HostResult]:
        return ansible.converge(
            [self._host(one.name, roles or ROLES) for one in self.blueprint.machines],
            self.home,
            check=check,
        )

    def _host(self, name: str, roles: Sequence[str]) -> Host:
        connection = {
            "ansible_connection": "hue_lab",
            "hue_lab_directory": str(self.lab.directory),
            "hue_lab_machine": name,
        }
        calls = role_calls(self.blueprint, self.blueprint.machine(name))
        return Host(name, connection, [one for one in calls if one.role in roles])

    def run(self, name: str, *argv: str, check: bool = True, text: str | None = None) -> Completed:
        machine = self.lab.machine(name)
        assert machine
        return machine.run(list(argv), input=text, check=check, timeout=60)

    def checks(self, *roles: str, machine: str = "") -> list[str]:
        """Names of the checks that failed, on one machine or on all."""
        machines = [machine] if machine else [one.name for one in self.blueprint.machines]
        variables = {
            name: {
                call.role: call.variables
                for call in role_calls(self.blueprint, self.blueprint.machine(name))
            }
            for name in machines
        }
        self.home.mkdir(parents=True, exist_ok=True)
        file = self.home / "variables.json"
        file.write_text(json.dumps(variables))
        hosts = [f"hue-lab://{name}?directory={self.lab.directory}" for name in machines]
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider"),
                *("-p", "hue_infra.verify.checks_plugin", f"--role-variables={file}"),
                f"--hosts={','.join(hosts)}",
                *(str(ROOT / "roles" / role / "checks") for role in roles or ROLES),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        lines = done.stdout.splitlines()
        return [line.partition("::")[2] for line in lines if line.startswith("FAILED")]


def end(found: LinkEnd) -> specs.LinkEnd:
    return specs.LinkEnd(found.machine, found.interface, (f"{found.ipv4}/31", f"{found.ipv6}/127"))


@pytest.fixture(scope="module")
def province(equipped_host: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    directory = tmp_path_factory.mktemp("province")
    file = watched(directory)
    whole = derive.derive(load(file, DATE), DATE, lock.Lock.empty())[0]
    sites = tuple(dataclasses.replace(one, in_lab=one.name in SITES) for one in whole.sites)
    blueprint = realised(dataclasses.replace(whole, sites=sites))
    lab = Lab(directory / "lab")
    if problems := lab.preflight():
        pytest.skip("; ".join(problems))
    made = Province(lab, blueprint, directory / "home")
    try:
        made.up()
        yield made
    finally:
        lab.destroy()


def failures(results: Mapping[str, HostResult]) -> str:
    return "\n".join(f"{name}: {one.message}" for name, one in results.items() if not one.ok)


@pytest.fixture(scope="module")
def converged(province: Province) -> Province:
    """The machines after a check of the fresh ones and a first run."""
    checked = province.converge(check=True)
    assert failures(checked) == ""
    assert province.run("dc-core1", "test", "-e", "/etc/hue-firewall.nft", check=False).code

    first = province.converge()
    assert failures(first) == ""
    assert all(one.changed for one in first.values())
    return province


def test_second_run_changes_nothing(converged: Province) -> None:
    again = converged.converge()

    assert failures(again) == ""
    assert {name: one.changed_tasks for name, one in again.items() if one.changed} == {}


def test_check_of_converged_machines_sees_no_change(converged: Province) -> None:
    checked = converged.converge(check=True)

    assert failures(checked) == ""
    assert {name: one.changed_tasks for name, one in checked.items() if one.changed} == {}


def test_checks_are_green(converged: Province) -> None:
    assert converged.checks() == []


@dataclass(frozen=True)
class Told:
    """A service, one of its files with a line that may stand there, and when it was told last."""

    role: str
    machine: str
    unit: str
    file: str
    line: str = "# another setting"
    verb: str = "restart"
    moment: str = "InactiveExitTimestampMonotonic"


RELOADED = {"verb": "reload", "moment": "StateChangeTimestampMonotonic"}
TOLD = (
    Told("base", "dc-core1", "systemd-journald", "/etc/systemd/journald.conf"),
    Told("base", "dc-core1", "ssh", "/etc/ssh/sshd_config.d/10-province.conf", **RELOADED),
    Told("dns", "dc-core2", "knot", "/etc/knot/knot.conf"),
    Told("dns", "dc-core2", "unbound", "/etc/unbound/unbound.conf"),
    Told("time_sync", "phuxuan-edge", "chrony", "/etc/chrony/chrony.conf"),
    Told("pki", "dc-core1", "hue-est", "/etc/systemd/system/hue-est.service"),
    Told("pki", "phuxuan-edge", "hue-cert.timer", "/etc/systemd/system/hue-cert.timer"),
    Told(
        *("firewall", "dc-core1", "hue-firewall", "/etc/hue-firewall.nft"),
        'add rule inet hue_filter input counter accept comment "harm"',
        **RELOADED,
    ),
    Told(
        *("routing", "phuxuan-gw", "hue-routes", "/etc/hue-routes"),
        "route replace 198.51.100.0/24 dev lo proto 73",
    ),
    Told("logging", "dc-core2", "rsyslog", "/etc/rsyslog.conf"),
)


def moment(province: Province, one: Told) -> int:
    words = ("systemctl", "show", "--value", f"--property={one.moment}", one.unit)
    return int(province.run(one.machine, *words).stdout)


def test_a_run_that_is_cut_off_before_services_take_up_their_files_is_finished(
    converged: Province,
) -> None:
    """The cut is made where it hurts: files are written, and systemd cannot be reached."""
    machines = sorted({one.machine for one in TOLD})
    for one in TOLD:
        converged.run(one.machine, "sh", "-c", f"echo '{one.line}' >>{one.file}")
        converged.run(one.machine, "systemctl", "daemon-reload")
        converged.run(one.machine, "systemctl", one.verb, one.unit)
    program, aside = "/usr/bin/systemctl", "/usr/bin/systemctl.aside"
    for machine in machines:
        converged.run(machine, "sh", "-c", f"mv {program} {aside} && ln -s /bin/false {program}")
    try:
        # A machine goes no further than the first role whose services it cannot reach.
        cut = {role: converged.converge(roles=[role]) for role in ROLES}
    finally:
        for machine in machines:
            converged.run(machine, "mv", aside, program)
    told = {one.role: one.machine for one in TOLD}
    assert [role for role, machine in told.items() if cut[role][machine].ok] == []
    before = {one.unit: moment(converged, one) for one in TOLD}
    assert all(
        converged.run(one.machine, "grep", "-Fxq", "--", one.line, one.file, check=False).code
        for one in TOLD
    )

    mended = converged.converge()

    assert failures(mended) == ""
    assert [one.unit for one in TOLD if moment(converged, one) == before[one.unit]] == []
    assert "harm" not in converged.run("dc-core1", "nft", "list", "ruleset").stdout
    assert "198.51.100.0" not in converged.run("phuxuan-gw", "ip", "route").stdout
    again = converged.converge()
    assert {name: one.changed_tasks for name, one in again.items() if one.changed} == {}


@pytest.mark.parametrize(
    ("role", "machine", "harm", "cure", "red"),
    [
        (
            "firewall",
            "dc-core1",
            "nft add rule inet hue_filter input counter accept comment '\"all\"'",
            "systemctl reload hue-firewall",
            "test_flows_are_those_declared",
        ),
        (
            "time_sync",
            "phuxuan-edge",
            "systemctl stop chrony",
            "systemctl start chrony",
            "test_service_runs_and_starts_with_the_machine",
        ),
        (
            "pki",
            "phuxuan-edge",
            "chmod 644 /etc/hue-pki/live/machine.key",
            "chmod 600 /etc/hue-pki/live/machine.key",
            "test_key_is_the_certificates_and_root_alone_reads_it",
        ),
        (
            "routing",
            "phuxuan-gw",
            "ip route flush proto 73",
            "systemctl restart hue-routes",
            "test_routes_are_those_declared",
        ),
        (
            "dns",
            "dc-core2",
            "systemctl stop knot",
            "systemctl start knot",
            "test_every_zone_is_answered_for",
        ),
        (
            "base",
            "dc-core2",
            "sysctl -qw net.ipv4.tcp_syncookies=0",
            "sysctl -qw net.ipv4.tcp_syncookies=1",
            "test_kernel_settings_hold",
        ),
        (
            "figures",
            "phuxuan-gw",
            "sed -i s/RequireAndVerify/Request/ /etc/hue-figures/web.yml",
            "sed -i s/Request/RequireAndVerify/ /etc/hue-figures/web.yml",
            "test_nobody_else_is_told_anything",
        ),
        (
            "logging",
            "dc-core2",
            "systemctl stop rsyslog syslog.socket",
            "systemctl start rsyslog",
            "test_server_keeps_a_line_in_its_machines_file",
        ),
    ],
)
def test_harm_turns_a_check_red(
    converged: Province, role: str, machine: str, harm: str, cure: str, red: str
) -> None:
    converged.run(machine, "sh", "-c", harm)
    try:
        found = converged.checks(role, machine=machine)
    finally:
        converged.run(machine, "sh", "-c", cure)

    assert any(one.startswith(red) for one in found), found


def eventually(province: Province, machine: str, command: str, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while province.run(machine, "sh", "-c", command, check=False).code:
        assert time.monotonic() < limit, f"{machine}: {command}"
        time.sleep(0.3)


def test_commune_resolves_logs_and_is_refused_what_no_flow_names(converged: Province) -> None:
    found = converged.run("phuxuan-edge", "getent", "ahostsv4", "ns1.hue.gov.vn").stdout
    core = converged.blueprint.machine("dc-core1").interfaces[0].ipv4
    converged.run("phuxuan-edge", "logger", "line from a commune")
    refused = converged.run(
        "phuxuan-edge", "sh", "-c", f"curl -s --max-time 2 telnet://{core}:22", check=False
    )

    assert str(core) in found
    assert refused.code
    logs = "/var/log/province"
    eventually(
        converged, "dc-core2", f"grep -rqs 'line from a commune' {logs}/edge.phuxuan.hue.gov.vn"
    )
    # The refusal itself arrives in the log server's files.
    eventually(
        converged, "dc-core2", f"grep -rqs 'hue-drop.*DPT=22' {logs}/edge.phuxuan.hue.gov.vn"
    )


LIFE = 60
"""Seconds a certificate lives in the test of its renewal."""


def test_certificate_renews_itself_in_its_last_third(converged: Province) -> None:
    machine, live = "phuxuan-edge", "/etc/hue-pki/live"
    serial = ("openssl", "x509", "-in", f"{live}/machine.crt", "-noout", "-serial")
    converged.run(machine, "rm", f"{live}/machine.crt")
    asked = converged.run(machine, "hue-cert", "request").stdout
    names = converged.run(machine, "cat", f"{live}/names").stdout.replace("DNS:", "--name=")
    order = (
        "hue-ca",
        "sign",
        f"--days={LIFE / 86400}",
        *names.replace("IP:", "--name=").split(","),
    )
    chain = converged.run("dc-core1", *order, text=asked).stdout
    began = time.monotonic()
    converged.run(machine, "hue-cert", "install", text=chain)
    short = converged.run(machine, *serial).stdout

    while (now := converged.run(machine, *serial).stdout) == short:
        assert time.monotonic() < began + LIFE, "never renewed"
        # What the timer starts; systemd refuses a sixth start within ten seconds.
        converged.run(machine, "systemctl", "start", "hue-cert.service")
        time.sleep(3)

    assert now != short
    assert time.monotonic() > began + LIFE / 2, "renewed before it was due"
    log = converged.run(machine, "journalctl", "-u", "hue-cert", "--no-pager").stdout
    assert "renewed until" in log
    converged.run(machine, "openssl", "verify", f"{live}/machine.crt")
    assert converged.checks("pki", machine=machine) == []
