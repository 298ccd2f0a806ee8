"""What watches a real cluster: figures come, a page that is gone is told of, walls hold."""

import json
from collections.abc import Iterator

import pytest
from a_cluster import OUTSIDE, Cluster, letting_in, namespace, until
from a_watch import INTERVAL, Watch
from some_objects import authority, paired, pod

from hue_infra.providers import credentials
from hue_infra.stacks import observability
from hue_infra.stacks.components import space
from hue_infra.tools import platform_images
from hue_infra.verify import pods, watchers

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SPACE, TOLD, PAGES = "monitoring", "told", "pages"
HOST, GONE = "portal.lab.test", "gone.lab.test"
PORT = 8080
RECEIVER = f"""
import http.server
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        told = self.rfile.read(int(self.headers["Content-Length"]))
        with open("/srv/told.jsonl", "ab") as kept:
            kept.write(told + b"\\n")
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("{OUTSIDE}", {PORT}), Receiver).serve_forever()
"""


class Pages(Watch):
    """Beside it a platform that it asks, and pages that it opens."""

    def watch(self, *hosts: str) -> None:
        """Lay the chart's objects into the cluster, and watch the pages of *hosts*."""
        pages = {HOST: "portal", GONE: "gone"}
        ways = [{"network": f"{OUTSIDE}/32", "port": PORT}]
        receivers = [
            {
                "name": "operators",
                "severities": ["critical"],
                "webhooks": [f"http://{OUTSIDE}:{PORT}/"],
            }
        ]
        self.lay(
            platforms=[{"namespace": TOLD, "service": "told", "port": "metrics"}],
            pages=[{"host": host, "gateway": pages[host], "namespace": PAGES} for host in hosts],
            authority="authority",
            alerts={"receivers": receivers, "ways": ways},
        )

    def verified(self) -> dict[str, str]:
        """The verdict of each check that `verify` makes of it."""
        values = {"interval": INTERVAL}
        return self.cluster.verdicts(watchers.verify, "observability", SPACE, values)


def told(image: str) -> Iterator[dict[str, object]]:
    """A platform that tells of itself, and lets in who may hear it."""
    program, settings = "/usr/bin/prometheus-blackbox-exporter", "/etc/prometheus/blackbox.yml"
    container = {
        "command": [program, f"--config.file={settings}"],
        "ports": [{"name": "metrics", "containerPort": 9115}],
    }
    yield pod("told", TOLD, image, container)
    ports = [{"name": "metrics", "port": 9115, "targetPort": "metrics"}]
    chosen = {"app.kubernetes.io/name": "told"}
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "told", "namespace": TOLD},
        "spec": {"clusterIP": "None", "selector": chosen, "ports": ports},
    }
    yield letting_in(TOLD, SPACE, "metrics")


@pytest.fixture(scope="module")
def watch(one_node: Cluster) -> Iterator[Pages]:
    own = credentials.made([], ["observability", f"observability.{SPACE}.svc"])
    page = credentials.made([], [HOST, GONE])
    watch = Pages(one_node, platform_images.ensure("observability").by_digest, own)
    one_node.apply(
        *(namespace(one) for one in (SPACE, TOLD, PAGES)),
        space.secret(SPACE, observability.TLS, space.TLS, paired(own)),
        space.secret(PAGES, "portal-tls", space.TLS, paired(page)),
        authority("authority", SPACE, page),
    )
    one_node.apply(*told(watch.image))
    one_node.deploy_portal_without_certificate(PAGES, 30466, ["10.60.0.0/20"])
    one_node.node(
        *("systemd-run", "--unit=told", "--quiet", "python3", "-c", RECEIVER), name="outside"
    )
    try:
        watch.watch(HOST, GONE)
        yield watch
    finally:
        one_node.node("systemctl", "stop", "told", name="outside", check=False)
        one_node.kubectl("delete", "namespace", SPACE, TOLD, PAGES, "--wait", "--timeout=120s")


def test_machines_pods_platforms_and_its_own_parts_give_figures(watch: Pages) -> None:
    def jobs() -> str:
        return str(sorted((one["metric"]["job"], one["value"][1]) for one in watch.ask("up")))

    expected = [
        *(("api", "1"), ("containers", "1"), ("machine", "1")),
        *[("observability", "1")] * 3,
        *(("page/gone.lab.test", "1"), ("page/portal.lab.test", "1")),
        ("platform/told/told", "1"),
    ]
    assert until(str(expected), jobs) == str(expected)


