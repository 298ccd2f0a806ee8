"""A cluster of five machines: three in control behind one address, two for workloads."""

import dataclasses
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from a_cluster import Cluster, letting_in, next_release, until

from hue_infra.blueprint.configuration import RoleCall
from hue_infra.errors import ToolError
from hue_infra.lab import Lab, MachineSpec, Nic
from hue_infra.providers import reach
from hue_infra.providers.members import MemberProvider
from hue_infra.stacks.upgrades import Upgrade

pytestmark = [pytest.mark.lab, pytest.mark.slow]

VIRTUAL = ["10.57.0.4", "fd57::4"]
CONTROL = {"k8s1": 5, "k8s2": 6, "k8s3": 7}
WORKERS = {"k8s4": 8, "k8s5": 9}
OUTSIDE = 20
PORT = 30443
API = f"https://{VIRTUAL[0]}:6443/livez"


def addresses(number: int) -> list[str]:
    return [f"10.57.0.{number}", f"fd57::{number}"]


def places() -> dict[str, dict[str, object]]:
    """Every node with its variables, as a blueprint has them."""
    return {
        name: {
            "kubernetes_head": "k8s1",
            "kubernetes_is_control_plane": name in CONTROL,
            "kubernetes_is_worker": name in WORKERS,
            "kubernetes_node_addresses": addresses(number),
            "kubernetes_control_plane_addresses": [addresses(one) for one in CONTROL.values()],
            "kubernetes_virtual_addresses": VIRTUAL,
            "kubernetes_api_endpoint": "api.lab.test:6443",
            "kubernetes_api_names": ["api.lab.test"],
            "kubernetes_pod_cidrs": ["10.60.0.0/16", "fd57:60::/56"],
            "kubernetes_service_cidrs": ["10.61.0.0/20", "fd57:61::/112"],
            "kubernetes_resolvers": [f"10.57.0.{OUTSIDE}"],
        }
        for name, number in (CONTROL | WORKERS).items()
    }


def raise_machine(lab: Lab, name: str) -> None:
    """A machine of the cluster, from a fresh disk, that knows where its API server is."""
    number = (CONTROL | WORKERS | {"outside": OUTSIDE})[name]
    ips = addresses(number)
    nic = Nic("eth0", "dc", (f"{ips[0]}/24", f"{ips[1]}/64"))
    base, is_node = lab.ensure_base().id, name != "outside"
    gateways = ("10.57.0.1", "fd57::1")
    lab.ensure_machine(MachineSpec(name, f"{name}.lab.test", base, [nic], gateways, is_node))
    machine = lab.machine(name)
    assert machine
    machine.run(["sh", "-c", f"echo {VIRTUAL[0]} api.lab.test >>/etc/hosts"])


