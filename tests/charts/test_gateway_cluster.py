"""The gateway in a real cluster: who comes from outside, walls, a pod that goes, the proof."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from a_cluster import NODE4, OUTSIDE, ROOT, Cluster, namespace, until, until_true
from some_objects import authority, paired, pod

from hue_infra.providers import credentials
from hue_infra.stacks.components import space
from hue_infra.tools import helm, images, platform_images
from hue_infra.verify import pods, sharing

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SPACE, OTHERS, WATCHERS = "lgsp", "others", "monitoring"
PORT, PROVIDES = 30449, 8443
HOST = "lgsp.lab.test"
NAMES = {
    "gateway": HOST,
    "provider": "api.lab.test",
    "health": "health.lab.test",
    "insurer": "insurer.lab.test",
    "machine": "k8s1.lab.test",
}
PKI = "/etc/hue-pki"
PROVIDER = f"""
import http.server, json, ssl
class Provider(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({{"path": self.path, "agency": self.headers["x-agency"]}}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)
    do_HEAD = do_GET
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/srv/agencies/provider.pem")
context.load_verify_locations("/srv/agencies/gateway.pem")
context.verify_mode = ssl.CERT_REQUIRED
server = http.server.ThreadingHTTPServer(("{OUTSIDE}", {PROVIDES}), Provider)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""
CONTRACT = {"agency": "insurer", "methods": ["GET"], "paths": ["/cards"], "perMinute": 100_000}
DECLARED: dict[str, Any] = {
    "agencies": [{"name": one, "certificate": NAMES[one]} for one in ("health", "insurer")],
    "services": [
        {
            "name": "insured",
            "provider": "health",
            "address": f"{OUTSIDE}:{PROVIDES}",
            "network": f"{OUTSIDE}/32",
            "host": NAMES["provider"],
            "contracts": [CONTRACT],
        }
    ],
}


@dataclass(frozen=True)
class Exchange:
    """The chart's release in the cluster, agencies and a provider on the machine outside."""

    cluster: Cluster
    made: dict[str, dict[str, Any]] = field(repr=False)

    def lay(self) -> None:
        """Lay the chart's objects into the cluster, and wait until they stand."""
        values = {
            "image": platform_images.ensure("gateway").by_digest,
            **DECLARED,
            "prover": NAMES["machine"],
            "tls": {"secret": "gateway-tls"},
            "authority": "authority",
            "service": {"nodePort": PORT},
            "monitoring": {"namespace": WATCHERS},
        }
        self.cluster.apply(*helm.render(ROOT / "charts/gateway", "gateway", SPACE, values))
        self.kubectl("rollout", "status", "deployment/gateway", "--timeout=170s")

    def kubectl(self, *words: str) -> str:
        """What kubectl says of the platform's namespace."""
        return self.cluster.kubectl("-n", SPACE, *words).stdout.strip()

    def ask(self, agency: str, path: str, *options: str) -> tuple[str, str]:
        """The code and the body that *agency* gets on the machine outside."""
        known = f"/srv/agencies/{agency}.pem"
        done = self.cluster.node(
            *("curl", "-s", "--max-time", "10", "--cacert", "/srv/agencies/ca.crt"),
            *("--cert", known, "--key", known, "--connect-to", f"::{NODE4}:{PORT}"),
            *("--write-out", "\n%{http_code}", *options, f"https://{HOST}{path}"),
            name="outside",
            check=False,
        )
        body, _, code = done.stdout.rpartition("\n")
        return code, body

    def verified(self) -> dict[str, str]:
        """The verdict of each check that `verify` makes of it."""
        return self.cluster.verdicts(sharing.verify, "gateway", SPACE, DECLARED)


@pytest.fixture(scope="module")
def exchange(one_node: Cluster) -> Iterator[Exchange]:
    made = {name: credentials.made([], [one]) for name, one in NAMES.items()}
    trusted = "".join(one["certificate"] for one in made.values())
    for name, one in made.items():
        pem = one["key"] + one["certificate"]
        one_node.put(f"/srv/agencies/{name}.pem", pem, name="outside")
    one_node.put("/srv/agencies/ca.crt", trusted, name="outside")
    one_node.put(f"{PKI}/ca.crt", trusted)
    for file, text in (("crt", made["machine"]["certificate"]), ("key", made["machine"]["key"])):
        one_node.put(f"{PKI}/live/machine.{file}", text)
    one_node.apply(
        *(namespace(one) for one in (SPACE, OTHERS, WATCHERS)),
        space.secret(SPACE, "gateway-tls", space.TLS, paired(made["gateway"])),
        authority("authority", SPACE, {"certificate": trusted}),
        # They do nothing: what is asked from their namespaces is asked from their networks.
        *(pod("client", one, images.pause().by_digest, {}) for one in (OTHERS, WATCHERS)),
    )
    provide(one_node)
    exchange = Exchange(one_node, made)
    try:
        exchange.lay()
        for one in (OTHERS, WATCHERS):
            one_node.kubectl("-n", one, "wait", "--for=condition=Ready", "pod/client")
        # The node leads to pods a moment after they are ready.
        opens = lambda: exchange.ask("insurer", "/insured/cards")[0]  # noqa: E731
        assert until("200", opens) == "200"
        yield exchange
    finally:
        one_node.node("systemctl", "stop", "provider", name="outside", check=False)
        one_node.node("rm", "-rf", PKI, check=False)
        one_node.kubectl("delete", "namespace", SPACE, OTHERS, WATCHERS, "--wait", "--timeout=120s")


def provide(cluster: Cluster) -> None:
    """Start the provider on the machine outside."""
    run = ("systemd-run", "--unit=provider", "--quiet", "python3", "-c", PROVIDER)
    cluster.node(*run, name="outside")


def test_an_agency_reads_by_its_contract_and_another_does_not(exchange: Exchange) -> None:
    code, body = exchange.ask("insurer", "/insured/cards/1")

    assert code == "200", body
    assert json.loads(body) == {"path": "/cards/1", "agency": "insurer"}
    assert exchange.ask("health", "/insured/cards/1")[0] == "403"
    assert exchange.ask("insurer", "/insured/claims")[0] == "403"
    assert exchange.ask("insurer", "/insured/cards", "--request", "DELETE")[0] == "403"


def test_the_provider_answers_nobody_but_the_gateway(exchange: Exchange) -> None:
    known = "/srv/agencies/insurer.pem"
    done = exchange.cluster.node(
        *("curl", "-sS", "--max-time", "5", "--cacert", "/srv/agencies/ca.crt"),
        *("--cert", known, "--key", known, "--connect-to", f"::{OUTSIDE}:{PROVIDES}"),
        f"https://{NAMES['provider']}/cards/1",
        name="outside",
        check=False,
    )

    assert done.code != 0
    assert "cards" not in done.stdout


def test_walls_hold(exchange: Exchange) -> None:
    cluster = exchange.cluster
    (watcher,), (other,) = cluster.addresses(WATCHERS), cluster.addresses(OTHERS)
    (first, *_) = cluster.addresses(SPACE)
    figures = f"http://{first}:8080/metrics"

    assert cluster.from_pod(watcher, figures) == "200"
    assert cluster.from_pod(other, figures) == "000"
    # It comes to its provider, and to nothing else there.
    assert cluster.from_pod(first, f"https://{NODE4}:6443/livez") == "000"


def test_every_exchange_is_in_the_log(exchange: Exchange) -> None:
    exchange.ask("insurer", "/insured/cards/written?name=Lan")

    def written() -> list[dict[str, Any]]:
        said = exchange.kubectl("logs", "--selector=app.kubernetes.io/name=gateway", "--tail=-1")
        lines = [json.loads(one) for one in said.splitlines() if one.startswith("{")]
        return [one for one in lines if one["path"] == "/insured/cards/written"]

    assert until_true(written, 60)
    (line,) = written()
    assert (line["contract"], line["agency"]) == ("insured/insurer", NAMES["insurer"])
    assert "Lan" not in json.dumps(line)


def test_a_pod_that_goes_is_not_noticed(exchange: Exchange) -> None:
    def asked() -> list[str]:
        end = time.monotonic() + 20
        codes = []
        while time.monotonic() < end:
            codes.append(exchange.ask("insurer", "/insured/cards")[0])
        return codes

    with ThreadPoolExecutor() as pool:
        codes = pool.submit(asked)
        time.sleep(3)
        first = exchange.kubectl("get", "pods", "-o", "jsonpath={.items[0].metadata.name}")
        exchange.kubectl("delete", "pod", first, "--wait=false")
        found = codes.result()

    assert len(found) > 20
    assert set(found) == {"200"}
    exchange.kubectl("rollout", "status", "deployment/gateway", "--timeout=170s")


def test_verify_proves_it_and_sees_a_provider_that_is_away(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = {"provider:gateway:insured": "passed", "contract:gateway:insured": "passed"}
    assert exchange.verified() == well

    monkeypatch.setattr(pods, "PATIENCE", 0.0)
    exchange.cluster.node("systemctl", "stop", "provider", name="outside")
    try:
        assert exchange.verified() == well | {"provider:gateway:insured": "failed"}
    finally:
        provide(exchange.cluster)
    assert until(str(well), lambda: str(exchange.verified())) == str(well)
