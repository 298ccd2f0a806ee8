"""The broker in a real cluster: nothing acknowledged is lost, walls hold, a cut leaf catches up."""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import pytest
from a_cluster import NODE4, ROOT, Cluster, namespace, numbers, until, until_true
from some_objects import paired, pod

from hue_infra.providers import credentials
from hue_infra.stacks import platforms
from hue_infra.stacks.components import space
from hue_infra.tools import artefacts, helm, images, platform_images
from hue_infra.verify import brokers, pods

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SPACE = "messaging"
PORT = 30447
HOST = "broker.lab.test"
CLIENT = (Path(__file__).parent / "exchange_client.py").read_text("utf-8")
SMALL = {"days": 1, "size": "16Mi"}
TENANTS = [
    {
        "name": "health",
        "streams": [
            {"name": "notices", "subjects": ["health.notices.>"], "readers": ["phu_xuan"], **SMALL},
            {"name": "figures", "subjects": ["health.figures"], "replicas": 1, **SMALL},
        ],
    },
    {"name": "education"},
    {
        "name": "phu_xuan",
        "leaf": True,
        "streams": [{"name": "reports", "fromLeaf": True, "readers": ["health"], **SMALL}],
    },
]
LEAF = """
server_name: phu_xuan
listen: "127.0.0.1:4222"
authorization { user: office, password: $PASSWORD_office }
jetstream { store_dir: /srv/leaf/data, domain: phu_xuan, sync_interval: always }
leafnodes {
  reconnect: 1
  remotes: [ { urls: [ $PASSWORD_province ], tls { ca_file: /srv/leaf/tls/ca.crt } } ]
}
"""
CUT = f"""
table inet cut {{
  chain out {{ type filter hook output priority 0; tcp dport {PORT} drop; }}
  chain in {{ type filter hook input priority 0; tcp sport {PORT} drop; }}
}}
"""


@dataclass(frozen=True)
class Broker:
    """The chart's release in the cluster, and clients of two namespaces beside it."""

    cluster: Cluster
    own: dict[str, Any] = field(repr=False)
    outer: dict[str, Any] = field(repr=False)

    def lay(self) -> None:
        """Lay the chart's objects into the cluster."""
        values = {
            "image": platform_images.ensure("messaging").by_digest,
            "tenants": TENANTS,
            "tls": {"secret": "messaging-tls", "outer": "messaging-outer-tls"},
            "passwords": {"secret": "messaging-passwords"},
            "service": {"nodePort": PORT},
            "clients": ["health"],
            "monitoring": {"namespace": "monitoring"},
            "storage": {"data": "256Mi"},
            "resources": {
                "requests": {"cpu": "50m", "memory": "128Mi"},
                "limits": {"cpu": "2", "memory": "256Mi"},
            },
        }
        self.cluster.apply(*helm.render(ROOT / "charts/messaging", "messaging", SPACE, values))

    def kubectl(self, *words: str, check: bool = True) -> str:
        """What kubectl says of the broker's namespace."""
        done = self.cluster.kubectl("-n", SPACE, *words, check=check)
        return done.stdout.strip() if check else (done.stdout + done.stderr).strip()

    def wait(self) -> None:
        """Until every server is ready, and every stream with all its replicas."""
        self.kubectl("rollout", "status", "statefulset/messaging", "--timeout=170s")
        self.kubectl("rollout", "status", "deployment/messaging-streams", "--timeout=170s")

    def address(self) -> str:
        """The service's own."""
        return self.kubectl("get", "service", "messaging", "-o", "jsonpath={.spec.clusterIP}")

    def netns(self, space: str) -> str:
        """The network of the pod in the namespace *space*, on the node."""
        return self.cluster.netns(self.cluster.addresses(space)[0])

    def ask(self, user: str, do: str, space: str = "health", **more: object) -> dict[str, Any]:
        """What a client in another namespace's pod is told by the broker's service."""
        asked = {
            "do": do,
            "url": f"tls://{self.address()}:4222",
            "user": user,
            "password": self.own["passwords"].get(user),
            "ca": self.own["certificate"],
            "host": f"messaging.{SPACE}.svc",
            **more,
        }
        inside = ("ip", "netns", "exec", self.netns(space))
        return self.cluster.speak(CLIENT, asked, *inside)

    def commune(self, do: str, **more: object) -> dict[str, Any]:
        """What a client of the commune is told by its own server, on the machine outside."""
        asked = {"do": do, "url": "nats://127.0.0.1:4222", "user": "office", "password": "office"}
        return self.cluster.speak(CLIENT, {**asked, **more}, name="outside")


