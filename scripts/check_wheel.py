"""Build the source archive and the wheel and use the wheel: data files must be inside.

The wheel built from the archive must hold the same files as the wheel built from
the checkout, and the command installed from it must read the shipped province.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAIN = "from hue_infra.cli.main import main; main()"
MUST_HOLD = (
    "hue_infra/cli/main.py",
    "hue_infra/stacks/__main__.py",
    "hue_infra/policies/gate.py",
    "hue_infra/policies/pack/PulumiPolicy.yaml",
    "hue_infra/roles/base/tasks/main.yml",
    "hue_infra/charts/portal/Chart.yaml",
    "hue_infra/provinces/hue/province.yaml",
    "hue_infra/locale/vi/cli.ftl",
    "hue_infra/tools/artefacts.toml",
    "hue_infra/lab/base.packages",
    "hue_infra/py.typed",
)


def main() -> int:
    """Build, compare, install, run."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        _python("-m", "build", "--no-isolation", "--outdir", str(out / "both"), str(ROOT))
        _python(
            "-m", "build", "--no-isolation", "--wheel", "--outdir", str(out / "direct"), str(ROOT)
        )
        through_archive, direct = (
            _names(next((out / part).glob("*.whl"))) for part in ("both", "direct")
        )
        problems = [f"missing from the wheel: {name}" for name in MUST_HOLD if name not in direct]
        problems += [f"lost in the source archive: {name}" for name in direct - through_archive]
        problems += _use(next((out / "both").glob("*.whl")), out / "site")
    for problem in problems:
        print(problem)
    print(f"wheel: {len(direct)} files, {len(problems)} problems")
    return 1 if problems else 0


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def _use(wheel: Path, site: Path) -> list[str]:
    _python("-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel))
    done = subprocess.run(
        [sys.executable, "-P", "-c", MAIN, "validate", "--province", "hue"],
        env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        cwd=site,
    )
    return [] if done.returncode == 0 else [f"the installed command failed: {done.stderr}"]


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
