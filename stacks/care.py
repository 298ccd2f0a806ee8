"""Looking after a cluster that stands: how it is, its snapshots, and the way into it."""

import contextlib
import datetime
import getpass
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from hue_infra.blueprint.plan import ClusterPlan
from hue_infra.errors import InputError, RemoteError
from hue_infra.providers import reach
from hue_infra.providers.clusters import ADMIN, rewritten
from hue_infra.providers.kubernetes.api import Api, access
from hue_infra.providers.kubernetes.readiness import StuckError, waits_for
from hue_infra.stacks.keys import Rotation
from hue_infra.words import say

SNAPSHOTS = "/usr/local/sbin/kubernetes-snapshot"
KUBEADM = "/etc/kubernetes/kubeadm.yaml"
WORKLOADS = {"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1"}
VIEWERS, ADMINISTRATORS = "hue-infra:viewers", "hue-infra:administrators"
"""The groups that role ``kubernetes`` lets look at workloads and nodes, and lets do everything."""
LATEST = "latest"
PATIENCE = 180.0
"""Seconds that workloads have to be whole again after a restore or an upgrade."""
PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of a cluster's etcd."""

    name: str
    taken: str
    """RFC 3339."""
    why: str
    revision: int
    keys: int
    bytes: int
    whole: bool = True
    """Whether its files are those that were written."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node as the API server knows it."""

    name: str
    version: str
    waits_for: str
    """Why it is not ready; empty when it is."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What keeps pods running."""

    kind: str
    namespace: str
    name: str
    waits_for: str
    """Why it does not do its job; empty when it does."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a certificate of the control plane ends."""

    name: str
    """With its machine before it where several are in control."""
    until: datetime.datetime

    @property
    def days(self) -> int:
        """Whole days until then; negative when it is past."""
        return (self.until - datetime.datetime.now(datetime.UTC)).days


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """How a cluster stands."""

    name: str
    server: str
    silent: str
    """Why its API server does not answer; empty when it does, and else nothing is known of:"""
    nodes: tuple[Node, ...]
    workloads: tuple[Workload, ...]
    certificates: tuple[Expiry, ...]
    """The one that ends first comes first."""
    snapshots: tuple[Snapshot, ...]
    """The newest first."""
    closed: tuple[str, ...] = ()
    """Published hosts that did not open when they were asked for; see `Care.awaited`."""

    @property
    def hanging(self) -> tuple[Workload, ...]:
        """The workloads that do not do their job."""
        return tuple(one for one in self.workloads if one.waits_for)

    @property
    def is_well(self) -> bool:
        """Whether everything in it does its job."""
        waits = any(node.waits_for for node in self.nodes)
        return not (self.silent or self.hanging or waits or self.closed)


