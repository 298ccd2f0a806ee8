"""The gateway between agencies on this machine: real Envoy, real certificates, a real provider."""

import datetime
import http.client
import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from a_cluster import until_true
from free_ports import free_ports
from ruamel.yaml import YAML

from hue_infra.providers import credentials
from hue_infra.tools import artefacts, helm
from hue_infra.tools.run import LEASH

# Envoy is fetched on a machine that never did.
pytestmark = pytest.mark.slow

CHART = Path(__file__).parents[2] / "charts/gateway"
HOST, PROVIDER = "gateway.lab.test", "api.lab.test"
NAMES = {
    "gateway": [HOST],
    "provider": [PROVIDER],
    "health": ["health.lab.test"],
    # A machine's certificate bears more than one name.
    "insurer": ["other.lab.test", "insurer.lab.test", "more.lab.test"],
    "below": ["x.insurer.lab.test"],
    "prover": ["k8s1.lab.test"],
    "stranger": ["stranger.lab.test"],
}
TODAY = datetime.datetime.now(datetime.UTC).date()


def contract(**change: object) -> dict[str, object]:
    own: dict[str, object] = {
        "agency": "insurer",
        "methods": ["GET", "HEAD"],
        "paths": ["/"],
        "perMinute": 1000,
    }
    return own | change


CONTRACTS = {
    "insured": contract(paths=["/cards", "/v1.0"]),
    "whole": contract(),
    "few": contract(paths=["/a", "/b"], perMinute=3),
    "ended": contract(until=str(TODAY - datetime.timedelta(days=2))),
    "current": contract(until=str(TODAY + datetime.timedelta(days=2))),
}


@dataclass
class Gate:
    """Envoy with the chart's settings, and what it was asked by whom."""

    directory: Path
    port: int
    state: int
    log: Path

    def ask(
        self, agency: str, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """The code that *agency* gets, and what the provider saw of it."""
        context = ssl.create_default_context(cafile=str(self.directory / "trusted/ca.crt"))
        context.load_cert_chain(self.directory / f"{agency}.pem")
        connection = http.client.HTTPSConnection(HOST, self.port, context=context, timeout=10)
        connection.sock = context.wrap_socket(
            socket.create_connection(("127.0.0.1", self.port), 10), server_hostname=HOST
        )
        try:
            named = {name.replace("_", "-"): text for name, text in headers.items()}
            connection.request(method, path, headers=named)
            answer = connection.getresponse()
            body = answer.read()
            is_told = answer.getheader("content-type") == "application/json"
            return answer.status, json.loads(body) if is_told and body else {}
        finally:
            connection.close()

    def show(self, name: str) -> None:
        """Lay another certificate as the gateway's own, as the kubelet does it."""
        own = self.directory / "own"
        fresh = own / f"..{time.monotonic_ns()}"
        fresh.mkdir(parents=True)
        pem = (self.directory / f"{name}.pem").read_text()
        for file in ("tls.crt", "tls.key"):
            (fresh / file).write_text(pem)
            if not (own / file).exists():
                (own / file).symlink_to(f"..data/{file}")
        (own / "..new").symlink_to(fresh.name)
        (own / "..new").rename(own / "..data")

    def shown(self) -> str:
        """The certificate that it shows."""
        context = ssl.create_default_context()
        context.load_cert_chain(self.directory / "health.pem")
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 5)) as open_:
            return ssl.DER_cert_to_PEM_cert(open_.getpeercert(binary_form=True) or b"")

    def lines(self) -> list[dict[str, Any]]:
        """What it wrote of exchanges."""
        written = self.log.read_text().splitlines()
        return [json.loads(line) for line in written if line.startswith("{")]


