"""Target ``ssh``: machines that are there already, reached over SSH as an installer left them.

Machines of a lab stand in for real ones. Another machine of that lab is the administrator's
workstation in the data centre's management zone: the commands run in its network namespace,
so that they have no other way to the machines than the network.
"""

import dataclasses
import json
import re
import subprocess

import pytest

from hue_infra.blueprint import derive, lock
from hue_infra.blueprint.plan import Blueprint
from hue_infra.lab import Lab, LinkEnd, LinkSpec, MachineSpec, Nic
from hue_infra.lab.layout import NETNS
from hue_infra.model.load import load
from hue_infra.stacks.scene import ADMINISTRATOR

pytestmark = [pytest.mark.lab, pytest.mark.slow]

WORKSTATION = "workstation"
REFUSED = 7
AFTER_ALL = "9000"
"""Metric of the installer's routes: those of the role come before them."""
INSTALL = """
useradd --create-home --shell /bin/bash {user}
install -d -m 700 -o {user} /home/{user}/.ssh
cat >/home/{user}/.ssh/authorized_keys
chown {user} /home/{user}/.ssh/authorized_keys
echo '{user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/{user}
systemctl start ssh.service
"""


@dataclasses.dataclass(frozen=True)
class Ground:
    """The machines as an installer leaves them: addresses, routes, one account with a key."""

    lab: Lab
    blueprint: Blueprint

    def lay(self, key: str) -> None:
        base = self.lab.ensure_base().id
        for machine in self.blueprint.machines:
            self.lab.ensure_machine(self._spec(machine, base))
            self._run(machine.name, INSTALL.format(user=ADMINISTRATOR), key)
            if machine.is_router:
                self._run(machine.name, "sysctl -qw net.ipv4.ip_forward=1")
        self.lab.ensure_machine(self._workstation(base))
        for link in self.blueprint.links:
            ends = [
                LinkEnd(end.machine, end.interface, (f"{end.ipv4}/31", f"{end.ipv6}/127"))
                for end in (link.near, link.far)
            ]
            self.lab.ensure_link(LinkSpec(link.id, *ends, link.capacity.mbps))
            self._route(link.near.machine, "default", link.far)
            for segment in self.blueprint.segments:
                if segment.site == link.site:
                    self._route(link.far.machine, str(segment.ipv4), link.near)

    def _route(self, machine: str, to: str, via) -> None:
        self._run(machine, f"ip route add {to} via {via.ipv4} metric {AFTER_ALL}")

    def _spec(self, machine, base: str) -> MachineSpec:
        of = {segment.id: segment for segment in self.blueprint.segments}
        nics = tuple(
            Nic(
                port.name,
                port.segment.replace("/", "-"),
                (f"{port.ipv4}/{of[port.segment].ipv4.prefixlen}", f"{port.ipv6}/64"),
            )
            for port in machine.interfaces
        )
        home = of[machine.interfaces[0].segment]
        gateways = () if machine.is_router else (str(home.gateway4), str(home.gateway6))
        return MachineSpec(machine.name, f"{machine.name}.install", base, nics, gateways)

    def _workstation(self, base: str) -> MachineSpec:
        home = next(one for one in self.blueprint.segments if one.id == "dc/mgmt")
        nic = Nic("eth0", "dc-mgmt", (f"{home.ipv4[-2]}/{home.ipv4.prefixlen}",))
        return MachineSpec(WORKSTATION, f"{WORKSTATION}.test", base, (nic,), (str(home.gateway4),))

    def _run(self, machine: str, script: str, given: str = "") -> str:
        found = self.lab.machine(machine)
        assert found
        return found.run(["sh", "-euc", script], input=given).stdout


@pytest.fixture(scope="module")
def stack(_lab_is_possible, new_stack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ssh")
    key, config = folder / "key", folder / "operator.conf"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    config.write_text(f"IdentityFile {key}\nIdentitiesOnly yes\n")
    lab = Lab(folder / "machines")
    made = new_stack(
        folder,
        "ssh",
        before=("nsenter", f"--net={NETNS / f'{lab.namespace_prefix}{WORKSTATION}'}"),
        variables={"HUE_INFRA_SSH_CONFIG": str(config)},
    )
    loaded = load(made.province)
    blueprint, _ = derive.derive(loaded, loaded.date, lock.Lock.empty())
    try:
        Ground(lab, blueprint).lay(key.with_suffix(".pub").read_text())
        yield made
    finally:
        lab.destroy()


@pytest.fixture(scope="module")
def first(stack):
    """What the first run told."""
    return stack.document("up", "--target", "ssh", "--yes")


def test_machines_become_what_the_file_says(first) -> None:
    failed = [check for check in first["checks"] if check["verdict"] == "failed"]

    assert failed == []
    assert first["verification"]["passed"] > 200
    assert first["changes"]["create"] == 5


def test_second_run_changes_nothing(first, stack) -> None:
    again = stack.document("up", "--target", "ssh", "--yes")

    assert again["changed"] is False
    assert again["steps"] == []


def test_verify_says_the_same_again(first, stack) -> None:
    again = stack.document("verify", "--target", "ssh")

    assert again["verification"] == first["verification"]


def test_a_host_is_known_after_the_first_contact(first, stack) -> None:
    lines = (stack.home / "known_hosts").read_text().splitlines()

    loaded = load(stack.province)
    blueprint, _ = derive.derive(loaded, loaded.date, lock.Lock.empty())
    wanted = {str(machine.interfaces[0].ipv4) for machine in blueprint.machines}
    assert {line.split()[0] for line in lines} == wanted


def test_a_host_with_another_key_is_refused(first, stack) -> None:
    known = stack.home / "known_hosts"
    kept = known.read_text()
    wrong = (stack.folder / "key.pub").read_text().split()[1]
    known.write_text(re.sub(r"(ssh-ed25519) \S+", rf"\1 {wrong}", kept))
    try:
        data, _ = stack.run("verify", "--target", "ssh", "--json", code=REFUSED)
        seen = json.loads(data)["checks"]
        # A machine that is not reached hears nothing either.
        assert {check["verdict"] for check in seen} == {"failed"}
        assert any("Host key verification failed" in check["detail"] for check in seen)
    finally:
        known.write_text(kept)


def test_destroy_forgets_the_machines_and_leaves_them_as_they_are(first, stack) -> None:
    stack.run("destroy", "--target", "ssh", "--yes")

    assert stack.document("preview", "--target", "ssh")["changes"]["create"] == 5
