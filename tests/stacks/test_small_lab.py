"""A small province from nothing to nothing, by the commands that an operator types.

The tests share one lab and run in their order: the last one takes it away.
"""

import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hue_infra.engine import locks
from hue_infra.lab.layout import NETNS

pytestmark = [pytest.mark.alone, pytest.mark.lab, pytest.mark.slow]

MACHINES = {"dc-fw1", "dc-core1", "dc-core2", "phuxuan-gw", "phuxuan-edge"}
CENTRE = {"dc-fw1", "dc-core1", "dc-core2"}
LOCKED = 5
WATCHED = ("/etc", "/root", "/run", "/srv", "/usr/local", "/var")
"""Where something that forgets itself would leave a file."""


@dataclass(frozen=True)
class Host:
    """What a lab could leave on its host."""

    links: str
    routes: str
    rules: str
    files: frozenset[str]

    @classmethod
    def seen(cls, *spared: Path) -> "Host":
        """Look at the host; what lies under *spared* is passed over."""
        return cls(
            links="\n".join(sorted(re.findall(r"^\d+: ([^:]+):", _said("ip link"), re.MULTILINE))),
            routes=_said("ip route show table all") + _said("ip -6 route show table all"),
            rules=_said("nft list ruleset"),
            files=frozenset(_files(spared)),
        )


def _said(line: str) -> str:
    text = subprocess.run(line.split(), capture_output=True, text=True, check=False).stdout
    # What counts packets or runs out by itself is no trace.
    return re.sub(r"packets \d+ bytes \d+|expires \d+sec", "", text)


def _files(spared: tuple[Path, ...]) -> set[str]:
    found: set[str] = set()
    for top in WATCHED:
        for folder, below, files in os.walk(top):
            below[:] = [name for name in below if Path(folder, name) not in spared]
            found |= {f"{folder}/{name}" for name in files}
    return found


