"""The door of a real cluster: hosts are led to their platforms, by certificates that are held."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from a_cluster import NODE4, NODE6, ROOT, Cluster, namespace, until
from an_s3_client import request
from some_objects import authority, paired

from hue_infra.providers import credentials
from hue_infra.stacks import ingress, platforms
from hue_infra.stacks.components import space
from hue_infra.tools import helm, images, platform_images

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HOST = "portal.lab.test"
STORE = "store.lab.test"
ARCHIVE = "archive"
SPACE = "front"
PORT = 30455
ENVOY = "--selector=app.kubernetes.io/name=envoy"
SERVING = "--selector=gateway.envoyproxy.io/owning-gateway-name=public"
DRIVER = "--selector=app.kubernetes.io/name=ingress"
PAIR = Mapping[str, Any]


@dataclass(frozen=True)
class Door:
    """The ingress with the portal and an object store behind it, each with its certificate."""

    cluster: Cluster
    pair: PAIR = field(repr=False)
    store: PAIR = field(repr=False)

    def kubectl(self, *words: str, space: str = SPACE) -> str:
        """What kubectl says of one namespace."""
        return self.cluster.kubectl("-n", space, *words).stdout.strip()

    def lay_portal(self, **more: object) -> None:
        """Lay the portal, led to by the door, with what is given more."""
        values = portal_values() | more
        self.cluster.apply(*helm.render(ROOT / "charts/portal", "portal", SPACE, values))

    def lay_pair(self, where: str, pair: PAIR) -> None:
        """Lay the certificate and its key into the namespace *where*."""
        self.cluster.apply(space.secret(where, "portal-tls", space.TLS, paired(pair)))

    def trust(self, pair: PAIR) -> None:
        """Let the door hold the portal's certificate against that of *pair*."""
        self.cluster.apply(authority("portal-authority", SPACE, pair))

    def ask(
        self, *options: str, host: str = HOST, address: str = NODE4, pair: PAIR | None = None
    ) -> str:
        """What a client outside is told, who trusts the authority alone: HTTP code, and page."""
        trusted = str((pair or self.pair)["certificate"])
        argv = ("curl", "-sS", "--max-time", "4", "--cacert", "/dev/stdin", *options)
        where = ("--resolve", f"{host}:{PORT}:{address}", f"https://{host}:{PORT}/")
        return self.cluster.node(*argv, *where, text=trusted, check=False, name="outside").stdout

    def code(self, host: str = HOST, address: str = NODE4, pair: PAIR | None = None) -> str:
        """The HTTP code alone; 000 is silence, or a certificate that is not trusted."""
        only = ("-o", "/dev/null", "-w", "%{http_code}")
        return self.ask(*only, host=host, address=address, pair=pair)


@pytest.fixture(scope="module")
def door(one_node: Cluster) -> Iterator[Door]:
    """The chart in the cluster, and the portal behind it."""
    pair = credentials.made([], [HOST])
    door = Door(one_node, pair, credentials.made([], [STORE]))
    among = credentials.made([ingress.SIGNING], ingress.names("ingress"))
    signing = {"hmac-secret": among["passwords"][ingress.SIGNING]}
    for name in ("ingress", SPACE, "other", ARCHIVE):
        one_node.apply(namespace(name))
    one_node.apply(
        *(space.secret("ingress", name, space.TLS, paired(among)) for name in ingress.SECRETS),
        space.secret("ingress", ingress.SIGNING, space.OPAQUE, signing),
    )
    for where in ("ingress", SPACE):
        door.lay_pair(where, pair)
    door.trust(pair)
    # One for both would have Envoy speak HTTP/1.1: a browser takes such hosts for one.
    one_node.apply(space.secret("ingress", "store-tls", space.TLS, paired(door.store)))
    hosts = [
        {"name": HOST, "namespace": SPACE, "secret": "portal-tls"},
        {"name": STORE, "namespace": ARCHIVE, "secret": "store-tls"},
    ]
    values = {
        "image": platform_images.ensure("ingress").by_digest,
        "gateways": [{"name": "public", "nodePort": PORT, "hosts": hosts}],
    }
    one_node.apply(*helm.render(ROOT / "charts/ingress", "ingress", "ingress", values))
    door.lay_portal()
    until("200", door.code, 170)
    yield door
    # Its controller lets the class go once nothing is of it any more.
    classes = ("gateway/public", "gatewayclass/ingress")
    door.kubectl("delete", *classes, "--timeout=150s", space="ingress")
    one_node.kubectl("delete", "namespace", SPACE, "other", "ingress", ARCHIVE, "--wait=false")


