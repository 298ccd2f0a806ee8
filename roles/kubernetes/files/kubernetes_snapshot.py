#!/usr/bin/python3
"""Keep snapshots of a cluster's etcd, and bring a cluster with one member of it back to one.

Lives on the control plane as ``/usr/local/sbin/kubernetes-snapshot``; needs Python's standard
library, and etcdctl, etcdutl and kubectl on the path.

A snapshot is a directory with etcd's own file, the key by which the API server encrypts secrets
in it, and a description that holds the SHA-256 of both.  It bears its name only once it is whole.

A restore sets the control plane's static pods aside, lays the snapshot in the place of etcd's
data, and puts the pods back.  The revision is raised far over any that a client may have seen, so
that whoever watches the cluster lists it anew.  If the API server does not come to answer, all is
put back as it was; what a restore that was killed has set aside is put back by ``undo``.
"""

import argparse
import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

UTC = datetime.timezone.utc  # noqa: UP017 - Ubuntu 22.04 has Python 3.10
ROOT = Path("/")
SETTINGS = Path("/etc/kubernetes/snapshots.json")
DESCRIPTION = "snapshot.json"
DATABASE = "etcd.db"
KEYS = "encryption.yaml"
LATEST = "latest"
UNREADABLE = {"taken": "", "why": "?", "revision": 0, "keys": 0, "bytes": 0}
STATIC = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
ENDPOINT = "https://127.0.0.1:2379"
REVISIONS = 1_000_000_000
"""By how much a restore raises the revision: etcd's own advice is a week of the busiest writing."""
PATIENCE = 240
"""Seconds a control plane may take to end, or to answer."""


class RefusedError(Exception):
    """What cannot be done, and why, in a sentence."""


class Node:
    """Where things lie on a control plane.

    Args:
        root: The machine's root directory.
        directory: Where snapshots are kept.
        kept: How many of them.
        members: How many machines keep etcd's data.
    """

    def __init__(self, root: Path, directory: str, kept: int, members: int = 1) -> None:
        self.snapshots = root / Path(directory).relative_to("/")
        self.kept = kept
        self.members = members
        self.etc = root / "etc/kubernetes"
        self.manifests = self.etc / "manifests"
        self.aside = self.etc / "manifests-aside"
        self.marker = self.etc / "restoring"
        self.keys = self.etc / "api" / KEYS
        self.keys_before = self.keys.with_suffix(".before")
        self.processes = root / "proc"
        self.data = root / "var/lib/etcd"
        self.data_new = self.data.with_name("etcd.restored")
        self.data_before = self.data.with_name("etcd.before")

    def etcd_flags(self) -> dict:
        """The flags that etcd's static pod is run with."""
        for place in (self.manifests, self.aside):
            path = place / "etcd.yaml"
            if path.exists():
                return dict(re.findall(r"^\s*- --([a-z-]+)=(.*)$", path.read_text(), re.M))
        raise RefusedError(f"there is no etcd in {self.manifests}")


def save(node: Node, why: str, spared: str = "") -> dict:
    """Take a snapshot, drop the oldest beyond those kept, and return its description.

    Args:
        node: The control plane.
        why: What it is taken for.
        spared: Name of one that is not dropped.
    """
    node.snapshots.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in node.snapshots.glob(".*.part"):
        shutil.rmtree(left)
    moment = _free_moment(node)
    part = node.snapshots / f".{_name(moment)}.part"
    part.mkdir(mode=0o700)
    if not _etcd_answers(node):
        raise RefusedError("etcd does not answer")
    _etcdctl(node, "snapshot", "save", str(part / DATABASE))
    shutil.copyfile(node.keys, part / KEYS)
    for file in part.iterdir():
        file.chmod(0o600)
    told = json.loads(_run("etcdutl", "-w", "json", "snapshot", "status", str(part / DATABASE)))
    description = {
        "name": _name(moment),
        "taken": moment.isoformat(),
        "why": why,
        "revision": told["revision"],
        "keys": told["totalKey"],
        "bytes": (part / DATABASE).stat().st_size,
        "sha256": {file: _digest(part / file) for file in (DATABASE, KEYS)},
    }
    (part / DESCRIPTION).write_text(json.dumps(description))
    os.sync()
    part.rename(node.snapshots / description["name"])
    for old in snapshots(node)[node.kept :]:
        if old["name"] != spared:
            # Half removed it is no snapshot, and goes with what was cut off.
            gone = node.snapshots / f".{old['name']}.part"
            (node.snapshots / old["name"]).rename(gone)
            shutil.rmtree(gone, ignore_errors=True)
    return description