def _traces(stack) -> dict[str, list[str]]:
    """All that runs or is mounted of the stack's lab; kinds that have nothing are absent."""
    group = stack.lab.namespace_prefix.removesuffix("-")
    folder = str(stack.folder)

    def mine(text: str) -> bool:
        return group in text or folder in text

    found = {
        "namespaces": [path.name for path in NETNS.glob(f"{group}-*")],
        "groups": [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{group}")],
        "mounts": [line for line in Path("/proc/mounts").read_text().splitlines() if mine(line)],
        "processes": [line for line in map(_process, Path("/proc").glob("[0-9]*")) if mine(line)],
        "temporary files": [str(path) for path in (stack.folder / "tmp").iterdir()],
    }
    return {kind: some for kind, some in found.items() if some}


def _process(directory: Path) -> str:
    """What tells whose a process is: its words, its place, its control groups."""
    if directory.name == str(os.getpid()):
        return ""
    try:
        words = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        groups = (directory / "cgroup").read_text()
        place = str((directory / "cwd").readlink())
    except OSError:
        return ""
    return f"{directory.name} {words} {place} {groups}"


def _until(what: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@dataclass(frozen=True)
class Together:
    """Two runs of `up` at the same time on a stack that did not exist."""

    first: tuple[int, str, str]
    second: tuple[int, str, str]
    holder: locks.Holder


@pytest.fixture(scope="module")
def host_before(_lab_is_possible, stack_folder):
    return Host.seen(*_spared(stack_folder))


@pytest.fixture(scope="module")
def stack_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("small")


def _spared(folder: Path) -> tuple[Path, ...]:
    cache = Path(os.environ.get("HUE_INFRA_CACHE", Path.home() / ".cache"))
    # Other labs of this host come and go meanwhile, and its journal grows.
    return folder, cache, NETNS, Path("/run/lock"), Path("/var/log/journal")


@pytest.fixture(scope="module")
def stack(host_before, stack_folder, new_stack):
    made = new_stack(stack_folder, "small")
    try:
        yield made
    finally:
        made.start("destroy", "--yes").communicate()


@pytest.fixture(scope="module")
def together(stack):
    folder = stack.home / "state/.pulumi/locks/organization/hue-infra" / stack.name
    first = stack.start("up", "--yes")
    _until(lambda: bool(locks.holders(folder)), patience=60)
    (holder,) = locks.holders(folder).values()
    second = stack.start("up", "--yes")
    late = second.communicate(timeout=60)
    assert first.poll() is None, "the first had ended before the second came to the lock"
    done = first.communicate(timeout=1200)
    return Together((first.returncode, *done), (second.returncode, *late), holder)


def test_up_ends_green(together, stack) -> None:
    code, data, said = together.first

    assert code == 0, data + said
    assert re.search(r"Checks: (\d+) passed, 0 failed", data)
    assert {path.name for path in (stack.home / "lab/machines").iterdir()} == MACHINES


def test_second_up_at_once_is_told_who_holds_the_stack(together) -> None:
    code, data, said = together.second
    holder = together.holder

    assert code == LOCKED, data + said
    assert holder.username in said
    assert holder.hostname in said
    assert str(holder.pid) in said
    assert holder.timestamp in said


def test_second_up_at_once_touches_nothing(together, stack) -> None:
    _, _, said = together.second

    assert " created " not in said
    assert "created (" not in said
    runs = list((stack.home / "state/.pulumi/history/hue-infra" / stack.name).glob("*.history.*"))
    assert len(runs) == 1


def test_second_up_has_nothing_to_do(together, stack) -> None:
    begun = time.monotonic()
    again = stack.document("up", "--yes")

    assert again["changed"] is False
    assert again["changes"]["create"] == again["changes"]["update"] == 0
    assert time.monotonic() - begun < 30


def test_status_tells_what_stands(together, stack) -> None:
    status = stack.document("status")

    assert {machine["name"] for machine in status["machines"]} == MACHINES
    assert all(machine["running"] for machine in status["machines"])
    assert status["lock"] is None
    assert (status["last_run"]["kind"], status["last_run"]["result"]) == ("update", "succeeded")
    assert status["resources"]["configuration"] == len(MACHINES)


def test_verify_is_green_again(together, stack) -> None:
    again = stack.document("verify")

    assert again["verification"]["failed"] == 0
    assert again["verification"]["passed"] > 200
    assert Path(again["evidence"]).is_file()


def changed(document: dict) -> dict[str, set[str]]:
    """Names of the resources that a run touches, by kind of resource and deed."""
    found: dict[str, set[str]] = {}
    for step in document["steps"]:
        kind = step["type"].rpartition(":")[2]
        found.setdefault(f"{step['op']} {kind}", set()).add(step["name"])
    return found


def one_commune_more(name: str) -> dict[str, set[str]]:
    """What a commune more is: its own things, and the data centre's machines, which serve it."""
    return {
        "create Network": {name},
        "create Machine": {f"{name}-gw", f"{name}-edge"},
        "create Link": {f"{name}-1"},
        "create Configuration": {f"{name}-gw", f"{name}-edge"},
        "update Configuration": CENTRE,
    }


def test_one_site_more_in_the_lab_concerns_it_and_the_data_centre(together, stack) -> None:
    stack.edit("sites: [dc, phuxuan, aluoi1]", "sites: [dc, phuxuan, aluoi1, thuanan]")
    try:
        assert changed(stack.document("preview")) == one_commune_more("thuanan")
    finally:
        stack.edit("sites: [dc, phuxuan, aluoi1, thuanan]", "sites: [dc, phuxuan, aluoi1]")

    assert stack.document("preview")["changed"] is False


def test_one_commune_more_in_the_province_is_built_and_nobody_else_touched(together, stack) -> None:
    lab = stack.lab
    before = {name: lab.state(name) for name in MACHINES}
    stack.edit("    without: [20056 Xã A Lưới 1]\n", "")

    foretold = changed(stack.document("preview"))
    done = stack.document("up", "--yes")

    assert foretold == changed(done) == one_commune_more("aluoi1")
    assert done["verification"]["failed"] == 0
    assert {name: lab.state(name) for name in MACHINES} == before
    assert stack.document("preview")["changed"] is False


def test_destroy_leaves_nothing_behind_and_twice_is_fine(together, stack, host_before) -> None:
    assert set(_traces(stack)) >= {"namespaces", "groups", "mounts", "processes"}

    stack.run("destroy", "--yes")

    assert _traces(stack) == {}
    assert not stack.lab.directory.exists()
    after = Host.seen(*_spared(stack.folder))
    assert (after.links, after.routes, after.rules) == (
        host_before.links,
        host_before.routes,
        host_before.rules,
    )
    assert sorted(after.files - host_before.files) == []
    stack.run("destroy", "--yes")
    assert _traces(stack) == {}
    assert stack.document("status")["machines"] == []
