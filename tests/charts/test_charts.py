"""Every chart, rendered by the real helm: manifests as kept, bad values refused, habits held."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from hue_infra.errors import ToolError
from hue_infra.tools import artefacts, helm

ROOT = Path(__file__).parent.parent.parent
CHARTS = sorted(path.parent for path in (ROOT / "charts").glob("*/Chart.yaml"))
GOLDEN = ROOT / "tests/cases/charts"
CASES = sorted(path for chart in CHARTS for path in chart.glob("ci/*-values.yaml"))
LABELS = {
    *("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by"),
    *("app.kubernetes.io/version", "app.kubernetes.io/part-of", "helm.sh/chart"),
}

# The first test that needs helm builds it, which takes minutes on a machine that never did.
pytestmark = [] if artefacts.is_ready("helm") else [pytest.mark.slow]


def read(path: Path) -> dict[str, object]:
    loaded: dict[str, object] = YAML(typ="safe").load(path.read_text("utf-8"))
    return loaded


def rendered(case: Path) -> list[helm.Manifest]:
    chart = case.parent.parent
    return helm.render(chart, "sample", f"{chart.name}-test", read(case))


def text(manifests: list[helm.Manifest]) -> str:
    kept = io.StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump_all(manifests, kept)
    return kept.getvalue()


def named(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.name.removesuffix('-values.yaml')}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_manifests_are_those_kept(case: Path) -> None:
    """A wanted change: delete the kept file, run again, read the difference in the commit."""
    kept = GOLDEN / f"{named(case)}.yaml"
    seen = text(rendered(case))
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(seen, "utf-8")
        pytest.fail(f"{kept} was missing and is written anew")

    assert seen == kept.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_helm_finds_no_fault(case: Path) -> None:
    helm.lint(case.parent.parent, case)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_objects_bear_the_labels_and_the_namespace(case: Path) -> None:
    for one in rendered(case):
        metadata = one["metadata"]
        assert isinstance(metadata, dict)
        assert set(metadata["labels"]) >= LABELS, metadata["name"]
        assert metadata["namespace"] == f"{case.parent.parent.name}-test"


def workloads(case: Path) -> Iterator[dict[str, dict[str, dict[str, dict[str, object]]]]]:
    for one in rendered(case):
        if one["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
            yield one  # type: ignore[misc]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_workloads_keep_the_habits(case: Path) -> None:
    kinds = {one["kind"] for one in rendered(case)}
    found = list(workloads(case))

    assert found
    assert {"NetworkPolicy", "PodDisruptionBudget"} <= kinds
    for one in found:
        spec = one["spec"]["template"]["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True  # type: ignore[index]
        for container in spec["containers"]:
            assert isinstance(container, dict)
            assert re.search(r"@sha256:[0-9a-f]{64}$", container["image"])
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {"requests", "limits"} <= set(container["resources"])
            assert {"livenessProbe", "readinessProbe"} <= set(container)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_selectors_name_only_what_never_changes(case: Path) -> None:
    for one in workloads(case):
        chosen = one["spec"]["selector"]["matchLabels"]

        assert set(chosen) == {"app.kubernetes.io/name", "app.kubernetes.io/instance"}


REFUSED = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/web:1.0.0"}, "/image"),
    "single pod": ({"replicas": 1}, "/replicas"),
    "service in clear text": (
        {"services": [{"title": "a", "title_en": "a", "url": "http://a.example"}]},
        "/services/0/url",
    ),
    "unknown language": ({"language": "fr"}, "/language"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_schema_refuses(case: str) -> None:
    change, said = REFUSED[case]
    chart = ROOT / "charts/portal"
    values = read(chart / "ci/least-values.yaml") | change

    with pytest.raises(ToolError, match=re.escape(said)):
        helm.render(chart, "sample", "portal", values)


def pages(case: str) -> dict[str, str]:
    manifests = rendered(ROOT / f"charts/portal/ci/{case}-values.yaml")
    found = next(one for one in manifests if one["kind"] == "ConfigMap")["data"]
    assert isinstance(found, dict)
    return found


def test_page_is_in_both_languages_and_each_leads_to_the_other() -> None:
    vi_first, en_first = pages("full"), pages("least")

    assert '<html lang="vi">' in vi_first["index.html"]
    assert 'href="en.html" hreflang="en"' in vi_first["index.html"]
    assert '<html lang="en">' in vi_first["en.html"]
    assert '<html lang="en">' in en_first["index.html"]
    assert 'href="vi.html" hreflang="vi"' in en_first["index.html"]


def test_what_the_operator_writes_cannot_break_the_page() -> None:
    page = pages("full")

    assert "Phản ánh hiện trường &lt;Hue-S&gt;" in page["index.html"]
    assert "Report a problem &amp; follow it" in page["en.html"]
    assert "<Hue-S>" not in page["index.html"]


def test_page_without_services_says_so() -> None:
    assert "No service has been published yet." in pages("least")["index.html"]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_readme_lists_every_value(chart: Path) -> None:
    """The table follows from the comments of values.yaml, which are the source."""
    expected = "\n".join(rows((chart / "values.yaml").read_text("utf-8")))

    assert expected in (chart / "README.md").read_text("utf-8"), expected


def rows(values: str) -> Iterator[str]:
    path: list[tuple[int, str]] = []
    said = ""
    for line in values.splitlines():
        if found := re.match(r"\s*# -- (.*)", line):
            said = found[1]
        elif found := re.match(r"( *)([A-Za-z_]+):(.*)", line):
            depth = len(found[1])
            path = [part for part in path if part[0] < depth]
            path.append((depth, found[2]))
            if said:
                name = ".".join(part for _, part in path)
                yield f"| `{name}` | `{found[3].strip()}` | {said} |"
            said = ""
