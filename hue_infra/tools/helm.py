"""Charts, rendered by the real helm into objects; it is never let near a cluster."""

import json
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

from hue_infra.tools import artefacts
from hue_infra.tools.pins import pins
from hue_infra.tools.run import run

Manifest = dict[str, object]

# The operator's own helm settings and plugins have no part in what we render.
OWN_PLACES = ("HELM_PLUGINS", "HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME")
ALONE = dict.fromkeys(OWN_PLACES, "/nonexistent")


def render(
    chart: Path, release: str, namespace: str, values: Mapping[str, object]
) -> list[Manifest]:
    """The objects that *chart* makes of *values*, in helm's order of installation.

    Args:
        chart: The chart's directory.
        release: Name of the release; object names begin with it.
        namespace: Namespace the objects are for.
        values: Values over the chart's own; they go by standard input, so secrets may be among
            them.

    Raises:
        ToolError: The chart's schema refuses the values, or a template fails.
    """
    helm = artefacts.ensure("helm")
    where = ("--namespace", namespace, "--kube-version", pins().cluster.kubernetes)
    argv: list[str | Path] = [
        helm,
        "template",
        release,
        chart,
        *where,
        "--include-crds",
        "--values",
        "-",
    ]
    text = run(argv, input=json.dumps(values), env=ALONE).stdout
    documents = YAML(typ="safe", pure=True).load_all(text)
    return [document for document in documents if document]


def lint(chart: Path, values: Path | None = None) -> None:
    """Let helm look for mistakes in *chart*.

    Raises:
        ToolError: It found some; warnings count.
    """
    argv: list[str | Path] = [artefacts.ensure("helm"), "lint", "--strict", "--quiet", chart]
    run([*argv, "--values", values] if values else argv, env=ALONE)