@pytest.fixture(scope="module")
def broker(one_node: Cluster) -> Iterator[Broker]:
    own = credentials.made(
        brokers.users({"tenants": TENANTS}), platforms.broker_names("messaging", SPACE)
    )
    found = Broker(one_node, own, credentials.made([], [HOST]))
    outer = {"tls.crt": found.outer["certificate"], "tls.key": found.outer["key"]}
    spaces = ("health", "education", "monitoring")
    one_node.apply(
        *(namespace(one) for one in (SPACE, *spaces)),
        space.secret(SPACE, "messaging-tls", space.OPAQUE, paired(own)),
        space.secret(SPACE, "messaging-outer-tls", space.OPAQUE, outer),
        space.secret(SPACE, "messaging-passwords", space.OPAQUE, own["passwords"]),
        # They do nothing: clients of their namespaces speak from their networks.
        *(pod("client", one, images.pause().by_digest, {}) for one in spaces),
    )
    one_node.put_libraries(nats)
    try:
        found.lay()
        found.wait()
        for one in spaces:
            one_node.kubectl("-n", one, "wait", "--for=condition=Ready", "pod/client")
        yield found
    finally:
        one_node.kubectl("delete", "namespace", SPACE, *spaces, "--wait", "--timeout=120s")


@pytest.fixture(scope="module")
def leaf(broker: Broker) -> Iterator[Broker]:
    """A commune's own server on the machine outside, with a stream of its own."""
    cluster = broker.cluster
    cluster.put_libraries(nats, name="outside")
    program = artefacts.binary("messaging").read_bytes()
    cluster.put("/srv/leaf/messaging", program, 0o700, name="outside")
    cluster.put("/srv/leaf/server.conf", LEAF, name="outside")
    cluster.put("/srv/leaf/tls/ca.crt", broker.outer["certificate"], name="outside")
    password = broker.own["passwords"]["phu_xuan.leaf"]
    url = f"tls://phu_xuan.leaf:{password}@{HOST}:{PORT}"
    cluster.put("/srv/leaf/passwords/province", url, name="outside")
    cluster.put("/srv/leaf/passwords/office", "office", name="outside")
    cluster.node("sh", "-c", f'echo "{NODE4} {HOST}" >>/etc/hosts', name="outside")
    server = ("/srv/leaf/messaging", "server", "-config=/srv/leaf/server.conf")
    places = ("-passwords=/srv/leaf/passwords", "-certificates=/srv/leaf/tls")
    run = ("systemd-run", "--unit=leaf", "--quiet")
    cluster.node(*run, *server, *places, name="outside")
    try:
        config = {"name": "phu_xuan-reports", "subjects": ["phu_xuan.reports.>"]}
        assert until("made", lambda: str(broker.commune("make", config=config)["said"])) == "made"
        yield broker
    finally:
        cluster.node("systemctl", "stop", "leaf", name="outside", check=False)


def test_a_tenant_publishes_with_acknowledgement_and_reads_back(broker: Broker) -> None:
    written = broker.ask("health", "publish", subject="health.notices.a", count=5)

    assert [number for number, _ in written["said"]] == [0, 1, 2, 3, 4], written
    read = numbers(lambda: broker.ask("health", "read", stream="health-notices"))
    assert read == [0, 1, 2, 3, 4]


def test_a_reader_has_a_copy_and_no_other_tenant_has(broker: Broker) -> None:
    read = lambda user, stream: broker.ask(user, "read", stream=stream)  # noqa: E731

    assert until_true(lambda: read("phu_xuan", "health-notices-copy")["said"])
    assert read("phu_xuan", "health-notices-copy")["said"][:5] == [0, 1, 2, 3, 4]
    for stream in ("health-notices", "health-notices-copy"):
        assert "stream not found" in str(read("education", stream)["told"])


