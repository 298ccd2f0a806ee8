"""Run every check of the project and say plainly at the end what passed.

Usage: checks.py [--quick] [NAME ...]

Without names all checks run but ``nightly``, which takes hours; ``--quick`` leaves out
those that need machines of the lab or minutes of building.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = (str(BIN / "python"), "-m", "pytest", "-q", "--durations=5")
NIGHTLY = 100_000
"""Random runs of the engine, of which the ordinary tests do two thousand."""
COUNT = re.compile(r"(\d+) (passed|failed|skipped|error)")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, its command, whether it is quick, and whether it runs unasked."""

    name: str
    argv: tuple[str, ...]
    quick: bool = True
    unasked: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended."""

    name: str
    code: int
    seconds: float
    counts: dict[str, int]


CHECKS = (
    Check("ruff", (str(BIN / "ruff"), "check", ".")),
    Check("ruff format", (str(BIN / "ruff"), "format", "--check", ".")),
    Check("mypy", (str(BIN / "mypy"),)),
    Check(
        "ansible-lint", (str(BIN / "ansible-lint"), "--offline", "--profile", "production", "roles")
    ),
    Check("unit", (*PYTEST, "-m", "not lab and not slow")),
    Check("wheel", (str(BIN / "python"), "scripts/check_wheel.py"), quick=False),
    Check("helm lint", (str(BIN / "python"), "scripts/check_charts.py"), quick=False),
    Check("slow", (*PYTEST, "-m", "slow and not lab"), quick=False),
    Check("lab", (*PYTEST, "-m", "lab"), quick=False),
    Check(
        "nightly",
        (
            *("env", f"HUE_INFRA_EXAMPLES={NIGHTLY}", *PYTEST, "--hypothesis-show-statistics"),
            *("tests/engine/properties/test_random_runs.py", "-m", "slow"),
        ),
        quick=False,
        unasked=False,
    ),
)


def main() -> int:
    """Run what was asked for; 0 when all of it passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    chosen = [
        check
        for check in CHECKS
        if (check.quick or not asked.quick)
        and (check.name in asked.names if asked.names else check.unasked)
    ]
    results = [perform(check) for check in chosen]
    return summary(results)


def perform(check: Check) -> Result:
    """Run one check, showing what it prints as it comes."""
    print(f"\n── {check.name} " + "─" * (70 - len(check.name)), flush=True)
    begun = time.monotonic()
    lines: list[str] = []
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        check.argv,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    counts = counted(lines) if "pytest" in check.argv else {}
    return Result(check.name, process.returncode, time.monotonic() - begun, counts)


def counted(lines: Sequence[str]) -> dict[str, int]:
    """Read pytest's closing line."""
    return {word: int(number) for number, word in COUNT.findall(lines[-1] if lines else "")}


def summary(results: Sequence[Result]) -> int:
    """Print a line a check and the totals; 0 when all passed."""
    print("\n── summary " + "─" * 63)
    for result in results:
        verdict = "ok    " if result.code == 0 else "FAILED"
        detail = ", ".join(f"{number} {word}" for word, number in result.counts.items())
        print(f"{verdict} {result.name:<14} {result.seconds:7.1f} s  {detail}")
    tests = {
        word: sum(result.counts.get(word, 0) for result in results)
        for word in ("passed", "failed", "error", "skipped")
    }
    plain = [result for result in results if not result.counts]
    passed = tests["passed"] + sum(result.code == 0 for result in plain)
    failed = tests["failed"] + tests["error"] + sum(result.code != 0 for result in plain)
    print(f"\n{passed} passed, {failed} failed, {tests['skipped']} skipped")
    return 1 if any(result.code for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
