"""Lint every chart with the real helm, once for each case of values it carries."""

import sys
from pathlib import Path

from hue_infra.tools import artefacts
from hue_infra.tools.run import run

CHARTS = Path(__file__).resolve().parent.parent / "charts"


def main() -> int:
    """Lint; 0 when helm has nothing against any chart."""
    helm = artefacts.ensure("helm")
    failed = 0
    for chart in sorted(path.parent for path in CHARTS.glob("*/Chart.yaml")):
        for case in sorted((chart / "ci").glob("*-values.yaml")):
            done = run([helm, "lint", "--strict", chart, "--values", case], check=False)
            failed += done.code != 0
            print(f"{'ok' if done.code == 0 else 'FAILED'} {chart.name} {case.name}")
            if done.code:
                print(done.stdout, done.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