@dataclass(frozen=True, slots=True)
class Care:
    """One cluster, reached by its machines in control and by its API server.

    Each method raises `RemoteError` when what it asks does not answer.
    """

    plan: ClusterPlan
    control: Sequence[reach.Reach]
    server: str
    """URL of its API server from this machine."""
    closed: Callable[[], tuple[str, ...]] = tuple
    """Asks for the published hosts that do not open."""

    @property
    def machine(self) -> reach.Reach:
        """The machine that is asked when one is enough: the first that answers."""
        for machine in self.control[:-1]:
            with contextlib.suppress(RemoteError):
                reach.perform(machine, ["true"])
                return machine
        return self.control[-1]

    def status(self) -> ClusterStatus:
        """How it stands, whether or not its API server answers."""
        nodes: tuple[Node, ...] = ()
        workloads: tuple[Workload, ...] = ()
        silent = ""
        try:
            with self._api() as api:
                nodes = tuple(map(_node, api.everywhere("v1", "Node")))
                workloads = tuple(_workloads(api))
        except RemoteError as error:
            silent = str(error)
        certificates = tuple(sorted(self._certificates(), key=lambda one: one.until))
        return ClusterStatus(
            self.plan.name, self.server, silent, nodes, workloads, certificates, self.snapshots()
        )

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Its snapshots, the newest first."""
        told = json.loads(reach.perform(self.machine, [SNAPSHOTS, "list"]).stdout)
        return tuple(map(_snapshot, told))

    def save(self) -> Snapshot:
        """Take a snapshot."""
        why = f"by {_operator()}"
        done = reach.perform(self.machine, [SNAPSHOTS, "save", "--why", why])
        return _snapshot(json.loads(done.stdout))

    def chosen(self, name: str) -> Snapshot:
        """The snapshot *name*, or the newest for `LATEST`.

        Raises:
            InputError: There is no such snapshot, or it is damaged.
        """
        every = self.snapshots()
        found = every[:1] if name == LATEST else [one for one in every if one.name == name]
        if not found:
            names = ", ".join(one.name for one in every[:5])
            hint = say("care.snapshots", names=names) if names else say("care.no-snapshots")
            raise InputError(say("care.no-snapshot", name=name), hint=hint)
        if not found[0].whole:
            raise InputError(say("care.damaged", name=found[0].name), hint=say("care.damaged-hint"))
        return found[0]

    def restore(self, snapshot: Snapshot) -> ClusterStatus:
        """Bring the cluster back to *snapshot*, and wait until what it holds runs again.

        Raises:
            InputError: Several machines keep the cluster's data.
        """
        if self.plan.shares_address:
            names = ", ".join(self.plan.control_plane)
            raise InputError(
                say("care.several", name=self.plan.name, machines=names),
                hint=say("care.several-hint"),
            )
        reach.perform(self.machine, [SNAPSHOTS, "restore", snapshot.name])
        return self.awaited()

    def awaited(self) -> ClusterStatus:
        """How it stands once all is well again, or when that has taken too long.

        What leads to a page learns of its pods after they are ready: pages are opened too.
        """
        end = time.monotonic() + PATIENCE
        while True:
            status = self.status()
            if status.is_well:
                status = replace(status, closed=self.closed())
            if status.is_well or time.monotonic() > end:
                return status
            time.sleep(PAUSE)

    def rotate(self, tell: Callable[[str], None]) -> str:
        """Encrypt its secrets by a new key, whose name is returned, and forget the old one."""
        return Rotation(self.control, tell).perform()

    def kubeconfig(self, hours: int, *, admin: bool = False) -> str:
        """A way into the cluster for the operator alone; it holds a private key.

        Args:
            hours: How long it serves.
            admin: Whether it may change everything; else it may look at workloads and nodes.
        """
        group = ADMINISTRATORS if admin else VIEWERS
        done = reach.perform(
            self.machine,
            [
                *("kubeadm", "kubeconfig", "user", "--config", KUBEADM),
                *("--client-name", f"hue-infra:{_operator()}", "--org", group),
                *("--validity-period", f"{hours}h"),
            ],
        )
        return self._leading_here(done.stdout)

    def _leading_here(self, kubeconfig: str) -> str:
        return rewritten(kubeconfig, self.server, self.plan.api_names[0])

    @contextlib.contextmanager
    def _api(self) -> Iterator[Api]:
        kubeconfig = reach.perform(self.machine, ["cat", ADMIN]).stdout
        with contextlib.closing(Api(access(self._leading_here(kubeconfig)))) as api:
            yield api

    def _certificates(self) -> Iterator[Expiry]:
        words = ["kubeadm", "certs", "check-expiration", "--config", KUBEADM, "--output", "json"]
        for machine in self.control:
            try:
                told = json.loads(reach.perform(machine, words).stdout)
            except RemoteError:
                if len(self.control) == 1:
                    raise
                # The others tell that it is lost.
                continue
            place = f"{machine['machine']}: " if len(self.control) > 1 else ""
            for one in (*told.get("certificates", ()), *told.get("certificateAuthorities", ())):
                if not one.get("missing"):
                    until = datetime.datetime.fromisoformat(one["expirationDate"])
                    yield Expiry(f"{place}{one['name']}", until)


def _operator() -> str:
    """Who works here, also behind sudo, as it may stand in a certificate and in a log."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        # This user has no name on this machine.
        name = f"uid-{os.getuid()}"
    return re.sub(r"[^A-Za-z0-9._-]", "-", name)


def _snapshot(told: dict[str, Any]) -> Snapshot:
    return Snapshot(
        **{field.name: told[field.name] for field in fields(Snapshot) if field.name in told}
    )


def _node(told: dict[str, Any]) -> Node:
    status = told.get("status", {})
    version = str(status.get("nodeInfo", {}).get("kubeletVersion", ""))
    why = next(
        (
            str(one.get("message") or one.get("reason"))
            for one in status.get("conditions") or ()
            if one["type"] == "Ready" and one["status"] != "True"
        ),
        "",
    )
    return Node(str(told["metadata"]["name"]), version, why)


def _workloads(api: Api) -> Iterator[Workload]:
    for kind, version in WORKLOADS.items():
        for told in api.everywhere(version, kind):
            metadata = told["metadata"]
            try:
                why = waits_for(api, told)
            except StuckError as stuck:
                why = str(stuck)
            yield Workload(kind, str(metadata["namespace"]), str(metadata["name"]), why)