@pytest.fixture(scope="module")
def cluster(equipped_host: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp("nodes")
    lab = Lab(directory / "lab")
    if problems := lab.preflight():
        pytest.skip("; ".join(problems))
    cluster = Cluster(lab, directory)
    cluster.write(places())
    try:
        for name in (*CONTROL, *WORKERS, "outside"):
            raise_machine(lab, name)
        cluster.play("--limit", "k8s1")
        cluster.play()
        yield cluster
    finally:
        lab.destroy()


def nodes(cluster: Cluster) -> dict[str, dict[str, dict[str, object]]]:
    said = json.loads(cluster.kubectl("get", "nodes", "-o", "json").stdout)["items"]
    return {one["metadata"]["name"]: one for one in said}


def changed(counted: str) -> dict[str, int]:
    """How many tasks changed something on each machine, of what Ansible counted at its end."""
    found = re.findall(r"^(\S+) .*\bchanged=(\d+) ", counted, re.MULTILINE)
    return {name: int(count) for name, count in found}


def test_every_machine_is_a_ready_node_that_takes_what_it_is_for(cluster: Cluster) -> None:
    found = nodes(cluster)

    assert set(found) == {*CONTROL, *WORKERS}
    assert {name for name, one in found.items() if one["spec"].get("taints")} == set(CONTROL)
    assert len({str(one["spec"]["podCIDRs"]) for one in found.values()}) == len(found)


@pytest.mark.parametrize("name", ["k8s1", "k8s3", "k8s4"])
def test_checks_of_the_role_hold(cluster: Cluster, tmp_path: Path, name: str) -> None:
    cluster.check(name, tmp_path)


def told_of(cluster: Cluster) -> str:
    """Names of the nodes of whose use something is told."""
    said = cluster.kubectl("top", "node", "--no-headers", check=False).stdout
    return " ".join(sorted(line.split()[0] for line in said.splitlines() if "unknown" not in line))


def test_two_tell_what_the_nodes_use_each_on_its_own_node(cluster: Cluster) -> None:
    words = ("-n", "kube-system", "get", "pods", "-o", "jsonpath={.items[*].spec.nodeName}")
    said = cluster.kubectl(*words, "--selector=app.kubernetes.io/name=metrics-server").stdout

    assert len(set(said.split())) == len(said.split()) == 2
    every = " ".join(sorted(CONTROL | WORKERS))
    assert until(every, lambda: told_of(cluster), 60) == every


def test_no_secret_of_joining_is_left_on_a_machine(cluster: Cluster) -> None:
    for name in (*CONTROL, *WORKERS):
        for file in ("join.yaml", "discovery.conf"):
            path = f"/etc/kubernetes/{file}"
            assert cluster.node("test", "-e", path, check=False, name=name).code == 1


@pytest.fixture(scope="module")
def portal(cluster: Cluster) -> Cluster:
    """The portal, a pod on each worker, and another whose pods try to reach the first."""
    for name, port in (("portal", PORT), ("other", PORT + 1)):
        cluster.deploy_portal(name, port, ["10.57.0.0/24"])
    cluster.kubectl("-n", "other", "delete", "networkpolicy", "portal-default-deny")
    for name in ("portal", "other"):
        cluster.kubectl("-n", name, "rollout", "status", "deployment/portal", "--timeout=120s")
    return cluster


def on_node(cluster: Cluster, namespace: str, node: str) -> str:
    """Address of the pod of *namespace* on *node*."""
    (pod,) = (one for one in cluster.pods(namespace) if one["spec"]["nodeName"] == node)
    return pod["status"]["podIP"]


def talk_as_policies_let_them(cluster: Cluster) -> None:
    client, target = on_node(cluster, "other", "k8s4"), on_node(cluster, "portal", "k8s5")
    ask = lambda: cluster.from_pod(client, f"https://{target}:8443/", "k8s4")  # noqa: E731

    assert ask() == "000"
    cluster.apply(letting_in("portal", "other"))
    assert until("200", ask) == "200"
    cluster.kubectl("-n", "portal", "delete", "networkpolicy", "let-other-in")
    assert until("000", ask) == "000"


def test_pods_of_two_nodes_talk_as_policies_let_them(portal: Cluster) -> None:
    """What comes through the tunnel still bears the pod's own address: a policy can name it."""
    talk_as_policies_let_them(portal)


def test_each_worker_answers_for_the_portal(portal: Cluster) -> None:
    for number in WORKERS.values():
        url = f"https://10.57.0.{number}:{PORT}/"
        assert until("200", lambda url=url: portal.from_outside(url)) == "200"


class Gap(threading.Thread):
    """Asks again and again, and keeps the longest time without an answer."""

    def __init__(self, cluster: Cluster, url: str) -> None:
        super().__init__(daemon=True)
        self._cluster, self._url = cluster, url
        self._over = threading.Event()
        self.longest = 0.0

    def run(self) -> None:
        answered = time.monotonic()
        while not self._over.wait(0.1):
            said = self._cluster.from_outside(self._url)
            now = time.monotonic()
            if said == "200":
                self.longest = max(self.longest, now - answered)
                answered = now

    def end(self) -> float:
        self._over.set()
        self.join()
        return self.longest


def holder(cluster: Cluster) -> str:
    """The machine that bears the cluster's address."""
    found = []
    for name in CONTROL:
        machine = cluster.lab.machine(name)
        if machine and VIRTUAL[0] in machine.run(["ip", "addr"]).stdout:
            found.append(name)
    (one,) = found
    return one


@pytest.fixture(scope="module")
def bereft(portal: Cluster) -> Cluster:
    """The cluster after the machine that bore its address was lost: asked by another one."""
    lost = holder(portal)
    gap = Gap(portal, API)
    gap.start()
    time.sleep(1)
    portal.lab.remove_machine(lost)
    answer = until("200", lambda: portal.from_outside(API))
    time.sleep(2)
    print(f"\nthe API server was silent for {gap.end():.1f} s")  # noqa: T201 - a number to read
    assert answer == "200"
    assert gap.longest < 60
    return dataclasses.replace(portal, head=next(name for name in CONTROL if name != lost))


def test_policies_go_on_to_reach_the_nodes(bereft: Cluster) -> None:
    """Though their connections led to the machine that was lost."""
    talk_as_policies_let_them(bereft)


def test_the_others_stay_in_control(bereft: Cluster) -> None:
    bereft.kubectl("create", "namespace", "while-one-is-lost")

    assert holder(bereft)
    for number in WORKERS.values():
        assert bereft.from_outside(f"https://10.57.0.{number}:{PORT}/") == "200"


def test_what_the_others_use_goes_on_to_be_told(bereft: Cluster) -> None:
    """Once the cluster knows that a node is lost, which takes it some forty seconds."""
    left = " ".join(sorted(name for name in CONTROL | WORKERS if bereft.lab.machine(name)))

    assert until(left, lambda: told_of(bereft), 180) == left


def test_the_lost_one_made_anew_begins_no_second_cluster_beside_them(bereft: Cluster) -> None:
    """As long as it is named as the one where the cluster begins."""
    (lost,) = (name for name in CONTROL if bereft.lab.machine(name) is None)
    bereft.write({name: one | {"kubernetes_head": lost} for name, one in places().items()})
    raise_machine(bereft.lab, lost)

    with pytest.raises(ToolError, match=r"api\.lab\.test:6443/livez"):
        bereft.play("--limit", lost)

    begun = bereft.node("test", "-e", "/etc/kubernetes/admin.conf", check=False, name=lost)
    assert begun.code == 1


def test_it_takes_the_place_of_the_lost_one(bereft: Cluster) -> None:
    """It joins at another, which is named first from now on."""
    bereft.write({name: one | {"kubernetes_head": bereft.head} for name, one in places().items()})

    bereft.play()

    ready = {
        name: [one["status"] for one in node["status"]["conditions"] if one["type"] == "Ready"]
        for name, node in nodes(bereft).items()
    }
    assert ready == {name: ["True"] for name in CONTROL | WORKERS}
    assert changed(bereft.play()) == dict.fromkeys(places(), 0)
    bereft.node("sh", "-c", ETCD_HEALTH)


@pytest.mark.parametrize("name", ["k8s4", "k8s2"])
def test_a_machine_that_leaves_is_forgotten_and_may_come_again(bereft: Cluster, name: str) -> None:
    """What runs on it goes elsewhere first; one in control is no member of etcd any more."""
    asked = next(one for one in CONTROL if one != name)
    cluster = dataclasses.replace(bereft, head=asked)
    cluster.write({one: place | {"kubernetes_head": asked} for one, place in places().items()})
    node, head = (reach.in_lab(cluster.lab.directory, one) for one in (name, asked))

    MemberProvider().delete(name, {"name": name, "node": node, "head": head})

    assert set(nodes(cluster)) == {*CONTROL, *WORKERS} - {name}
    assert {pod["spec"]["nodeName"] for pod in cluster.pods("portal")} <= {*WORKERS} - {name}
    cluster.kubectl("-n", "portal", "rollout", "status", "deployment/portal", "--timeout=120s")
    cluster.node("sh", "-c", ETCD_HEALTH)
    cluster.play("--limit", f"{asked},{name}")
    assert set(nodes(cluster)) == {*CONTROL, *WORKERS}


def test_a_machine_is_set_apart_for_a_level_and_given_back(bereft: Cluster, tmp_path: Path) -> None:
    """What names the level goes there and nowhere else, and what does not goes elsewhere."""
    cluster = dataclasses.replace(bereft, head="k8s1")
    plain = {name: one | {"kubernetes_head": "k8s1"} for name, one in places().items()}
    concerned = ("--limit", "k8s1,k8s5")
    cluster.write(plain | {"k8s5": plain["k8s5"] | {"kubernetes_level": 4}})
    cluster.play(*concerned)

    cluster.check("k8s5", tmp_path)
    cluster.deploy_portal("secret", PORT + 2, [], placement={"level": "4"})
    cluster.kubectl("-n", "other", "rollout", "restart", "deployment/portal")
    for name, node in (("secret", "k8s5"), ("other", "k8s4")):
        cluster.kubectl("-n", name, "rollout", "status", "deployment/portal", "--timeout=120s")
        alive = [pod for pod in cluster.pods(name) if "deletionTimestamp" not in pod["metadata"]]
        assert {pod["spec"]["nodeName"] for pod in alive} == {node}
    assert changed(cluster.play(*concerned)) == {"k8s1": 0, "k8s5": 0}
    cluster.kubectl("delete", "namespace", "secret")
    cluster.write(plain)
    cluster.play(*concerned)
    assert not nodes(cluster)["k8s5"]["spec"].get("taints")


class Scene:
    """The lab's cluster, as far as an upgrade asks of a stack's scene."""

    def __init__(self, cluster: Cluster) -> None:
        self.home = cluster.directory / "home"
        self.blueprint = self
        self._lab = cluster.lab.directory
        self._head = {"kubernetes_head": cluster.head}

    def machine(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name)

    def reach(self, machine: SimpleNamespace) -> reach.Reach:
        return reach.in_lab(self._lab, machine.name)

    def role_calls(self, machine: SimpleNamespace) -> list[RoleCall]:
        return [RoleCall("kubernetes", places()[machine.name] | self._head)]


def test_machines_come_to_the_next_version_one_after_the_other(bereft: Cluster) -> None:
    """One of each kind: the first in control, another, and a worker, whose pods others take.

    The API server goes on to answer, and what is left is told as still to come.
    """
    cluster = dataclasses.replace(bereft, head="k8s1")
    plan = SimpleNamespace(nodes=(*CONTROL, *WORKERS))
    chosen = {"k8s1", "k8s2", "k8s4"}
    gap = Gap(cluster, API)
    gap.start()
    with next_release() as version:
        upgrade = Upgrade(Scene(cluster), plan, version)  # type: ignore[arg-type]
        turns = upgrade.turns()
        assert [turn.machine for turn in turns] == list(plan.nodes)
        for turn in (one for one in turns if one.machine in chosen):
            upgrade.perform(turn, upgrade.artefacts(lambda _: None))

    print(f"\nthe API server was silent for {gap.end():.1f} s")  # noqa: T201 - a number to read
    assert gap.longest < 60
    assert {turn.machine for turn in upgrade.turns()} == set(plan.nodes) - chosen
    for name, node in nodes(cluster).items():
        is_new = node["status"]["nodeInfo"]["kubeletVersion"] == version  # type: ignore[index]
        assert is_new is (name in chosen)
        assert "unschedulable" not in node["spec"]
    cluster.kubectl("-n", "portal", "rollout", "status", "deployment/portal", "--timeout=120s")
    cluster.node("sh", "-c", ETCD_HEALTH)


ETCD_HEALTH = (
    "etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt"
    " --cert /etc/kubernetes/pki/apiserver-etcd-client.crt"
    " --key /etc/kubernetes/pki/apiserver-etcd-client.key endpoint health --cluster"
)
