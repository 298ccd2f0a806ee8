"""A real cluster in machines of a lab, and the means to work on it."""

import contextlib
import io
import json
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast
from unittest import mock

from hue_infra.blueprint.configuration import RoleCall
from hue_infra.errors import HueError, ToolError
from hue_infra.lab import Lab
from hue_infra.providers import reach
from hue_infra.tools import ansible, artefacts, helm, images, kubernetes
from hue_infra.tools.pins import pins
from hue_infra.tools.run import Completed, run
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject

ROOT = Path(__file__).parents[3]
NODE4, NODE6 = "10.57.0.5", "fd57::5"
OUTSIDE = "10.57.0.9"
ONE_NODE = {
    "kubernetes_node_addresses": [NODE4, NODE6],
    "kubernetes_api_names": ["k8s1.lab.test"],
    "kubernetes_pod_cidrs": ["10.60.0.0/20", "fd57:60::/64"],
    "kubernetes_service_cidrs": ["10.61.0.0/20", "fd57:61::/112"],
    "kubernetes_resolvers": [OUTSIDE],
    "kubernetes_renewal_server": OUTSIDE,
}
CURL = ("curl", "-sk", "--max-time", "2", "-o", "/dev/null", "-w", "%{http_code}")
Places = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Cluster:
    """A lab with the nodes of a cluster, of which one may be asked, and the machine ``outside``."""

    lab: Lab
    directory: Path
    head: str = "k8s1"

    def write(self, places: Places, platforms: Sequence[str] = ()) -> None:
        """Write what Ansible is given: each node with its variables.

        Args:
            places: The variables of each node that are its own.
            platforms: Images of platforms that the nodes need.
        """
        common = kubernetes.role_variables(platforms=platforms)
        hosts = [
            ansible.Host(
                name,
                reach.connection(reach.in_lab(self.lab.directory, name)),
                [RoleCall("kubernetes", {**common, **place})],
            )
            for name, place in places.items()
        ]
        (self.directory / "inventory.json").write_text(json.dumps(ansible.inventory(hosts)))
        play = ansible.playbook(hosts, ["kubernetes"])
        (self.directory / "play.yml").write_text(json.dumps(play))
        (self.directory / "places.json").write_text(json.dumps(places))

    def play(self, *options: str) -> str:
        """Run the role on the nodes and return what Ansible counted, a line for each."""
        try:
            done = self._ansible(*options)
        except ToolError as late:
            raise ToolError(f"{late}\n{self.state()}") from late
        lines = done.stdout.splitlines()
        if done.code:
            wrong = [line for line in lines if line.startswith(("fatal", "failed"))]
            raise ToolError("\n".join([*(wrong or [done.stderr]), self.state()]))
        return "\n".join(line for line in lines if "failed=" in line)

    def _ansible(self, *options: str) -> Completed:
        return run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                *("--inventory", self.directory / "inventory.json"),
                *options,
                self.directory / "play.yml",
            ],
            env={
                "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "hue_infra/lab/ansible/connection"),
                "ANSIBLE_INVENTORY_ENABLED": "yaml",
                "ANSIBLE_ROLES_PATH": str(ROOT / "roles"),
                "ANSIBLE_PIPELINING": "1",
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_HOME": str(self.directory / "ansible"),
                "PYTHONPATH": str(ROOT),
            },
            timeout=900,
            check=False,
        )

    def state(self) -> str:
        """How the cluster stands, for who is to find out why it does not as it should."""
        kubectl = "kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=10s"
        looks = [
            f"{kubectl} get nodes,pods,apiservices --all-namespaces",
            "crictl ps --all",
            "journalctl --no-pager --lines=30 --unit=kubelet",
        ]
        try:
            return self.node("sh", "-c", "; ".join(looks), check=False).stdout
        except HueError as silent:
            return str(silent)

    def node(
        self, *argv: str, text: str | None = None, check: bool = True, name: str | None = None
    ) -> Completed:
        """Run a command on a node."""
        machine = self.lab.machine(name or self.head)
        assert machine
        return machine.run(list(argv), input=text, check=check, timeout=180)

    def put(
        self, path: str, content: str | bytes, mode: int = 0o600, name: str | None = None
    ) -> None:
        """Lay a file onto a node."""
        self.node("mkdir", "-p", str(Path(path).parent), name=name)
        machine = self.lab.machine(name or self.head)
        assert machine
        machine.put(path, content, mode)

    def put_libraries(self, *libraries: ModuleType, name: str | None = None) -> None:
        """Lay libraries that are Python alone into ``/opt/client`` of a node."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for one in libraries:
                tar.add(Path(one.__path__[0]), one.__name__)
        self.put("/opt/client/libraries.tar.gz", packed.getvalue(), name=name)
        unpack = ("tar", "-xzf", "/opt/client/libraries.tar.gz", "-C", "/opt/client")
        self.node(*unpack, name=name)

    def speak(
        self, client: str, asked: object, *inside: str, name: str | None = None
    ) -> dict[str, Any]:
        """What a *client* in Python, with those libraries, answers on a node in JSON.

        Args:
            client: Its text.
            asked: What it reads from its standard input as JSON.
            inside: A command that runs it, such as one that enters a pod's network.
            name: The node.
        """
        argv = (*inside, "env", "PYTHONPATH=/opt/client", "python3", "-c", client)
        done = self.node(*argv, text=json.dumps(asked), name=name)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def kubectl(self, *argv: str, text: str | None = None, check: bool = True) -> Completed:
        """Run kubectl as the cluster's administrator."""
        return self.node(
            "kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", *argv, text=text, check=check
        )

    def apply(self, *objects: Mapping[str, object]) -> None:
        """Lay objects into the cluster."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        self.kubectl("apply", "--server-side", "--filename", "-", text=text)

    def deploy_portal(self, name: str, port: int, clients: list[str], **values: object) -> None:
        """Lay the portal into a namespace of its own, with a certificate that is made here."""
        self.apply(namespace(name), certificate(self.directory, name))
        self.deploy_portal_without_certificate(name, port, clients, **values)

    def deploy_portal_without_certificate(
        self, name: str, port: int, clients: list[str], **values: object
    ) -> None:
        """Lay the portal into a namespace that is there, as its secret is or will be."""
        values |= {
            "province": {"name": "Thành phố Huế", "name_en": "Hue City"},
            "image": images.portal().by_digest,
            "tls": {"secret": "portal-tls"},
            "service": {"nodePort": port},
            "clients": clients,
        }
        self.apply(*helm.render(ROOT / "charts/portal", "portal", name, values))

    def addresses(self, namespace: str) -> list[str]:
        """IPv4 addresses of the pods of *namespace*."""
        return sorted(pod["status"]["podIP"] for pod in self.pods(namespace))

    def pods(self, namespace: str) -> list[dict[str, dict[str, str]]]:
        """The pods of *namespace*."""
        said = self.kubectl("-n", namespace, "get", "pods", "-o", "json").stdout
        found: list[dict[str, dict[str, str]]] = json.loads(said)["items"]
        return found

    def from_pod(self, address: str, url: str, name: str | None = None) -> str:
        """The HTTP code that the pod at *address*, on node *name*, gets; 000 is silence."""
        argv = ("ip", "netns", "exec", self.netns(address, name), *CURL, url)
        return self.node(*argv, check=False, name=name).stdout

    def netns(self, address: str, name: str | None = None) -> str:
        """The network namespace of the pod at *address*, on node *name*."""
        for space in self.node("ip", "netns", "list", name=name).stdout.split("\n"):
            inside = space.split(" ")[0]
            if inside and address in self.node("ip", "-n", inside, "addr", name=name).stdout:
                return inside
        raise LookupError(address)

    def from_outside(self, url: str) -> str:
        """The HTTP code that the machine outside gets."""
        return self.node(*CURL, url, check=False, name="outside").stdout

    def verdicts(
        self,
        verify: Callable[[Subject], Iterator[Check]],
        chart: str,
        namespace: str,
        values: Mapping[str, object],
    ) -> dict[str, str]:
        """The verdict of each check that *verify* makes of a platform in *namespace*."""
        plan = SimpleNamespace(
            name=chart,
            chart=chart,
            cluster="shared",
            namespace=namespace,
            hosts=(f"{namespace}.lab.test",),
            values=values,
        )
        shared = SimpleNamespace(name="shared", control_plane=(self.head,))

        def perform(machine: str, argv: Sequence[str], given: str) -> Completed:
            return self.node(*argv, text=given, check=False, name=machine)

        blueprint = SimpleNamespace(platforms=(plan,), clusters=(shared,))
        subject = SimpleNamespace(blueprint=blueprint, perform=perform)
        return {one.id: one.verdict for one in verify(cast("Subject", subject))}

    def check(self, name: str, folder: Path, module: str = "") -> None:
        """Hold the checks of the role, or those of one module, against a node."""
        places = json.loads((self.directory / "places.json").read_text())
        given = {
            "kubernetes": {"kubernetes_node_name": name, "kubernetes_head": name} | places[name]
        }
        (folder / "variables.json").write_text(json.dumps({name: given}))
        argv = [
            *(sys.executable, "-P", "-m", "pytest", "-q", "-c", "/dev/null"),
            *("--rootdir", ROOT / "roles", "-p", "no:cacheprovider", "--import-mode=importlib"),
            *("-p", "hue_infra.verify.checks_plugin"),
            f"--hosts=hue-lab://{name}?directory={self.lab.directory}",
            *("--role-variables", folder / "variables.json"),
            ROOT / "roles/kubernetes/checks" / module,
        ]
        done = run(argv, env={"PYTHONPATH": str(ROOT)}, timeout=240, check=False)
        assert done.code == 0, done.stdout


@contextlib.contextmanager
def next_release() -> Iterator[str]:
    """Let this be a release with the next minor version: the same program, told another version."""
    now = pins()
    major, minor, _ = now.cluster.kubernetes.split(".")
    version = f"{major}.{int(minor) + 1}.0"
    told = {"gitVersion": version, "gitMinor": str(int(minor) + 1)}
    kube = now.program["kube"]
    stamp = kube.stamp | {f"k8s.io/component-base/version.{k}": v for k, v in told.items()}
    kube = kube.model_copy(update={"version": version, "stamp": stamp})
    cluster = now.cluster.model_copy(update={"kubernetes": version})
    then = now.model_copy(update={"cluster": cluster, "program": now.program | {"kube": kube}})
    with contextlib.ExitStack() as stack:
        for module in (artefacts, images, kubernetes):
            stack.enter_context(mock.patch.object(module, "pins", return_value=then))
        yield version


def namespace(name: str) -> dict[str, object]:
    """A namespace as an object."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def letting_in(namespace: str, source: str, port: str = "https") -> dict[str, object]:
    """A policy that lets the pods of *source* into those of *namespace*, at the named *port*."""
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": source}}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"let-{source}-in", "namespace": namespace},
        "spec": {"podSelector": {}, "ingress": [{"from": [peer], "ports": [{"port": port}]}]},
    }


def certificate(directory: Path, namespace: str) -> dict[str, object]:
    """A certificate for the portal, made here, as a secret."""
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


def until(expected: str, ask: Callable[[], str], seconds: float = 60) -> str:
    """Ask until the answer is as expected, but not for ever, and return the last one."""
    end = time.monotonic() + seconds
    pause = 0.2
    while (answer := ask()) != expected and time.monotonic() < end:
        time.sleep(pause)
        # To ask costs a processor more than what is waited for.
        pause = min(1.5 * pause, 2)
    return answer


def until_true(ask: Callable[[], object], seconds: float = 90) -> bool:
    """Ask until something is so, but not for ever, and return whether it is."""
    end = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(1)
    return bool(answer)


def numbers(ask: Callable[[], dict[str, Any]]) -> list[float]:
    """What a client reads; what a busy server left unanswered is asked again."""
    for _ in range(5):
        answer = ask()
        if answer["said"] is not None:
            return list(answer["said"])
    raise AssertionError(answer)
