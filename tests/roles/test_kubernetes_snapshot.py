"""The program that keeps snapshots, on a node of files with tools that play etcd's part.

What the real tools do is for ``test_kubernetes_cluster.py``; here every moment at which a restore
can fail or die is tried.
"""

import datetime
import importlib.util
import itertools
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "roles/kubernetes/files/kubernetes_snapshot.py"
ETCD = """\
spec:
  containers:
  - command:
    - etcd
    - --data-dir=/var/lib/etcd
    - --initial-advertise-peer-urls=https://10.0.0.5:2380
    - --initial-cluster=k8s1=https://10.0.0.5:2380
    - --name=k8s1
"""
TOOLS = {
    # Whether etcd answers, and what it holds.
    "etcdctl": """case "$*" in
  *health*) [ -d $NODE/var/lib/etcd ] ;;
  *save*) for last; do :; done; cp $NODE/var/lib/etcd/db $last ;;
esac""",
    "etcdutl": """case "$*" in
  *status*) echo '{"revision": 7, "totalKey": 3}' ;;
  *restore*) [ ! -e $NODE/broken ] || { echo broken >&2; exit 1; }
    mkdir $5 && cp $3 $5/db && echo "$*" >$NODE/restored ;;
esac""",
    # It answers while etcd runs and its key is not a certain one; a file tells of the pods.
    "kubectl": """[ -e $NODE/etc/kubernetes/manifests/etcd.yaml ] &&
[ "$(cat $NODE/etc/kubernetes/api/encryption.yaml)" != mute ] || exit 1
case "$*" in
  *readyz*) printf ok ;;
  *pods*) cat $NODE/pods.json 2>/dev/null || echo '{"items": []}'
    [ ! -e $NODE/next.json ] || mv $NODE/next.json $NODE/pods.json ;;
esac""",
    "ctr": "printf 'TASK PID STATUS\nold 7 STOPPED\nnew 8 RUNNING\n'",
}


