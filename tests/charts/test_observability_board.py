"""The board, as Prometheus fills it in and a real browser shows it."""

import contextlib
import http.client
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_cluster import until_true
from an_image import taken_out
from ruamel.yaml import YAML

from hue_infra.tools import debian, helm
from hue_infra.tools.run import run

CHART = Path(__file__).parents[2] / "charts/observability"
PROMETHEUS = "usr/bin/prometheus"
SETTINGS = """
global: { scrape_interval: 1s, evaluation_interval: 1s, external_labels: { watches: "Huế" } }
rule_files: [figures.yml]
"""
FIGURES = """
groups:
  - name: figures
    rules:
      - { record: probe_success, expr: vector(1), labels: { host: portal.hue.gov.vn } }
      - { record: probe_success, expr: vector(0), labels: { host: gone.hue.gov.vn } }
      - { record: up, expr: vector(0), labels: { job: machine, node: dc-k8s2 } }
      - { alert: Watchdog, expr: vector(1), labels: { severity: none } }
      - alert: PageAway
        expr: probe_success == 0
        labels: { severity: critical }
        annotations: { summary: "https://{{ $labels.host }}/ <b>does not open</b>" }
"""

# The image that Prometheus comes from is made of packages on a machine that never did.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Prometheus with figures that are made up, and the board of the chart."""
    if shutil.which("chromium") is None and debian.can_install():
        debian.install(["chromium"], lambda _line: None)
    directory = tmp_path_factory.mktemp("board")
    (directory / "prometheus.yml").write_text(SETTINGS, "utf-8")
    (directory / "figures.yml").write_text(FIGURES, "utf-8")
    lay_board(directory)
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        there = f"127.0.0.1:{free.getsockname()[1]}"
    argv = [
        *(
            taken_out("observability", [PROMETHEUS], directory) / PROMETHEUS,
            "--config.file=prometheus.yml",
            "--log.level=warn",
        ),
        *(f"--web.listen-address={there}", "--web.console.templates=.", "--storage.tsdb.path=data"),
    ]
    process = subprocess.Popen(argv, cwd=directory)
    try:
        assert until_true(lambda: "firing" in told(there), 60)
        yield f"http://{there}/consoles"
    finally:
        process.terminate()
        process.wait(30)


def lay_board(directory: Path) -> None:
    values = YAML(typ="safe").load((CHART / "ci/least-values.yaml").read_text("utf-8"))
    for one in helm.render(CHART, "sample", "monitoring", values):
        if one["metadata"]["name"] == "sample-observability-board":  # type: ignore[index]
            for name, text in one["data"].items():  # type: ignore[attr-defined]
                (directory / name).write_text(text, "utf-8")


def told(there: str) -> str:
    """What Prometheus says of its alerts; nothing while it does not answer."""
    with contextlib.suppress(OSError):
        asked = http.client.HTTPConnection(there, timeout=5)
        asked.request("GET", "/api/v1/query?query=ALERTS")
        return asked.getresponse().read().decode()
    return ""


def shown(url: str) -> str:
    """What a browser has made of the page once its script is through."""
    argv = [
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
        *("--no-first-run", "--disable-background-networking", "--virtual-time-budget=8000"),
        *("--dump-dom", url),
    ]
    return run(argv, timeout=90).stdout


@pytest.mark.parametrize(
    ("language", "title", "opens", "away", "severity"),
    [
        ("vi", "Tình trạng hệ thống", "mở được", "không mở được", "nghiêm trọng"),
        ("en", "State of the systems", "opens", "does not open", "critical"),
    ],
)
def test_the_board_tells_what_is_the_matter_in_both_languages(
    address: str, language: str, title: str, opens: str, away: str, severity: str
) -> None:
    page = shown(f"{address}/{language}.html")

    assert f"<h1>{title}</h1>" in page
    assert f'<td class="good">{opens}</td>' in page
    assert f'<td class="bad">{away}</td>' in page
    # From here on its script has been at work; what an alert says is text to it.
    assert f'<td class="bad">{severity}</td>' in page
    assert "https://gone.hue.gov.vn/ &lt;b&gt;does not open&lt;/b&gt;" in page
    assert page.count("<polyline") >= 2
    assert "Watchdog" not in page