def snapshots(node: Node) -> list:
    """Describe every snapshot, the newest first, each with whether it is ``whole``."""
    found = []
    for path in node.snapshots.glob(f"[0-9]*/{DESCRIPTION}"):
        try:
            told = json.loads(path.read_text())
            whole = _is_whole(path.parent, told)
        except (OSError, ValueError, KeyError):
            told, whole = UNREADABLE, False
        found.append({**told, "name": path.parent.name, "whole": whole})
    return sorted(found, key=lambda one: one["name"], reverse=True)


def restore(node: Node, name: str) -> dict:
    """Bring the cluster back to the snapshot *name*, and return its description.

    Raises:
        RefusedError: There is no such snapshot, it is damaged, other machines keep the data too,
            or the cluster did not come up from it, and then runs as it did before.
    """
    if node.members > 1:
        raise RefusedError(f"{node.members} machines keep the data; the others would go on with it")
    chosen = _chosen(node, name)
    if node.marker.exists():
        raise RefusedError("an earlier restore was cut off; run “kubernetes-snapshot undo” first")
    if _etcd_answers(node):
        # Where it does not, there is nothing to keep.
        save(node, f"before the restore of {chosen['name']}", spared=chosen["name"])
    shutil.rmtree(node.data_before, ignore_errors=True)
    node.keys_before.unlink(missing_ok=True)
    node.marker.touch()
    os.sync()
    try:
        _stop(node)
        _lay(node, chosen)
        _start(node)
    except BaseException as problem:
        try:
            undo(node)
        except RefusedError as worse:
            raise RefusedError(f"{problem}; and as it was: {worse}") from problem
        raise
    node.marker.unlink()
    shutil.rmtree(node.data_before, ignore_errors=True)
    node.keys_before.unlink(missing_ok=True)
    _await_pods(node)
    return chosen


def undo(node: Node) -> None:
    """Put back what a restore has set aside, as far as it got; nothing to do when it has ended."""
    if not node.marker.exists():
        return
    _stop(node)
    if node.data_before.exists():
        shutil.rmtree(node.data, ignore_errors=True)
        node.data_before.rename(node.data)
    if node.keys_before.exists():
        node.keys_before.rename(node.keys)
    shutil.rmtree(node.data_new, ignore_errors=True)
    _start(node)
    node.marker.unlink()


def _chosen(node: Node, name: str) -> dict:
    every = snapshots(node)
    found = every[:1] if name == LATEST else [one for one in every if one["name"] == name]
    if not found:
        raise RefusedError(f"there is no snapshot “{name}” in {node.snapshots}")
    if not found[0]["whole"]:
        raise RefusedError(f"the snapshot “{found[0]['name']}” is damaged: its digest is another")
    return found[0]


def _lay(node: Node, chosen: dict) -> None:
    """Lay the snapshot in the place of etcd's data, and its key in the place of the key."""
    source, flags = node.snapshots / chosen["name"], node.etcd_flags()
    shutil.rmtree(node.data_new, ignore_errors=True)
    newest = max(one["revision"] for one in snapshots(node))
    kept = ("name", "initial-cluster", "initial-advertise-peer-urls")
    _run(
        *("etcdutl", "snapshot", "restore", str(source / DATABASE)),
        *("--data-dir", str(node.data_new)),
        *(word for key in kept for word in (f"--{key}", flags[key])),
        *("--bump-revision", str(newest - chosen["revision"] + REVISIONS), "--mark-compacted"),
    )
    if node.data.exists():
        node.data.rename(node.data_before)
    node.data_new.rename(node.data)
    if node.keys.exists():
        node.keys.rename(node.keys_before)
    _copy(source / KEYS, node.keys)


def _copy(source: Path, target: Path) -> None:
    part = target.with_suffix(".part")
    part.touch(0o600)
    part.chmod(0o600)
    shutil.copyfile(source, part)
    part.rename(target)
    os.sync()


def _stop(node: Node) -> None:
    """Set the static pods aside, and wait until their programs have ended."""
    node.aside.mkdir(exist_ok=True)
    for name in STATIC:
        path = node.manifests / f"{name}.yaml"
        if path.exists():
            path.rename(node.aside / path.name)
    _await(lambda: not _running(node, STATIC), "the control plane does not end")


def _start(node: Node) -> None:
    """Put the static pods back, and wait until the API server answers."""
    for path in node.aside.glob("*.yaml"):
        path.rename(node.manifests / path.name)
    with contextlib.suppress(FileNotFoundError):
        node.aside.rmdir()
    _await(lambda: _answers(node), "the API server does not answer")


