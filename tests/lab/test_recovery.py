"""A run killed at any moment: the next one ends right, and nothing stays after destroy."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hue_infra
from hue_infra.lab import Lab, cgroups

pytestmark = [pytest.mark.lab, pytest.mark.slow]
SEED = 20260722
# From the first bridge to the forward, the last thing built, takes about 1.5 s when undisturbed.
MOMENTS_S = [round(uniform(0.0, 1.8), 2) for uniform in [random.Random(SEED).uniform] * 10]  # noqa: S311

BUILD = """
import sys
from pathlib import Path
from hue_infra.lab import Lab, LinkEnd, LinkSpec, MachineSpec, Nic
lab = Lab(Path(sys.argv[1]))
print("go", flush=True)
for number in (1, 2):
    nic = Nic("eth0", "s1", (f"10.79.1.{number}/24",))
    lab.ensure_machine(MachineSpec(f"m{number}", f"m{number}.lab.test", sys.argv[2], (nic,)))
ends = (LinkEnd(f"m{n}", "wan0", (f"10.80.0.{n}/30",)) for n in (1, 2))
lab.ensure_link(LinkSpec("l", *ends, 100))
lab.forward("ssh", ("127.0.0.1", 0), "m2", ("10.79.1.2", 22))
"""


def build(directory, image):
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(directory), image.id],
        env=environment(),
        stdout=subprocess.PIPE,
    )


def environment():
    return {**os.environ, "PYTHONPATH": str(Path(hue_infra.__file__).parents[1])}


def kill_after(process, seconds):
    process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_build_killed_again_and_again_ends_right(tmp_path, image, traces):
    directory = tmp_path / "lab"
    for moment in MOMENTS_S:
        kill_after(build(directory, image), moment)
    assert build(directory, image).wait() == 0
    lab = Lab(directory)
    inside = lab.machine("m1")
    try:
        assert lab.machines() == ["m1", "m2"]
        for address in ("10.79.1.2", "10.80.0.2"):
            assert inside.run(["ping", "-c1", "-W1", address], check=False).code == 0
        assert inside.run(["systemctl", "is-system-running"]).stdout == "running\n"
        assert len(lab.forwards()) == 1
        # Two machines are two process 1, and what waits for each; twins would show here.
        assert len(traces(directory)["processes"]) == 2 * 1 + 1
    finally:
        lab.destroy()
    assert traces(directory) == {}


@pytest.mark.parametrize("moment", sorted(MOMENTS_S)[::2])
def test_destroy_clears_what_a_killed_build_left(tmp_path, image, traces, moment):
    directory = tmp_path / "lab"
    kill_after(build(directory, image), moment)
    Lab(directory).destroy()
    assert traces(directory) == {}


def test_destroy_twice_and_of_nothing_is_fine(tmp_path, traces):
    lab = Lab(tmp_path / "lab")
    lab.destroy()
    lab.ensure_segment("s1")
    lab.destroy()
    lab.destroy()
    assert traces(tmp_path / "lab") == {}


def test_many_at_once_and_all_of_them_gone(lab, machine, traces):
    asked = [machine(number, "s1", "s2") for number in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lab.ensure_machine, asked))
        again = list(pool.map(lab.ensure_machine, asked))
        list(pool.map(lab.remove_machine, [spec.name for spec in asked[4:]]))
    left = lab.machines()
    lab.destroy()

    assert states == again
    assert len({state.pid for state in states}) == 8
    assert left == ["m1", "m2", "m3", "m4"]
    assert traces(lab.directory) == {}


def test_removing_what_was_never_there_is_fine(lab):
    lab.remove_machine("ghost")
    lab.remove_segment("ghost")
    lab.remove_link("ghost")
    lab.remove_forward("ghost")


@pytest.fixture
def cache(tmp_path, image, monkeypatch):
    """A cache of the test's own that lends the real one's base image."""
    (tmp_path / "cache" / "base").mkdir(parents=True)
    (tmp_path / "cache" / "base" / image.id).symlink_to(image.path)
    monkeypatch.setenv("HUE_INFRA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_kept_disk_comes_back_in_another_lab(cache, lab, tmp_path, machine):
    asked = machine(1, "s1", kubernetes=True)
    assert not lab.restore(asked, "k1")
    lab.ensure_machine(asked)
    lab.machine("m1").put("/etc/provisioned", "by roles")
    lab.machine("m1").put("/var/lib/kubelet/state", "volume")
    lab.machine("m1").run(["rm", "/etc/motd"])
    lab.keep("m1", "k1")
    assert lab.machine("m1").run(["systemctl", "is-system-running"]).stdout == "running\n"
    assert [path.stat().st_mode & 0o777 for path in cache.glob("kept/*/[!.]*")] == [0o700]

    other = Lab(tmp_path / "other")
    try:
        assert not other.restore(asked, "k2")
        assert other.restore(asked, "k1")
        other.ensure_machine(asked)
        inside = other.machine("m1")
        assert inside.read("/etc/provisioned") == b"by roles"
        assert inside.read("/var/lib/kubelet/state") == b"volume"
        assert inside.run(["test", "-e", "/etc/motd"], check=False).code == 1
        assert other.restore(asked, "k1")
        other.forget("m1")
        assert not other.restore(asked, "k1")
    finally:
        other.destroy()


def test_a_machine_left_standing_still_goes_on(lab, machine):
    lab.ensure_machine(machine(2, "s1"))
    group = f"{lab.namespace_prefix.rstrip('-')}/m2"
    cgroups.freeze(group, frozen=True)
    lab.ensure_machine(machine(2, "s1"))
    assert not cgroups.is_frozen(group)


def test_a_lost_switch_is_made_again_and_the_machines_plugged_in(lab, machine):
    asked = [machine(3, "s3"), machine(4, "s3")]
    states = [lab.ensure_machine(spec) for spec in asked]
    subprocess.run(["ip", "netns", "delete", f"{lab.namespace_prefix}_switch"], check=True)
    while lab.matches(asked[0]):  # the kernel takes a namespace down in its own time
        time.sleep(0.05)
    again = [lab.ensure_machine(spec) for spec in asked]

    assert states == again
    assert lab.machine("m3").run(["ping", "-c1", "-W1", "fd77:3::4"], check=False).code == 0


def test_a_killed_build_of_the_base_leaves_nothing_running(tmp_path):
    script = "from hue_infra.lab import base; base.ensure(lambda line: print(line, flush=True))"
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**environment(), "HUE_INFRA_CACHE": str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    kill_after(process, 1.0)
    end = time.monotonic() + 5
    while left(tmp_path) and time.monotonic() < end:
        time.sleep(0.05)

    assert left(tmp_path) == []
    assert [path.suffix for path in (tmp_path / "base").iterdir() if path.is_dir()] == [".half"]


def left(directory):
    """Processes that hold anything under *directory* open or mounted, or name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            said = (process / "cmdline").read_bytes() + (process / "mounts").read_bytes()
            if str(directory).encode() in said:
                found.append(process.name)
    return found
