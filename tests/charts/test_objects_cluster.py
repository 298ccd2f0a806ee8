"""The object store in a real cluster: what is locked stays, walls hold, no restart forgets it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from a_cluster import ROOT, Cluster, namespace, until
from an_s3_client import request
from some_objects import paired, pod

from hue_infra.providers import credentials
from hue_infra.stacks import platforms
from hue_infra.stacks.components import space
from hue_infra.tools import helm, images, platform_images
from hue_infra.verify import objectstores, pods

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SPACE = "objects"
HOST = f"objects.{SPACE}.svc"
BUCKETS = [
    {
        "name": "evidence",
        "owner": "court",
        "readers": ["audit"],
        "lock": {"mode": "compliance", "days": 7},
    },
    {"name": "camera-recordings", "owner": "cameras", "expire": 30},
]
AUTHORITY = "/srv/objects-ca.crt"
VERSION = re.compile(r"^x-amz-version-id: (\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What the store says: the code of HTTP, 000 for silence; its headers and its text."""

    code: str
    head: str
    text: str

    @property
    def version(self) -> str:
        """Which version of the object it tells of."""
        found = VERSION.search(self.head)
        return found[1] if found else ""


@dataclass(frozen=True)
class Store:
    """The chart's release in the cluster, and a pod of another namespace beside it."""

    cluster: Cluster
    own: dict[str, Any] = field(repr=False)

    def lay(self) -> None:
        """Lay the chart's objects into the cluster."""
        values = {
            "image": platform_images.ensure("objects").by_digest,
            "buckets": BUCKETS,
            "tls": {"secret": "objects-tls"},
            "passwords": {"secret": "objects-passwords"},
            "clients": ["court"],
            "storage": {"data": "256Mi"},
        }
        self.cluster.apply(*helm.render(ROOT / "charts/objects", "objects", SPACE, values))

    def kubectl(self, *words: str) -> str:
        """What kubectl says of the store's namespace."""
        return self.cluster.kubectl("-n", SPACE, *words).stdout.strip()

    def wait(self) -> None:
        """Until the server is ready, and every bucket as declared."""
        self.kubectl("rollout", "status", "statefulset/objects", "--timeout=170s")
        self.kubectl("rollout", "status", "deployment/objects-buckets", "--timeout=170s")

    def ask(
        self, user: str, method: str, path: str, text: str = "", origin: str = "court"
    ) -> Answer:
        """What a client in another namespace's pod is told by the store's service."""
        address = self.kubectl("get", "service", "objects", "-o", "jsonpath={.spec.clusterIP}")
        key = self.own["passwords"][user]
        more = ['dump-header = "-"', *([f"data-binary = {json.dumps(text)}"] if text else [])]
        asked = request(method, f"https://{HOST}{path}", user, key, address, AUTHORITY, *more)
        inside = self.cluster.netns(self.cluster.addresses(origin)[0])
        argv = ("ip", "netns", "exec", inside, "curl", "--config", "-")
        said = self.cluster.node(*argv, text=asked, check=False).stdout
        answer, _, code = said.rpartition("\n")
        head, _, body = answer.rpartition("\r\n\r\n")
        return Answer(code, head, body)


@pytest.fixture(scope="module")
def store(one_node: Cluster) -> Iterator[Store]:
    names = platforms.object_names("objects", SPACE)
    own = credentials.made(objectstores.users({"buckets": BUCKETS}), names)
    found = Store(one_node, own)
    spaces = ("court", "tourism")
    one_node.apply(
        *(namespace(one) for one in (SPACE, *spaces)),
        space.secret(SPACE, "objects-tls", space.OPAQUE, paired(own)),
        space.secret(SPACE, "objects-passwords", space.OPAQUE, own["passwords"]),
        # They do nothing: clients of their namespaces speak from their networks.
        *(pod("client", one, images.pause().by_digest, {}) for one in spaces),
    )
    one_node.node("sh", "-c", f"cat >{AUTHORITY}", text=own["certificate"])
    try:
        found.lay()
        found.wait()
        for one in spaces:
            one_node.kubectl("-n", one, "wait", "--for=condition=Ready", "pod/client")
        yield found
    finally:
        one_node.kubectl("delete", "namespace", SPACE, *spaces, "--wait", "--timeout=120s")