def test_a_host_is_led_to_its_platform_by_a_trusted_certificate(door: Door) -> None:
    assert door.code() == "200"
    assert door.code(address=f"[{NODE6}]") == "200"
    assert "Thành phố Huế" in door.ask()
    assert "strict-transport-security: max-age=" in door.ask("-I")
    assert "HTTP/2" in door.ask("-I")


def test_who_does_not_know_the_host_comes_nowhere(door: Door) -> None:
    assert door.code(host="mail.lab.test") == "000"
    assert door.code(pair=credentials.made([], [HOST])) == "000"


def test_the_clients_own_address_is_in_the_log(door: Door) -> None:
    door.code()
    said = door.kubectl("logs", ENVOY, "--container=envoy", space="ingress")
    entries = [json.loads(line) for line in said.splitlines() if line.startswith("{")]

    assert entries[-1]["client"] == "10.57.0.9"
    assert (entries[-1]["host"].split(":")[0], entries[-1]["code"]) == (HOST, 200)


@pytest.mark.parametrize(
    ("space", "why"),
    [
        pytest.param("ingress", "NotAllowedByListeners", id="one that is served, by its rule"),
        pytest.param("other", "", id="one that is not served, by not being read"),
    ],
)
def test_another_namespace_cannot_take_the_host(door: Door, space: str, why: str) -> None:
    manifests = helm.render(ROOT / "charts/portal", "thief", space, portal_values())
    (route,) = (one for one in manifests if one["kind"] == "HTTPRoute")
    door.cluster.apply(route)
    reason = "jsonpath={.items[*].status.parents[0].conditions[?(@.type=='Accepted')].reason}"

    def seen() -> str:
        return door.kubectl("get", "httproutes", "-o", reason, space=space)

    assert until(why, seen) == why
    assert "Thành phố Huế" in door.ask()


def portal_values() -> dict[str, object]:
    return {
        "province": {"name": "Thành phố Huế", "name_en": "Hue City"},
        "image": images.portal().by_digest,
        "tls": {"secret": "portal-tls"},
        "gateway": {"name": "public", "namespace": "ingress"},
        "hosts": [HOST],
        "authority": "portal-authority",
    }


def test_a_platform_whose_certificate_the_authority_did_not_issue_is_not_served(door: Door) -> None:
    door.trust(credentials.made([], [HOST]))
    assert until("503", door.code) == "503"

    door.trust(door.pair)
    assert until("200", door.code) == "200"


def test_a_renewed_certificate_is_shown_without_a_restart(door: Door) -> None:
    renewed = credentials.made([], [HOST])
    before = door.kubectl("get", "pods", "-o", "name", space="ingress")
    door.lay_pair("ingress", renewed)

    assert until("200", lambda: door.code(pair=renewed)) == "200"
    assert door.kubectl("get", "pods", "-o", "name", space="ingress") == before
    door.lay_pair("ingress", door.pair)
    assert until("200", door.code) == "200"


def test_only_the_networks_that_may_come_do(door: Door) -> None:
    door.lay_portal(clients=["10.99.0.0/16"])
    assert until("403", door.code) == "403"

    door.lay_portal(clients=["10.57.0.9/32"])
    assert until("200", door.code) == "200"


