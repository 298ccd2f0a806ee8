"""Machines on two segments with a link between: what they are and what they reach."""

import os
import pty
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import testinfra

import hue_infra
from hue_infra.lab import Lab, processes, testinfra_backend

pytestmark = [pytest.mark.lab, pytest.mark.slow]
PLUGINS = Path(hue_infra.__file__).parent / "lab" / "ansible" / "connection"
RECEIVER = """
import socket, time
connection, _ = socket.create_server(("10.78.0.2", 9)).accept()
begun, received = time.monotonic(), 0
while data := connection.recv(65536):
    received += len(data)
print(received * 8 / (time.monotonic() - begun) / 1e6)
"""
SENDER = """
import socket, time
for _ in range(200):
    try:
        socket.create_connection(("10.78.0.2", 9)).sendall(bytes(5_000_000))
        break
    except ConnectionRefusedError:
        time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def three(lab, machine, link):
    """m1 and m2 on s1, m2 and m3 on s2, m1 and m3 joined by a link."""
    asked = [machine(1, "s1"), machine(2, "s1", "s2"), machine(3, "s2")]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lab.ensure_machine, asked))
    lab.ensure_link(link())
    return lab


def reaches(lab, name, address):
    argv = ["ping", "-c", "1", "-W", "1", address]
    return lab.machine(name).run(argv, check=False).code == 0


def test_systemd_is_process_1_and_content(three):
    for name in three.machines():
        inside = three.machine(name)
        assert inside.run(["cat", "/proc/1/comm"]).stdout == "systemd\n"
        assert inside.run(["systemctl", "is-system-running"]).stdout == "running\n"


@pytest.mark.parametrize("address", ["10.77.1.2", "fd77:1::2", "10.78.0.2", "fd78::2"])
def test_neighbours_answer_in_both_families(three, address):
    assert reaches(three, "m1", address)


@pytest.mark.parametrize("address", ["10.77.2.3", "fd77:2::3"])
def test_another_segment_is_out_of_reach(three, address):
    assert not reaches(three, "m1", address)


def test_the_host_has_no_address_of_the_lab(three):
    said = subprocess.run(["ip", "-brief", "address"], capture_output=True, text=True, check=True)
    assert "10.77." not in said.stdout
    assert "fd77:" not in said.stdout


def test_each_machine_has_its_own_identity(three):
    seen = {
        path: {three.machine(name).read(path) for name in three.machines()}
        for path in ("/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key.pub", "/etc/hostname")
    }
    assert dict.fromkeys(seen, 3) == {path: len(values) for path, values in seen.items()}
    said = three.machine("m1").run(
        ["sh", "-c", "hostname; hostname -f; cat /proc/sys/kernel/hostname"]
    )
    assert said.stdout.split() == ["m1", "m1.lab.test", "m1"]


def test_ssh_serves_the_key_made_for_the_machine(three):
    scan = three.machine("m2").run(["ssh-keyscan", "-t", "ed25519", "10.77.1.1"])
    own = three.machine("m1").read("/etc/ssh/ssh_host_ed25519_key.pub").decode().split()[1]
    assert scan.stdout.split()[2] == own


def test_the_host_kernel_is_out_of_the_machines_hands(three):
    inside = three.machine("m1")
    for argv in (["date", "-s", "2001-01-01"], ["sysctl", "-w", "kernel.panic=7"]):
        assert inside.run(argv, check=False).code != 0, argv
    assert inside.run(["dmesg"], check=False).stdout == ""
    assert inside.run(["sysctl", "-w", "net.ipv4.ip_forward=1"]).code == 0


def test_a_link_carries_about_its_rate(three):
    """5 MB through 20 Mbit/s take 2.1 s with headers; unshaped they take milliseconds."""
    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(three.machine("m3").run, ["python3", "-c", RECEIVER], timeout=30)
        three.machine("m1").run(["python3", "-c", SENDER], timeout=30)
        mbps = float(received.result().stdout)
    assert 15 < mbps <= 21


def test_a_link_is_laid_again_when_its_rate_changes(three, link):
    three.ensure_link(link(rate_mbps=50))
    shown = three.machine("m1").run(["tc", "class", "show", "dev", "wan0"]).stdout
    three.ensure_link(link())

    assert "rate 50Mbit" in shown
    assert three.link_matches(link())
    assert reaches(three, "m1", "10.78.0.2")


def test_files_go_in_and_out_whole(three):
    inside = three.machine("m1")
    data = bytes(range(256)) * 4096
    inside.put("/opt/data", data, 0o640)
    assert inside.read("/opt/data") == data
    assert inside.run(["stat", "-c", "%a %U", "/opt/data"]).stdout == "640 root\n"


def test_an_absolute_link_inside_never_leads_to_the_host(three, tmp_path):
    inside = three.machine("m1")
    (tmp_path / "victim").write_text("host")
    inside.run(["ln", "-sfn", str(tmp_path), "/opt/trap"])
    with pytest.raises(FileNotFoundError):
        inside.put("/opt/trap/victim", "machine")
    inside.run(["ln", "-sfn", "/../../../../etc", "/opt/up"])

    assert (tmp_path / "victim").read_text() == "host"
    assert inside.read("/opt/up/hostname") == b"m1\n"


def test_a_forward_reaches_the_machine_and_survives_its_remaking(three, machine, link):
    port = three.forward("ssh", ("127.0.0.1", 0), "m3", ("10.77.2.3", 22))
    assert banner(port).startswith(b"SSH-2.0")
    assert three.forward("ssh", ("127.0.0.1", 0), "m3", ("10.77.2.3", 22)) == port

    three.remove_machine("m3")
    assert banner(port) == b""
    three.ensure_machine(machine(3, "s2"))
    assert banner(port).startswith(b"SSH-2.0")
    assert not three.link_matches(link())
    three.ensure_link(link())
    assert reaches(three, "m1", "fd78::2")
    three.remove_forward("ssh")
    assert three.forwards() == {}


def banner(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        return connection.recv(64)


def test_a_shell_has_a_terminal_of_the_machine(three):
    leader, follower = pty.openpty()
    shell = subprocess.Popen(
        three.shell_argv("m1"), stdin=follower, stdout=follower, stderr=follower, process_group=0
    )
    os.write(leader, b"hostname; tty; exit 3\n")
    code = shell.wait(timeout=20)
    said = os.read(leader, 4096).decode()
    os.close(leader)
    os.close(follower)

    assert code == 3
    assert "/dev/pts/0" in said


def test_testinfra_sees_the_machine(three):
    testinfra_backend.register()
    host = testinfra.get_host(f"hue-lab://m2?directory={three.directory}")
    assert host.service("ssh").is_running
    assert host.interface("eth1").addresses[0] == "10.77.2.2"
    assert host.run("exit 7").rc == 7


def test_ansible_reaches_the_machines(three, tmp_path):
    variables = {
        "ansible_connection": "hue_lab",
        "hue_lab_directory": str(three.directory),
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    lines = [
        f"{name} " + " ".join(f"{k}={v}" for k, v in variables.items()) for name in ("m1", "m2")
    ]
    (tmp_path / "hosts").write_text("\n".join(lines) + "\n")
    play = tmp_path / "play.yml"
    play.write_text(
        f"""- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.ping:
    - ansible.builtin.copy: {{content: "{{{{ inventory_hostname }}}}", dest: /opt/who, mode: "600"}}
    - ansible.builtin.fetch: {{src: /opt/who, dest: {tmp_path}/got}}