def _await_pods(node: Node) -> None:
    """Give the pods that the snapshot calls ready time to be so again: what it says of them is old.

    How it ends is no matter of the restore: whoever looks at the cluster sees it.
    """
    try:
        wanted = {pod["metadata"]["uid"] for pod in _pods(node) if _is_ready(pod)}
    except RefusedError:
        return

    def are_ready() -> bool:
        try:
            pods, tasks = _pods(node), _run("ctr", "--namespace", "k8s.io", "tasks", "list")
        except RefusedError:
            return False
        running = {line.split()[0] for line in tasks.splitlines() if line.endswith("RUNNING")}
        mine = [pod for pod in pods if pod["metadata"]["uid"] in wanted]
        return all(_is_ready(pod) and _containers(pod) <= running for pod in mine)

    with contextlib.suppress(RefusedError):
        _await(are_ready, "the pods are not ready")


def _pods(node: Node) -> list:
    return json.loads(_kubectl(node, "get", "pods", "--all-namespaces", "--output=json"))["items"]


def _is_ready(pod: dict) -> bool:
    told = pod.get("status", {}).get("conditions", ())
    return any(one["type"] == "Ready" and one["status"] == "True" for one in told)


def _containers(pod: dict) -> set:
    """The containers that run in *pod*, as containerd knows them."""
    told = pod["status"].get("containerStatuses", ())
    return {one["containerID"].partition("://")[2] for one in told if "running" in one["state"]}


def _await(is_so: Callable, complaint: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise RefusedError(f"{complaint} after {PATIENCE} seconds")
        time.sleep(0.5)


def _running(node: Node, names: tuple) -> set:
    """The programs of *names* that run on this machine for the control plane.

    A pod may have an etcd of its own; only the control plane's are told of files in its directory.
    """
    found = set()
    for path in node.processes.glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            first, _, rest = path.read_bytes().partition(b"\0")
            if b"=/etc/kubernetes/" in rest:
                found.add(Path(first.decode(errors="replace")).name)
    return found & set(names)


def _answers(node: Node) -> bool:
    try:
        return _kubectl(node, "get", "--raw=/readyz") == "ok"
    except RefusedError:
        return False


def _kubectl(node: Node, *words: str) -> str:
    admin = f"--kubeconfig={node.etc / 'admin.conf'}"
    return _run("kubectl", admin, "--request-timeout=5s", *words)


def _etcd_answers(node: Node) -> bool:
    try:
        _etcdctl(node, "endpoint", "health", "--command-timeout=5s")
    except RefusedError:
        return False
    return True


def _etcdctl(node: Node, *words: str) -> None:
    pki = node.etc / "pki"
    _run(
        *("etcdctl", "--endpoints", ENDPOINT, "--cacert", str(pki / "etcd/ca.crt")),
        *("--cert", str(pki / "apiserver-etcd-client.crt")),
        *("--key", str(pki / "apiserver-etcd-client.key")),
        *words,
    )


def _run(*argv: str) -> str:
    """Run a program and return what it printed.

    Raises:
        RefusedError: It failed; with the end of what it said.
    """
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RefusedError(f"{argv[0]} failed: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout


def _free_moment(node: Node) -> datetime.datetime:
    """This second, or the first one after it that no snapshot is named by."""
    while True:
        moment = datetime.datetime.now(UTC).replace(microsecond=0)
        if not (node.snapshots / _name(moment)).exists():
            return moment
        time.sleep(0.1)


def _name(moment: datetime.datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _is_whole(directory: Path, told: dict) -> bool:
    return all(
        (directory / file).is_file() and _digest(directory / file) == digest
        for file, digest in told["sha256"].items()
    )


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


@contextlib.contextmanager
def alone(path: Path) -> Iterator:
    """Let no second one of these programs work at the same time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def parsed(words: list) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="kubernetes-snapshot", description=__doc__.split("\n")[0])
    deeds = parser.add_subparsers(dest="deed", required=True)
    saving = deeds.add_parser("save", help="take a snapshot")
    saving.add_argument("--why", default="by hand", help="what it is taken for")
    deeds.add_parser("list", help="describe every snapshot, the newest first")
    restoring = deeds.add_parser("restore", help="bring the cluster back to a snapshot")
    restoring.add_argument("name", help=f"its name, or “{LATEST}”")
    deeds.add_parser("undo", help="put back what a restore that was cut off has set aside")
    return parser.parse_args(words)


def main(words: list, settings: Path = SETTINGS, root: Path = ROOT) -> None:
    """Do what the command line says and print its outcome as JSON."""
    said = parsed(words)
    given = json.loads(settings.read_text())
    node = Node(root, given["directory"], given["kept"], given.get("members", 1))
    # A restore that is asked to end puts everything back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    deeds = {
        "save": lambda: save(node, said.why),
        "list": lambda: snapshots(node),
        "restore": lambda: restore(node, said.name),
        "undo": lambda: undo(node),
    }
    try:
        with alone(settings.with_suffix(".lock")):
            sys.stdout.write(f"{json.dumps(deeds[said.deed]())}\n")
    except RefusedError as refused:
        sys.exit(f"kubernetes-snapshot: {refused}")


if __name__ == "__main__":
    main(sys.argv[1:])