@pytest.mark.parametrize(
    ("user", "asked", "said"),
    [
        ("health", {"do": "send", "subject": "education.a"}, "permissions violation"),
        ("education", {"do": "send", "subject": "health.notices.a"}, "permissions violation"),
        ("health", {"do": "delete", "stream": "health-notices"}, "permissions violation"),
        (
            "health",
            {"do": "send", "subject": "health.notices.a", "password": "no"},
            "Authorization",
        ),
        ("nobody", {"do": "send", "subject": "a", "password": "no"}, "Authorization"),
        ("phu_xuan.leaf", {"do": "send", "subject": "a"}, "Authorization"),
        ("health", {"do": "send", "subject": "a", "host": "other.test"}, "Hostname mismatch"),
    ],
)
def test_what_is_not_its_own_is_refused(
    broker: Broker, user: str, asked: dict[str, Any], said: str
) -> None:
    told = str(broker.ask(user, **asked)["told"])

    assert said.lower() in told.lower()


def test_a_client_without_tls_is_refused(broker: Broker) -> None:
    script = (
        "import socket, sys; s = socket.create_connection((sys.argv[1], 4222), 5); "
        "print(s.recv(4096)); "
        "s.sendall(b'CONNECT {\"verbose\":true}\\r\\nPING\\r\\n'); print(s.recv(4096))"
    )
    inside = ("ip", "netns", "exec", broker.netns("health"))
    said = broker.cluster.node(*inside, "python3", "-c", script, broker.address(), check=False)

    assert '"tls_required":true' in said.stdout
    assert "PONG" not in said.stdout


def test_only_the_namespaces_that_were_named_come_near(broker: Broker) -> None:
    answer = broker.ask("education", "send", space="education", subject="a")
    servers = [
        one["status"]["podIP"]
        for one in broker.cluster.pods(SPACE)
        if "streams" not in one["metadata"]["name"]
    ]
    scraped = f"http://{servers[0]}:8222/varz"

    assert answer["said"] is None
    assert len(servers) == 3
    (monitor,) = broker.cluster.addresses("monitoring")
    (health,) = broker.cluster.addresses("health")
    assert broker.cluster.from_pod(monitor, scraped) == "200"
    assert broker.cluster.from_pod(health, scraped) == "000"


def verified(broker: Broker, *tenants: object) -> dict[str, str]:
    """The verdict of each check that `verify` makes of such a broker."""
    values = {"tenants": list(tenants)}
    return broker.cluster.verdicts(brokers.verify, "messaging", SPACE, values)


def test_verify_proves_it_and_sees_what_is_wrong(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("health-notices", "health-notices-copy", "health-figures")
    names += ("phu_xuan-reports", "phu_xuan-reports-copy")
    whole = {f"stream:messaging:{one}": "passed" for one in names}
    whole |= {"replicas:messaging": "passed", "message:messaging": "passed"}
    assert verified(broker, *TENANTS) == whole

    monkeypatch.setattr(pods, "PATIENCE", 0.0)
    other = {"name": "tourism", "streams": [{"name": "news"}]}
    assert verified(broker, other)["stream:messaging:tourism-news"] == "failed"
    kill(broker, "messaging-2")
    try:
        assert until_true(lambda: verified(broker)["replicas:messaging"] == "failed", 30)
    finally:
        broker.kubectl("uncordon", "k8s1")
        broker.wait()
    assert until_true(lambda: verified(broker)["replicas:messaging"] == "passed")


def kill(broker: Broker, name: str) -> None:
    """End the pod's processes at once, and keep its node from taking it up again."""
    broker.kubectl("cordon", "k8s1")
    address = broker.kubectl("get", "pod", name, "-o", "jsonpath={.status.podIP}")
    pids = broker.cluster.node("ip", "netns", "pids", broker.cluster.netns(address)).stdout.split()
    # Some end before their turn comes.
    broker.cluster.node("kill", "-KILL", *pids, check=False)
    broker.kubectl("delete", "pod", name, "--force", "--grace-period=0")


def leader(broker: Broker, stream: str) -> str:
    """The server that a stream's messages go to first."""
    server = broker.kubectl("get", "pod", "messaging-0", "-o", "jsonpath={.status.podIP}")
    url = f"http://{server}:8222/jsz?acc=health&streams=true"
    inside = ("ip", "netns", "exec", broker.netns("monitoring"), "curl", "-s", url)
    (account,) = json.loads(broker.cluster.node(*inside).stdout)["account_details"]
    found = {one["name"]: one["cluster"]["leader"] for one in account["stream_detail"]}
    return str(found[stream])


def test_no_acknowledged_message_is_lost_when_the_leader_is_killed(
    broker: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    stream, subject = "health-notices", "health.notices.killed"
    read = lambda: numbers(lambda: broker.ask("health", "read", stream=stream))  # noqa: E731
    before = len(read())
    asked = {"do": "publish", "subject": subject, "seconds": 30, "pause": 0.01}
    with ThreadPoolExecutor() as pool:
        written = pool.submit(lambda: broker.ask("health", **asked))
        time.sleep(8)
        first = leader(broker, stream)
        try:
            kill(broker, first)
            lines = written.result()["said"]
        finally:
            broker.kubectl("uncordon", "k8s1")
    broker.wait()
    acknowledged = [number for number, _ in lines]
    kept = read()[before:]
    lost = set(acknowledged) - set(kept)
    gap = max(after[1] - one[1] for one, after in itertools.pairwise(lines))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(acknowledged)} acknowledged, {len(lost)} lost, {gap:.1f} s without writing\n"
        )

    assert len(acknowledged) > 100
    assert lines[-1][1] - lines[0][1] > 25  # it went on without the one that was killed
    assert lost == set()
    assert len(kept) == len(set(kept))  # none twice, though some were sent twice
    assert gap < 30