@pytest.fixture
def program(monkeypatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("kubernetes_snapshot", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    # A second a snapshot would be long to wait.
    seconds = itertools.count()
    monkeypatch.setattr(module, "_free_moment", lambda _: moment(next(seconds)))
    return module


def moment(second: int) -> datetime.datetime:
    return datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC) + datetime.timedelta(0, second)


@pytest.fixture
def node(program, tmp_path, monkeypatch):
    made = program.Node(tmp_path, "/var/lib/snapshots", 3)
    for directory in (made.manifests, made.keys.parent, made.data, made.processes):
        directory.mkdir(parents=True)
    (made.manifests / "etcd.yaml").write_text(ETCD)
    for name in program.STATIC[:3]:
        (made.manifests / f"{name}.yaml").write_text(name)
    made.keys.write_text("key one")
    (made.data / "db").write_text("first")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, body in TOOLS.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("NODE", str(tmp_path))
    return made


def change(node, data: str, key: str = "key one") -> None:
    (node.data / "db").write_text(data)
    node.keys.write_text(key)


def stands(node) -> tuple[str, str, int]:
    """What etcd holds, the key it is read with, and how many static pods run."""
    pods = len(list(node.manifests.glob("*.yaml")))
    return (node.data / "db").read_text(), node.keys.read_text(), pods


def leftovers(node) -> list[str]:
    places = (node.marker, node.aside, node.data_new, node.data_before, node.keys_before)
    return [path.name for path in places if path.exists()]


def test_a_snapshot_is_whole_and_for_root_alone(program, node):
    taken = program.save(node, "by hand")
    place = node.snapshots / taken["name"]

    assert (taken["revision"], taken["keys"], taken["bytes"]) == (7, 3, 5)
    assert [one["name"] for one in program.snapshots(node) if one["whole"]] == [taken["name"]]
    assert {path.name: path.stat().st_mode & 0o777 for path in place.iterdir()}.items() >= {
        ("etcd.db", 0o600),
        ("encryption.yaml", 0o600),
    }
    assert node.snapshots.stat().st_mode & 0o777 == 0o700


def test_the_oldest_give_way(program, node):
    names = [program.save(node, str(number))["name"] for number in range(4)]

    assert [one["name"] for one in program.snapshots(node)] == names[:0:-1]


def test_no_two_bear_one_name(program, node, monkeypatch):
    monkeypatch.undo()
    first = program._free_moment(node)
    (node.snapshots / program._name(first)).mkdir(parents=True)

    assert program._name(program._free_moment(node)) > program._name(first)


def test_what_was_cut_off_is_no_snapshot_and_is_cleared_away(program, node):
    part = node.snapshots / ".20260101T000000Z.part"
    part.mkdir(parents=True)
    (part / "snapshot.json").write_text("{}")

    assert program.snapshots(node) == []
    program.save(node, "by hand")
    assert not part.exists()


def test_without_etcd_there_is_no_snapshot(program, node):
    (node.data / "db").unlink()
    node.data.rmdir()

    with pytest.raises(program.RefusedError, match="etcd does not answer"):
        program.save(node, "by hand")
    assert program.snapshots(node) == []


def test_a_restore_brings_back_data_and_key_and_keeps_the_present(program, node):
    taken = program.save(node, "by hand")
    change(node, "second", "key two")

    assert program.restore(node, "latest")["name"] == taken["name"]

    assert stands(node) == ("first", "key one", 4)
    assert leftovers(node) == []
    newest = program.snapshots(node)[0]
    assert newest["why"] == f"before the restore of {taken['name']}"
    assert (node.snapshots / newest["name"] / "etcd.db").read_text() == "second"
    words = (node.data.parents[2] / "restored").read_text()
    assert "--name k8s1 --initial-cluster k8s1=https://10.0.0.5:2380" in words
    assert "--bump-revision 1000000000 --mark-compacted" in words


def test_lost_data_are_restored(program, node):
    program.save(node, "by hand")
    (node.data / "db").unlink()
    node.data.rmdir()

    program.restore(node, "latest")

    assert stands(node) == ("first", "key one", 4)


def test_the_one_to_restore_does_not_give_way_to_the_present(program, node):
    oldest, *_ = [program.save(node, str(number))["name"] for number in range(3)]

    program.restore(node, oldest)

    assert oldest in [one["name"] for one in program.snapshots(node)]


def test_what_is_damaged_or_unknown_is_refused_with_everything_running(program, node):
    taken = program.save(node, "by hand")
    (node.snapshots / taken["name"] / "etcd.db").write_text("other")

    for name in (taken["name"], "latest", "20000101T000000Z"):
        with pytest.raises(program.RefusedError, match=r"damaged|no snapshot"):
            program.restore(node, name)
    assert stands(node) == ("first", "key one", 4)


@pytest.mark.parametrize("fault", ["the tool fails", "the server stays mute"])
def test_a_restore_that_fails_puts_everything_back(program, node, fault):
    change(node, "first", "mute" if fault == "the server stays mute" else "key one")
    program.save(node, "by hand")
    change(node, "second", "key two")
    if fault == "the tool fails":
        (node.data.parents[2] / "broken").touch()

    with pytest.raises(program.RefusedError, match=r"etcdutl failed|does not answer"):
        program.restore(node, "latest")

    assert stands(node) == ("second", "key two", 4)
    assert leftovers(node) == []


def pod(container: str, ready: str = "True") -> str:
    """What the API server tells of the only pod."""
    status = {
        "conditions": [{"type": "Ready", "status": ready}],
        "containerStatuses": [
            {"containerID": f"containerd://{container}", "state": {"running": {}}}
        ],
    }
    return json.dumps({"items": [{"metadata": {"uid": "one"}, "status": status}]})


@pytest.mark.parametrize(
    ("first", "then", "in_vain"),
    [
        (pod("old"), pod("new"), False),
        (pod("new"), pod("new", "False"), True),
        (pod("old"), pod("old"), True),
        (pod("old", "False"), pod("old", "False"), False),
    ],
)
def test_pods_that_the_snapshot_calls_ready_are_waited_for(
    program, node, monkeypatch, first, then, in_vain
):
    program.save(node, "by hand")
    root = node.data.parents[2]
    (root / "pods.json").write_text(first)
    (root / "next.json").write_text(then)
    real, complaints = program._await, []

    def awaiting(is_so, complaint):
        try:
            real(is_so, complaint)
        except program.RefusedError:
            complaints.append(complaint)
            raise

    monkeypatch.setattr(program, "_await", awaiting)

    assert program.restore(node, "latest")
    assert complaints == (["the pods are not ready"] if in_vain else [])


def test_a_present_that_cannot_be_kept_is_not_given_up(program, node):
    program.save(node, "by hand")
    change(node, "second", "key two")
    tool = node.data.parents[2] / "bin/etcdctl"
    tool.write_text("#!/bin/sh\ncase $* in *health*) ;; *) exit 1 ;; esac\n")

    with pytest.raises(program.RefusedError, match="etcdctl failed"):
        program.restore(node, "latest")

    assert stands(node) == ("second", "key two", 4)


def test_with_nothing_set_aside_there_is_nothing_to_undo(program, node, monkeypatch):
    monkeypatch.setattr(program, "_stop", lambda _: pytest.fail("stopped"))

    program.undo(node)


class Death(BaseException):
    """The program dies here."""


def mortal(times: int) -> Callable[[Path, Path], Path]:
    """Renaming that works so many times, and then is where the program dies."""
    count, real = itertools.count(), Path.rename

    def rename(path: Path, target: Path) -> Path:
        if next(count) >= times:
            raise Death
        return real(path, target)

    return rename


def dies(program, node, name: str, times: int, monkeypatch) -> bool:
    """Restore with *times* renamings before death; whether it died, and did nothing after."""
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", mortal(times))
        try:
            program.restore(node, name)
        except Death:
            return True
    return False


def test_a_restore_that_dies_anywhere_is_undone(program, node, monkeypatch):
    oldest = program.save(node, "by hand")["name"]
    change(node, "second", "key two")
    deaths = 0

    while dies(program, node, oldest, deaths, monkeypatch):
        if node.marker.exists():
            with pytest.raises(program.RefusedError, match="cut off"):
                program.restore(node, oldest)
            program.undo(node)
        assert stands(node) == ("second", "key two", 4), deaths
        assert not node.aside.exists()
        deaths += 1

    assert deaths > 10
    assert stands(node) == ("first", "key one", 4)


def test_two_at_a_time_work_one_after_the_other(program, node, tmp_path):
    settings = tmp_path / "snapshots.json"
    settings.write_text(json.dumps({"directory": "/var/lib/snapshots", "kept": 9}))
    ends = []

    def wait():
        with program.alone(settings.with_suffix(".lock")):
            ends.append(time.monotonic())

    with program.alone(settings.with_suffix(".lock")):
        other = threading.Thread(target=wait)
        other.start()
        time.sleep(0.2)
        begun = time.monotonic()
    other.join()

    assert ends[0] >= begun