class Provider(http.server.BaseHTTPRequestHandler):
    """Tells what it was asked, and by whom it was spoken to."""

    def do_GET(self) -> None:
        peer = self.connection.getpeercert()  # type: ignore[attr-defined]
        names = [value for _, value in peer["subjectAltName"]]
        body = json.dumps({"path": self.path, "by": names, **dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the library asks for this name

    def log_message(self, *_: object) -> None:
        pass


def provide(directory: Path, port: int, name: str) -> http.server.ThreadingHTTPServer:
    """A provider that knows the gateway alone, and shows the certificate of *name*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / f"{name}.pem")
    context.load_verify_locations(directory / "gateway.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Provider)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def settings(directory: Path, ports: dict[str, int], right: int, wrong: int) -> None:
    """Render the chart's files into *directory*, with its places and ports there."""
    values = YAML(typ="safe").load((CHART / "ci/least-values.yaml").read_text("utf-8"))
    agencies = [
        {"name": "health", "certificate": NAMES["health"][0]},
        {"name": "insurer", "certificate": NAMES["insurer"][1]},
    ]
    common = {"provider": "health", "host": PROVIDER, "network": "127.0.0.1/32"}
    services = [
        {"name": name, "address": f"127.0.0.1:{right}", "contracts": [one], **common}
        for name, one in CONTRACTS.items()
    ]
    another = {"name": "another", "address": f"127.0.0.1:{wrong}", "contracts": [contract()]}
    values |= {"agencies": agencies, "services": [*services, another | common]}
    values["prover"] = NAMES["prover"][0]
    (rendered,) = (
        one for one in helm.render(CHART, "gateway", "lgsp", values) if one["kind"] == "ConfigMap"
    )
    for name, text in rendered["data"].items():  # type: ignore[attr-defined]
        places = {
            "/etc/gateway-tls": directory / "own",
            "/etc/gateway-authority": directory / "trusted",
            "/etc/gateway/": f"{directory}/",
            'address: "::", ipv4_compat: true': "address: 127.0.0.1",
            **{f"port_value: {was} }}": f"port_value: {port} }}" for was, port in ports.items()},
        }
        for was, place in places.items():
            text = text.replace(was, str(place))  # noqa: PLW2901 - one after the other
        (directory / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    directory = tmp_path_factory.mktemp("gateway")
    made = {name: credentials.made([], names) for name, names in NAMES.items()}
    made["renewed"] = credentials.made([], NAMES["gateway"])
    (directory / "trusted").mkdir()
    for name, one in made.items():
        (directory / f"{name}.pem").write_text(one["key"] + one["certificate"])
    known = [one["certificate"] for name, one in made.items() if name != "stranger"]
    (directory / "trusted/ca.crt").write_text("".join(known))
    *own, right, wrong = free_ports(5)
    ports = dict(zip(("8443", "8080", "9901"), own, strict=True))
    settings(directory, ports, right, wrong)
    gate = Gate(directory, ports["8443"], ports["8080"], directory / "envoy.log")
    gate.show("gateway")
    providers = [provide(directory, right, "provider"), provide(directory, wrong, "health")]
    argv = [*LEASH, artefacts.binary("envoy"), "--config-path", directory / "envoy.yaml"]
    with gate.log.open("w") as log:
        process = subprocess.Popen(
            [*argv, "--log-level", "warning", "--concurrency", "1"],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"]},
        )
    try:
        assert until_true(lambda: state(gate, "/ready")[0] == 200, 30), gate.log.read_text()
        yield gate
    finally:
        process.terminate()
        process.wait(20)
        for one in providers:
            one.shutdown()
            one.server_close()


def state(gate: Gate, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", gate.state, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def test_an_agency_gets_what_its_contract_says_and_the_provider_knows_who_asks(gate: Gate) -> None:
    code, seen = gate.ask("insurer", "/insured/cards/1?id=7", x_agency="health", x_peer_names="x")

    assert code == 200
    assert seen["path"] == "/cards/1?id=7"
    assert seen["by"] == [HOST]
    assert seen["x-agency"] == "insurer"
    assert seen["host"] == PROVIDER
    assert not {"x-peer-names", "x-forwarded-client-cert"} & set(seen)


@pytest.mark.parametrize(
    ("agency", "path", "method", "code"),
    [
        ("insurer", "/insured/cards", "HEAD", 200),
        ("insurer", "/insured/v1.0/x", "GET", 200),
        ("insurer", "/whole", "GET", 200),
        ("insurer", "/whole/any/thing", "GET", 200),
        ("insurer", "/current/x", "GET", 200),
        ("insurer", "/insured//cards", "GET", 200),
        ("insurer", "/insured", "GET", 403),
        ("insurer", "/insured/cardsx", "GET", 403),
        ("insurer", "/insured/v1x0", "GET", 403),
        ("insurer", "/insured/cards", "POST", 403),
        ("insurer", "/insured/cards/../secret", "GET", 403),
        ("insurer", "/insured/cards/%2e%2e/secret", "GET", 403),
        ("insurer", "/insured/cards/..%2fsecret", "GET", 400),
        ("insurer", "/ended/x", "GET", 403),
        ("insurer", "/nothing", "GET", 404),
        ("insurer", "/platform/insured", "HEAD", 404),
        ("health", "/insured/cards", "GET", 403),
        ("below", "/insured/cards", "GET", 403),
        ("prover", "/insured/cards", "GET", 403),
        ("prover", "/platform/insured", "HEAD", 200),
        ("prover", "/platform/insured", "GET", 404),
    ],
)
def test_nothing_but_the_contract_opens(
    gate: Gate, agency: str, path: str, method: str, code: int
) -> None:
    assert gate.ask(agency, path, method)[0] == code


def test_whoever_says_that_he_is_another_is_not_believed(gate: Gate) -> None:
    claimed = {"x_agency": "insurer", "x_peer_names": "insurer.lab.test"}

    assert gate.ask("health", "/insured/cards", **claimed)[0] == 403


def test_without_a_certificate_of_the_province_nobody_speaks(gate: Gate) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        gate.ask("stranger", "/insured/cards")


def test_a_contract_allows_so_many_a_minute_over_all_its_paths(gate: Gate) -> None:
    codes = [gate.ask("insurer", f"/few/{path}")[0] for path in "abab"]

    assert codes == [200, 200, 200, 429]
    assert gate.ask("insurer", "/whole")[0] == 200


def test_a_provider_that_shows_another_certificate_is_told_nothing(gate: Gate) -> None:
    code, seen = gate.ask("insurer", "/another/x")

    assert (code, seen) == (503, {})


def test_every_exchange_is_written_down_without_what_was_asked_for(gate: Gate) -> None:
    gate.ask("insurer", "/insured/cards/written?name=Lan")
    gate.ask("health", "/insured/cards/written")

    def written() -> list[dict[str, Any]]:
        return [one for one in gate.lines() if one["path"] == "/insured/cards/written"]

    assert until_true(lambda: len(written()) == 2, 30)
    first, second = written()

    assert first["contract"] == "insured/insurer"
    assert first["agency"] == "other.lab.test,insurer.lab.test,more.lab.test"
    assert (first["code"], first["method"], first["from"]) == (200, "GET", "127.0.0.1")
    assert len(first["certificate"]) > 10
    assert (second["contract"], second["code"]) == ("insured/none", 403)
    assert "Lan" not in gate.log.read_text()


def test_a_renewed_certificate_is_shown_without_a_restart(gate: Gate) -> None:
    renewed = (gate.directory / "renewed.pem").read_text()
    assert gate.shown() not in renewed
    gate.show("renewed")

    assert until_true(lambda: gate.shown() in renewed, 20)


def test_figures_are_told_and_nothing_else_of_the_administration(gate: Gate) -> None:
    code, text = state(gate, "/metrics")

    assert code == 200
    assert 'envoy_cluster_name="insured"' in text
    for path in ("/quitquitquit", "/config_dump", "/"):
        assert state(gate, path)[0] == 404