"""
    )
    said = subprocess.run(
        [Path(sys.executable).parent / "ansible-playbook", "-i", tmp_path / "hosts", play],
        env={
            **os.environ,
            "ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS),
            "ANSIBLE_HOME": str(tmp_path),
            "PYTHONPATH": str(PLUGINS.parents[3]),
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert (tmp_path / "got/m2/opt/who").read_text() == "m2"


def test_new_wires_leave_the_machine_running(three, machine):
    before = three.state("m1")
    moved = machine(1, "s2")
    assert not three.matches(moved)
    after = three.ensure_machine(moved)
    assert reaches(three, "m1", "10.77.2.3")
    assert not reaches(three, "m1", "10.77.1.2")
    three.ensure_machine(machine(1, "s1"))

    assert before == after
    assert reaches(three, "m1", "fd77:1::2")


def test_gateways_are_set_and_taken_away(three, machine):
    with_gateways = machine(2, "s1", "s2", gateways=("10.77.1.1", "fd77:1::1"))
    three.ensure_machine(with_gateways)
    routes = [
        three.machine("m2").run(["ip", f"-{f}", "route", "show", "default"]).stdout for f in (4, 6)
    ]
    three.ensure_machine(machine(2, "s1", "s2"))
    gone = [
        three.machine("m2").run(["ip", f"-{f}", "route", "show", "default"]).stdout for f in (4, 6)
    ]

    assert ["via 10.77.1.1" in routes[0], "via fd77:1::1" in routes[1]] == [True, True]
    assert gone == ["", ""]


def test_a_machine_that_died_starts_again_from_its_disk(three, machine):
    three.machine("m3").put("/opt/kept", "still here")
    first = three.state("m3")
    os.kill(first.pid, 9)
    while processes.Process(first.pid, first.started).is_alive:
        time.sleep(0.01)
    assert not three.matches(machine(3, "s2"))
    second = three.ensure_machine(machine(3, "s2"))

    assert first.pid != second.pid
    assert three.machine("m3").read("/opt/kept") == b"still here"


def test_a_process_id_used_again_is_not_taken_for_the_machine(three):
    pid_file = three.directory / "machines" / "m2" / "pid"
    written = pid_file.read_text()
    pid_file.write_text(f"{os.getpid()} {processes.of(os.getpid()).started}\n")
    mistaken = three.machine("m2")
    pid_file.write_text(written)

    assert mistaken is None
    assert three.machine("m2") is not None


def test_a_kubernetes_machine_limits_containers(lab, machine):
    lab.ensure_machine(machine(9, "s1", kubernetes=True))
    inside = lab.machine("m9")
    limited = ["systemd-run", "--wait", "--collect", "-q", "-p", "MemoryMax=64M"]
    hungry = inside.run([*limited, "python3", "-c", "bytearray(200 << 20)"], check=False)
    modest = inside.run([*limited, "python3", "-c", "bytearray(1 << 20)"], check=False)
    volumes = inside.run(["findmnt", "-no", "FSTYPE,PROPAGATION", "/var/lib/kubelet"]).stdout

    assert (hungry.code != 0, modest.code) == (True, 0)
    assert "overlay" not in volumes
    assert "shared" in volumes
    assert inside.run(["systemctl", "is-system-running"]).stdout == "running\n"
    lab.remove_machine("m9")


def test_a_name_with_other_signs_is_refused(lab):
    with pytest.raises(hue_infra.errors.InputError, match=r"\.\./x"):
        lab.ensure_segment("../x")


def test_a_shell_in_an_unknown_machine_is_refused(lab):
    with pytest.raises(hue_infra.errors.InputError, match="nowhere"):
        Lab(lab.directory).shell_argv("nowhere")