@pytest.fixture
def store(door: Door) -> dict[str, Any]:
    """An object store behind the door; its keys."""
    own = credentials.made(["keeper", "court"], platforms.object_names("objects", ARCHIVE))
    values = {
        "image": platform_images.ensure("objects").by_digest,
        "buckets": [{"name": "evidence", "owner": "court"}],
        "tls": {"secret": "objects-tls"},
        "passwords": {"secret": "objects-passwords"},
        "storage": {"data": "256Mi"},
        "gateway": {"name": "public", "namespace": "ingress"},
        "hosts": [STORE],
    }
    door.cluster.apply(
        space.secret(ARCHIVE, "objects-tls", space.OPAQUE, paired(own)),
        space.secret(ARCHIVE, "objects-passwords", space.OPAQUE, own["passwords"]),
        *helm.render(ROOT / "charts/objects", "objects", ARCHIVE, values),
    )
    rollout = ("rollout", "status", "deployment/objects-buckets", "--timeout=170s")
    door.kubectl(*rollout, space=ARCHIVE)
    keys: dict[str, Any] = own["passwords"]
    return keys


def test_an_object_comes_in_and_out_through_the_door_for_who_has_a_key(
    door: Door, store: dict[str, Any]
) -> None:
    """One that is larger than what a proxy would keep in its memory."""
    outside = lambda *argv, text="": door.cluster.node(*argv, text=text, name="outside")  # noqa: E731
    outside("sh", "-c", "cat >/srv/door.crt", text=str(door.store["certificate"]))
    outside("sh", "-c", "head -c 50000000 /dev/urandom >/srv/frames")

    def ask(method: str, user: str, *more: str) -> str:
        url = f"https://{STORE}:{PORT}/evidence/frames"
        asked = request(method, url, user, store.get(user, ""), NODE4, "/srv/door.crt", *more)
        return outside("curl", "--config", "-", text=asked).stdout.strip().rpartition("\n")[2]

    write = lambda: ask("PUT", "court", 'upload-file = "/srv/frames"')  # noqa: E731
    assert until("200", write, 90) == "200"
    assert ask("GET", "court", 'output = "/srv/frames.back"') == "200"
    outside("cmp", "/srv/frames", "/srv/frames.back")
    assert ask("GET", "") == "403"
    # What `verify` is told, who has none.
    assert door.code(host=STORE, pair=door.store) == "403"


def test_what_drives_envoy_reads_no_other_namespace(door: Door) -> None:
    who = "--as=system:serviceaccount:ingress:ingress"
    said = {
        (verb, thing, space): door.cluster.kubectl(
            "-n", space, "auth", "can-i", verb, thing, who, check=False
        ).stdout.strip()
        for verb, thing, space in (
            ("get", "secrets", SPACE),
            ("get", "secrets", "kube-system"),
            ("create", "pods", "ingress"),
            ("create", "daemonsets", SPACE),
        )
    }

    assert list(said.values()) == ["yes", "no", "no", "no"]


def test_an_envoy_that_is_to_end_does_so_once_its_connections_have(door: Door) -> None:
    door.kubectl("rollout", "restart", "daemonset", SERVING, space="ingress")
    door.kubectl("rollout", "status", "daemonset", SERVING, "--timeout=150s", space="ingress")
    # Without that it would take the whole time that it is given, six minutes.
    count = "jsonpath={.items[*].metadata.name}"

    def pods() -> str:
        return str(len(door.kubectl("get", "pods", ENVOY, "-o", count, space="ingress").split()))

    assert until("1", pods, 90) == "1"
    assert until("200", door.code) == "200"


def test_viewers_see_what_is_led_where(door: Door) -> None:
    who = ("--as=somebody", "--as-group=hue-infra:viewers")
    words = ("auth", "can-i", "list", "httproutes.gateway.networking.k8s.io", *who)

    assert door.kubectl(*words) == "yes"


def test_the_door_stays_open_while_nothing_drives_it_and_opens_again_after_a_kill(
    door: Door,
) -> None:
    door.kubectl("scale", "deployment/ingress", "--replicas=0", space="ingress")
    door.kubectl("wait", "--for=delete", "pod", DRIVER, "--timeout=60s", space="ingress")
    assert door.code() == "200"
    door.kubectl("scale", "deployment/ingress", "--replicas=1", space="ingress")

    began = time.monotonic()
    door.kubectl("delete", "pod", ENVOY, "--grace-period=0", "--force", space="ingress")
    assert until("200", door.code, 90) == "200"
    sys.stderr.write(f"\nclosed for {time.monotonic() - began:.1f} s after Envoy was killed\n")