@pytest.mark.parametrize(
    "query",
    [
        'sum(rate(container_cpu_usage_seconds_total{id="/"}[1m])) / sum(machine_cpu_cores) > 0',
        'sum(container_memory_working_set_bytes{id="/"}) / sum(machine_memory_bytes) > 0',
        'container_start_time_seconds{namespace="monitoring",container="prometheus"} > 0',
        'container_oom_events_total{namespace="monitoring",container="prometheus"} >= 0',
        'apiserver_request_total{code="200"} > 0',
        "alertmanager_notifications_failed_total >= 0",
        'probe_ssl_earliest_cert_expiry{host="portal.lab.test"} > 0',
    ],
)
def test_what_the_board_and_the_alerts_ask_for_is_there(watch: Pages, query: str) -> None:
    assert until("True", lambda: str(bool(watch.ask(query)))) == "True"


def test_a_page_is_opened_by_its_name_and_one_that_is_gone_is_seen(watch: Pages) -> None:
    def pages() -> str:
        found = {one["metric"]["host"]: one["value"][1] for one in watch.ask("probe_success")}
        return str(sorted(found.items()))

    expected = str([(GONE, "0"), (HOST, "1")])
    assert until(expected, pages) == expected


def test_the_board_is_filled_in(watch: Pages) -> None:
    for language, title in (("vi", "Tình trạng hệ thống"), ("en", "State of the systems")):
        page = watch.get(f"consoles/{language}.html")
        assert f"<h1>{title}</h1>" in page
        assert "<td>k8s1</td>" in page
        assert f"<td>{HOST}</td>" in page


def test_nobody_comes_near_and_it_may_read_figures_alone(watch: Pages) -> None:
    (near,) = watch.cluster.addresses(TOLD)
    for one in watch.cluster.pods(SPACE):
        for port in (9090, 9093, 9115):
            url = f"https://{one['status']['podIP']}:{port}/metrics"
            assert watch.cluster.from_pod(near, url) == "000"

    who = f"--as=system:serviceaccount:{SPACE}:observability"
    for verb, thing in (("get", "secrets"), ("list", "pods"), ("get", "nodes/proxy")):
        answer = watch.cluster.kubectl("auth", "can-i", verb, thing, "-A", who, check=False)
        assert answer.stdout.strip() == "no"


def test_operators_are_told_of_a_page_that_is_gone_and_of_nothing_else(watch: Pages) -> None:
    def seen() -> set[str]:
        done = watch.cluster.node("cat", "/srv/told.jsonl", check=False, name="outside")
        lines = filter(None, done.stdout.splitlines())
        alerts = [one for line in lines for one in json.loads(line)["alerts"]]
        return {one["annotations"]["summary"] for one in alerts}

    expected = {f"https://{GONE}/ does not open"}
    assert until(str(expected), lambda: str(seen()), 200) == str(expected)


def test_an_alert_is_silenced_as_the_page_of_the_chart_says(watch: Pages) -> None:
    amtool = ("exec", "observability-alerts-0", "--", "amtool")
    there = ("--alertmanager.url=https://localhost:9093",)
    known = ("--http.config.file=/etc/observability/client.yml",)
    what = ("alertname=PageSlow", "--duration=2h", "--author=an", "--comment=maintenance")
    number = watch.kubectl(*amtool, *there, *known, "silence", "add", *what)

    assert number in watch.kubectl(*amtool, *there, *known, "silence", "query")


def test_verify_proves_it_and_sees_what_is_wrong(
    watch: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pods, "PATIENCE", 0.0)
    known = {"watched:observability": "passed", "alerts:observability": "passed"}

    def verified() -> str:
        return str(sorted(watch.verified().items()))

    for verdict, hosts in (("failed", (HOST, GONE)), ("passed", (HOST,))):
        watch.watch(*hosts)
        expected = str(sorted((known | {"pages:observability": verdict}).items()))
        assert until(expected, verified, 150) == expected

    watch.kubectl("scale", "deployment/observability-probes", "--replicas=0")
    silent = lambda: watch.verified()["watched:observability"]  # noqa: E731
    assert until("failed", silent, 150) == "failed"
