"""What watches a cluster, by its own tools: settings are whole, and alerts say what they should."""

from pathlib import Path

import pytest
from an_image import taken_out
from ruamel.yaml import YAML

from hue_infra.tools import helm
from hue_infra.tools.run import Completed, run

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts/observability"
CASES = ROOT / "tests/cases/observability/alerts.yaml"
TOOLS = ("usr/bin/promtool", "usr/bin/amtool", "usr/bin/prometheus-blackbox-exporter")

# The image that the tools come from is made of packages on a machine that never did.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tools that check settings, out of the image that runs by them."""
    return taken_out("observability", TOOLS, tmp_path_factory.mktemp("tools")) / "usr/bin"


def settings(case: str, directory: Path) -> Path:
    """The files of every ConfigMap, as the chart renders them."""
    values = YAML(typ="safe").load((CHART / f"ci/{case}-values.yaml").read_text("utf-8"))
    for one in helm.render(CHART, "sample", "monitoring", values):
        if one["kind"] == "ConfigMap":
            for name, text in one["data"].items():  # type: ignore[attr-defined]
                (directory / name).write_text(text, "utf-8")
    return directory


def looked(argv: list[str | Path], directory: Path) -> Completed:
    return run(argv, cwd=directory, check=False, timeout=60)


@pytest.mark.parametrize("case", ["full", "least"])
def test_settings_are_such_as_the_programs_take(case: str, tools: Path, tmp_path: Path) -> None:
    directory = settings(case, tmp_path)
    argvs: list[list[str | Path]] = [
        [tools / "promtool", "check", "config", "--syntax-only", "prometheus.yml"],
        [tools / "promtool", "check", "rules", "rules.yml"],
        [tools / "amtool", "check-config", "alertmanager.yml"],
        [
            tools / "prometheus-blackbox-exporter",
            *("--config.check", "--config.file=blackbox.yml"),
        ],
    ]

    for argv in argvs:
        done = looked(argv, directory)
        assert done.code == 0, (argv, done.stdout, done.stderr)


def test_alerts_say_what_they_should_and_keep_silent_otherwise(tools: Path, tmp_path: Path) -> None:
    directory = settings("full", tmp_path)
    (directory / "cases.yml").write_bytes(CASES.read_bytes())
    done = looked([tools / "promtool", "test", "rules", "cases.yml"], directory)

    assert done.code == 0, done.stdout + done.stderr


def test_every_alert_has_a_case_in_which_it_speaks() -> None:
    rules = YAML(typ="safe").load((CHART / "files/alerts.yaml").read_text("utf-8"))["rules"]
    cases = YAML(typ="safe").load(CASES.read_text("utf-8"))["tests"]
    spoken = {
        one["alertname"] for case in cases for one in case["alert_rule_test"] if one["exp_alerts"]
    }

    assert spoken == {rule["alert"] for rule in rules if "alert" in rule}
