"""A real cluster in a lab machine: begun twice, checked, its policies tried from all sides."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from hue_infra.lab import Lab, MachineSpec, Nic
from hue_infra.tools import helm, images, kubernetes
from hue_infra.tools.run import Completed, run

pytestmark = [pytest.mark.lab, pytest.mark.slow]

ROOT = Path(__file__).parent.parent.parent
NODE4, NODE6 = "10.57.0.5", "fd57::5"
PORT = 30443
PLACES = {
    "kubernetes_node_addresses": [NODE4, NODE6],
    "kubernetes_api_names": ["k8s1.lab.test"],
    "kubernetes_pod_cidrs": ["10.60.0.0/20", "fd57:60::/64"],
    "kubernetes_service_cidrs": ["10.61.0.0/20", "fd57:61::/112"],
    "kubernetes_resolvers": ["10.57.0.9"],
}


@dataclass(frozen=True)
class Cluster:
    """A lab with the node ``k8s1`` and the machine ``outside``, and the means to work on it."""

    lab: Lab
    directory: Path

    def play(self, *options: str) -> str:
        """Run the role on the node and return what Ansible counted."""
        done = run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                *("--inventory", self.directory / "inventory"),
                *("--extra-vars", f"@{self.directory / 'vars.json'}"),
                *options,
                self.directory / "play.yml",
            ],
            env={
                "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "hue_infra/lab/ansible/connection"),
                "ANSIBLE_ROLES_PATH": str(ROOT / "roles"),
                "ANSIBLE_PIPELINING": "1",
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_HOME": str(self.directory / "ansible"),
                "PYTHONPATH": str(ROOT),
            },
            timeout=900,
        )
        return next(line for line in done.stdout.splitlines() if line.startswith("k8s1 "))

    def node(self, *argv: str, text: str | None = None, check: bool = True) -> Completed:
        """Run a command on the node."""
        machine = self.lab.machine("k8s1")
        assert machine
        return machine.run(list(argv), input=text, check=check, timeout=180)

    def kubectl(self, *argv: str, text: str | None = None, check: bool = True) -> Completed:
        """Run kubectl as the cluster's administrator."""
        return self.node(
            "kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", *argv, text=text, check=check
        )

    def apply(self, *objects: Mapping[str, object]) -> None:
        """Lay objects into the cluster."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        self.kubectl("apply", "--server-side", "--filename", "-", text=text)

    def addresses(self, namespace: str) -> list[str]:
        """IPv4 addresses of the pods of *namespace*."""
        said = self.kubectl("-n", namespace, "get", "pods", "-o", "json").stdout
        return sorted(pod["status"]["podIP"] for pod in json.loads(said)["items"])

    def from_pod(self, address: str, url: str) -> str:
        """The HTTP code that the pod at *address* gets from *url*; 000 when nobody answers."""
        for space in self.node("ip", "netns", "list").stdout.split("\n"):
            name = space.split(" ")[0]
            if name and address in self.node("ip", "-n", name, "addr").stdout:
                return self.node("ip", "netns", "exec", name, *CURL, url, check=False).stdout
        raise LookupError(address)

    def from_outside(self, url: str) -> str:
        """The HTTP code that the machine outside gets."""
        machine = self.lab.machine("outside")
        assert machine
        return machine.run([*CURL, url], check=False).stdout


CURL = ("curl", "-sk", "--max-time", "2", "-o", "/dev/null", "-w", "%{http_code}")


@pytest.fixture(scope="module")
def cluster(equipped_host: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp("kubernetes")
    lab = Lab(directory / "lab")
    if problems := lab.preflight():
        pytest.skip("; ".join(problems))
    (directory / "inventory").write_text(
        f"k8s1 ansible_connection=hue_lab hue_lab_directory={directory / 'lab'}"
        " ansible_python_interpreter=/usr/bin/python3\n"
    )
    (directory / "vars.json").write_text(json.dumps(kubernetes.role_variables() | PLACES))
    (directory / "play.yml").write_text(
        "- hosts: k8s1\n  gather_facts: false\n  roles: [kubernetes]\n"
    )
    try:
        base = lab.ensure_base().id
        nics = [Nic("eth0", "dc", (f"10.57.0.{n}/24", f"fd57::{n}/64")) for n in (5, 9)]
        gateways = ("10.57.0.1", "fd57::1")
        lab.ensure_machine(MachineSpec("k8s1", "k8s1.lab.test", base, nics[:1], gateways, True))
        lab.ensure_machine(MachineSpec("outside", "outside.lab.test", base, nics[1:]))
        yield Cluster(lab, directory)
    finally:
        lab.destroy()


@pytest.fixture(scope="module")
def started(cluster: Cluster) -> Cluster:
    cluster.play()
    return cluster


@pytest.fixture(scope="module")
def portal(started: Cluster) -> Cluster:
    """The portal in its namespace, and the same in another, whose pods try to reach the first."""
    for name, port, clients in (("portal", PORT, ["10.57.0.0/24"]), ("other", PORT + 1, [])):
        started.apply(namespace(name), certificate(started.directory, name))
        values = {
            "province": {"name": "Thành phố Huế", "name_en": "Hue City"},
            "image": images.portal().by_digest,
            "tls": {"secret": "portal-tls"},
            "service": {"nodePort": port},
            "clients": clients,
        }
        started.apply(*helm.render(ROOT / "charts/portal", "portal", name, values))
    # The clients' own namespace says nothing of where they may go.
    started.kubectl("-n", "other", "delete", "networkpolicy", "portal-default-deny")
    for name in ("portal", "other"):
        started.kubectl("-n", name, "rollout", "status", "deployment/portal", "--timeout=120s")
    return started


def namespace(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def certificate(directory: Path, namespace: str) -> dict[str, object]:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=portal.lab.test"),
            *("-keyout", "tls.key", "-out", "tls.crt"),
        ],
        cwd=directory,
        check=True,
        capture_output=True,
    )
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": "portal-tls", "namespace": namespace},
        "stringData": {name: (directory / name).read_text() for name in ("tls.crt", "tls.key")},
    }


def until(expected: str, ask: Callable[[], str], seconds: float = 10) -> str:
    """Ask until the answer is as expected, but not for ever, and return the last one."""
    end = time.monotonic() + seconds
    while (answer := ask()) != expected and time.monotonic() < end:
        time.sleep(0.2)
    return answer


def test_check_mode_changes_nothing_on_a_fresh_machine(cluster: Cluster) -> None:
    counted = cluster.play("--check")

    assert "failed=0" in counted
    assert cluster.node("test", "-e", "/etc/kubernetes", check=False).code == 1


def test_second_run_changes_nothing(started: Cluster) -> None:
    assert "changed=0 " in started.play()


def test_check_mode_on_a_running_cluster_finds_nothing_to_change(started: Cluster) -> None:
    assert "changed=0 " in started.play("--check")


def test_checks_of_the_role_hold(started: Cluster, tmp_path: Path) -> None:
    checks = ROOT / "roles/kubernetes/checks"
    (tmp_path / "conftest.py").write_text(
        "import pytest, testinfra\n"
        "from hue_infra.lab import testinfra_backend\n"
        "testinfra_backend.register()\n"
        "@pytest.fixture\n"
        "def host():\n"
        f"    return testinfra.get_host('hue-lab://k8s1?directory={started.lab.directory}')\n"
    )
    for file in checks.glob("test_*.py"):
        (tmp_path / file.name).write_text(file.read_text())

    done = run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        timeout=240,
        check=False,
    )

    assert done.code == 0, done.stdout


def test_portal_answers_those_it_is_for(portal: Cluster) -> None:
    """A service's rules follow its pods' readiness by a moment."""
    url = f"https://{NODE4}:{PORT}/"

    assert until("200", lambda: portal.from_outside(url)) == "200"


def test_portal_refuses_all_others(portal: Cluster) -> None:
    """The chart was told of IPv4 clients alone."""
    assert portal.from_outside(f"https://[{NODE6}]:{PORT}/") == "000"


def test_both_families_reach_a_portal_that_is_for_all(portal: Cluster) -> None:
    url = f"https://[{NODE6}]:{PORT + 1}/"

    assert until("200", lambda: portal.from_outside(url)) == "200"


def test_a_pod_of_another_namespace_comes_in_only_while_a_policy_lets_it(portal: Cluster) -> None:
    client, target = portal.addresses("other")[0], portal.addresses("portal")[0]
    ask = lambda: portal.from_pod(client, f"https://{target}:8443/")  # noqa: E731
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "let-other-in", "namespace": "portal"},
        "spec": {
            "podSelector": {},
            "ingress": [
                {
                    "from": [
                        {
                            "namespaceSelector": {
                                "matchLabels": {"kubernetes.io/metadata.name": "other"}
                            }
                        }
                    ],
                    "ports": [{"port": "https"}],
                }
            ],
        },
    }

    assert ask() == "000"
    portal.apply(policy)
    assert until("200", ask) == "200"
    portal.kubectl("-n", "portal", "delete", "networkpolicy", "let-other-in")
    assert until("000", ask) == "000"


def test_default_deny_holds_on_the_way_out_too(portal: Cluster) -> None:
    server = f"https://{NODE4}:6443/livez"

    assert portal.from_pod(portal.addresses("other")[0], server) == "200"
    assert portal.from_pod(portal.addresses("portal")[0], server) == "000"


def test_a_service_address_leads_where_policies_allow(portal: Cluster) -> None:
    said = portal.kubectl("-n", "other", "get", "service", "portal", "-o", "json").stdout
    address = json.loads(said)["spec"]["clusterIP"]

    assert portal.from_pod(portal.addresses("other")[0], f"https://{address}/") == "200"


def test_flushed_rules_come_back(portal: Cluster) -> None:
    portal.node("nft", "delete", "table", "inet", "kube_network_policy")

    assert until("000", lambda: portal.from_outside(f"https://[{NODE6}]:{PORT}/")) == "000"


def test_cluster_dns_knows_services(portal: Cluster) -> None:
    name = "portal.portal.svc.cluster.local"
    service = portal.kubectl(
        "-n", "kube-system", "get", "service", "kube-dns", "-o", "jsonpath={.spec.clusterIP}"
    ).stdout
    said = portal.node("kdig", "+short", f"@{service}", name)

    assert re.fullmatch(r"10\.61\.\d+\.\d+\n", said.stdout)


def test_an_interrupted_start_is_finished(portal: Cluster) -> None:
    """Without its last mark a cluster is begun again: what is there is taken up."""
    portal.node("rm", "/etc/kubernetes/initialised")

    assert "failed=0 " in portal.play()
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"
    assert portal.node("test", "-e", "/etc/kubernetes/initialised", check=False).code == 0


SNAPSHOT = "/usr/local/sbin/kubernetes-snapshot"
CERTIFICATES = "/usr/local/sbin/kubernetes-certificates"
KINDS = "namespaces,deployments,services,secrets,configmaps,networkpolicies,clusterrolebindings"


def held(cluster: Cluster) -> set[tuple[str, str, str, str]]:
    """Kind, namespace, name and identity of the objects that must come back."""
    said = cluster.kubectl("get", KINDS, "--all-namespaces", "-o", "json").stdout
    return {
        (
            one["kind"],
            one["metadata"].get("namespace", ""),
            one["metadata"]["name"],
            one["metadata"]["uid"],
        )
        for one in json.loads(said)["items"]
    }


def secret(cluster: Cluster) -> str:
    words = ("-n", "portal", "get", "secret", "portal-tls", "-o", "jsonpath={.data.tls\\.key}")
    return cluster.kubectl(*words).stdout


def test_lost_data_comes_back_from_a_snapshot_with_all_objects_and_pods(portal: Cluster) -> None:
    before, key = held(portal), secret(portal)
    portal.node(SNAPSHOT, "save", "--why", "drill")
    portal.apply(namespace("afterwards"))
    portal.node("sh", "-c", "pkill -KILL -x etcd; rm -rf /var/lib/etcd")
    # An etcd without data is begun anew by the kubelet: nothing is known any more.
    gone = lambda: portal.kubectl("get", "namespace", "portal", check=False).stderr  # noqa: E731
    deadline = time.monotonic() + 120
    while "not found" not in gone() and time.monotonic() < deadline:
        time.sleep(1)
    assert "not found" in gone()

    portal.node(SNAPSHOT, "restore", "latest")

    assert before <= held(portal)
    assert secret(portal) == key
    assert portal.kubectl("get", "namespace", "afterwards", check=False).code == 1
    for name in ("portal", "other"):
        portal.kubectl("-n", name, "rollout", "status", "deployment/portal", "--timeout=120s")
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"
    assert "changed=0 " in portal.play()


def test_a_restore_that_is_killed_is_put_right_by_the_role(portal: Cluster) -> None:
    before = held(portal)
    aside = "/etc/kubernetes/manifests-aside/etcd.yaml"
    portal.node(
        *("sh", "-c"),
        f"{SNAPSHOT} restore latest & until [ -e {aside} ]; do sleep 0.05; done; kill -KILL $!",
    )
    assert portal.node("test", "-e", aside, check=False).code == 0

    assert "failed=0 " in portal.play()

    assert held(portal) == before
    assert portal.node("test", "-e", aside, check=False).code == 1
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"


def ends(cluster: Cluster) -> dict[str, str]:
    """SHA-256 of each certificate, in whichever file it stands."""
    files = (
        *(f"/etc/kubernetes/{name}.conf" for name in ("admin", "kube-proxy", "network-policy")),
        *(f"/etc/kubernetes/pki/{name}.crt" for name in ("apiserver", "etcd/server")),
    )
    said = cluster.node("sha256sum", *files).stdout.splitlines()
    return {line.split()[1]: line.split()[0] for line in said}


def test_certificates_are_renewed_when_due_and_everything_goes_on_with_them(
    portal: Cluster,
) -> None:
    before = ends(portal)

    assert json.loads(portal.node(CERTIFICATES).stdout) == []
    assert ends(portal) == before
    renewed = json.loads(portal.node(CERTIFICATES, "--now").stdout)

    assert {"apiserver", "etcd-server", "kube-proxy.conf", "network-policy.conf"} <= set(renewed)
    assert [name for name, digest in ends(portal).items() if digest == before[name]] == []
    ready = lambda: portal.kubectl("get", "--raw", "/readyz", check=False).stdout  # noqa: E731
    # The kubelet takes its time with what has ended more than once of late.
    assert until("ok", ready, 300) == "ok"
    assert "changed=0 " in portal.play()
    served = portal.node(
        "sh", "-c", f"openssl s_client -connect {NODE4}:6443 </dev/null 2>/dev/null | openssl x509"
    ).stdout
    own = portal.node("openssl", "x509", "-in", "/etc/kubernetes/pki/apiserver.crt").stdout
    assert served == own
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"


def test_viewers_see_all_but_secrets_and_change_nothing(started: Cluster) -> None:
    def can(group: str, *words: str) -> str:
        return started.kubectl(
            *("auth", "can-i", *words, "--as", "hue-infra:an", "--as-group", group), check=False
        ).stdout.strip()

    for words in (("list", "pods"), ("list", "nodes"), ("get", "persistentvolumes")):
        assert can("hue-infra:viewers", *words) == "yes"
    for words in (("get", "secrets"), ("delete", "pods"), ("create", "pods", "--subresource=exec")):
        assert can("hue-infra:viewers", *words) == "no"
        assert can("hue-infra:administrators", *words) == "yes"
        assert can("hue-infra:strangers", *words) == "no"


def test_changed_setting_reaches_the_running_control_plane(portal: Cluster) -> None:
    assert "failed=0 " in portal.play("--extra-vars", "kubernetes_audit_days=181")

    flags = portal.node("cat", "/etc/kubernetes/manifests/kube-apiserver.yaml").stdout
    ready = lambda: portal.kubectl("get", "--raw", "/readyz", check=False).stdout  # noqa: E731
    assert "--audit-log-maxage=181" in flags
    assert until("ok", ready) == "ok"


def test_kubeadm_configuration_stays_what_it_was(started: Cluster) -> None:
    """The file that kubeadm was given is the file the next run compares with."""
    text = started.node("cat", "/etc/kubernetes/kubeadm.yaml").stdout
    kinds = [one["kind"] for one in YAML(typ="safe").load_all(text)]

    assert kinds == ["InitConfiguration", "ClusterConfiguration", "KubeletConfiguration"]