def test_an_owner_writes_and_a_reader_reads(store: Store) -> None:
    written = lambda: store.ask("court", "PUT", "/evidence/a", "as it was").code  # noqa: E731

    # The policies' addresses follow a new pod by a moment.
    assert until("200", written) == "200"
    assert store.ask("audit", "GET", "/evidence/a").text == "as it was"


@pytest.mark.parametrize(
    ("user", "method", "path", "code"),
    [
        ("audit", "PUT", "/evidence/b", "403"),
        ("audit", "DELETE", "/evidence/a", "403"),
        ("cameras", "GET", "/evidence/a", "403"),
        ("court", "PUT", "/another", "403"),
        ("court", "DELETE", "/evidence", "403"),
        ("court", "DELETE", "/evidence?policy", "403"),
    ],
)
def test_nobody_does_what_is_not_theirs(
    store: Store, user: str, method: str, path: str, code: str
) -> None:
    assert store.ask(user, method, path).code == code


def test_nobody_comes_from_a_namespace_that_is_not_let_in(store: Store) -> None:
    assert store.ask("court", "GET", "/evidence/a", origin="tourism").code == "000"


def test_what_is_locked_stays_and_outlives_the_server(store: Store) -> None:
    version = store.ask("court", "PUT", "/evidence/c", "as it was").version
    assert store.ask("court", "PUT", "/evidence/c", "as one would like it").code == "200"
    assert store.ask("court", "DELETE", "/evidence/c").code == "204"
    store.kubectl("delete", "pod", "objects-0", "--force", "--grace-period=0")
    store.wait()
    there = f"/evidence/c?versionId={version}"

    kept = lambda: store.ask("audit", "GET", there).text  # noqa: E731
    assert version
    assert until("as it was", kept) == "as it was"
    for user in ("court", "keeper"):
        refused = store.ask(user, "DELETE", there)
        assert (refused.code, "object lock" in refused.text) == ("403", True)
    assert kept() == "as it was"


def test_verify_proves_it_and_sees_what_is_wrong(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verified(*buckets: object) -> dict[str, str]:
        values = {"buckets": list(buckets)}
        return store.cluster.verdicts(objectstores.verify, "objects", SPACE, values)

    assert verified(*BUCKETS) == {
        "bucket:objects:evidence": "passed",
        "bucket:objects:camera-recordings": "passed",
        "object:objects": "passed",
        "lock:objects": "passed",
    }

    monkeypatch.setattr(pods, "PATIENCE", 0.0)
    assert verified({"name": "heritage"})["bucket:objects:heritage"] == "failed"
    store.kubectl("scale", "statefulset/objects", "--replicas=0")
    store.kubectl("wait", "--for=delete", "pod/objects-0", "--timeout=90s")
    try:
        assert verified(BUCKETS[0]) == {
            "bucket:objects:evidence": "failed",
            "object:objects": "failed",
            "lock:objects": "failed",
        }
    finally:
        store.kubectl("scale", "statefulset/objects", "--replicas=1")
        store.wait()


def test_requests_are_told_and_keys_stand_in_no_log(store: Store) -> None:
    store.ask("cameras", "PUT", "/camera-recordings/gate", "frames")
    told = lambda: str("camera-recordings/gate" in store.kubectl("logs", "objects-0"))  # noqa: E731
    assert until("True", told) == "True"

    said = store.kubectl("logs", "objects-0") + store.kubectl("logs", "deployment/objects-buckets")
    assert [user for user, key in store.own["passwords"].items() if key in said] == []