def test_what_a_cut_commune_writes_arrives_afterwards_and_the_other_way_round(
    leaf: Broker, capsys: pytest.CaptureFixture[str]
) -> None:
    arrived = lambda: numbers(  # noqa: E731
        lambda: leaf.ask("health", "read", stream="phu_xuan-reports-copy")
    )
    config = {
        "name": "notices",
        "mirror": {"name": "health-notices-copy", "external": {"api": "$JS.province.API"}},
    }
    assert leaf.commune("make", config=config)["said"] == "made"
    leaf.commune("publish", subject="phu_xuan.reports.a", count=10)
    assert until_true(lambda: arrived() == list(range(10)), 180)

    leaf.cluster.node("nft", "-f", "-", text=CUT, name="outside")
    try:
        written = leaf.commune("publish", subject="phu_xuan.reports.b", count=500)["said"]
        notices = leaf.ask("health", "publish", subject="health.notices.cut", count=300)["said"]
        time.sleep(20)
        assert (len(written), len(notices)) == (500, 300)
        assert arrived() == list(range(10))
    finally:
        leaf.cluster.node("nft", "delete", "table", "inet", "cut", name="outside")
        restored = time.monotonic()

    assert until_true(lambda: len(arrived()) >= 510, 180)
    took = time.monotonic() - restored
    heard = lambda: numbers(lambda: leaf.commune("read", stream="notices"))  # noqa: E731
    assert until_true(lambda: heard()[-300:] == list(range(300)), 180)
    both = time.monotonic() - restored
    with capsys.disabled():
        sys.stdout.write(
            f"\n500 messages of a cut commune arrived {took:.0f} s after, 300 for it {both:.0f} s\n"
        )

    assert arrived() == [*range(10), *range(500)]


def test_a_commune_removes_nothing_of_the_provinces_and_hears_no_other(leaf: Broker) -> None:
    for api in ("$JS.province.API", "$JS.API"):
        leaf.commune("delete", stream="health-notices-copy", api=api)
    answer = leaf.ask("phu_xuan", "read", stream="health-notices-copy")

    assert answer["said"], answer
    assert "stream not found" in str(leaf.ask("phu_xuan", "read", stream="health-figures")["told"])


def test_passwords_stand_in_no_log_and_no_settings(broker: Broker) -> None:
    broker.ask("health", "send", subject="a", password="no")
    said = "".join(broker.kubectl("logs", f"messaging-{number}") for number in range(3))
    said += broker.kubectl("logs", "deployment/messaging-streams")
    said += broker.kubectl("get", "configmaps,pods", "-o", "json")

    assert "authentication error" in said
    assert "$PASSWORD_health" in said
    assert [user for user, text in broker.own["passwords"].items() if text in said] == []
