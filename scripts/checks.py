"""Run every check of the project and say plainly at the end what passed.

The long ones run two at a time: whoever is free takes the next.

Usage: checks.py [--quick] [NAME ...]

Without names all checks run but ``nightly``, which takes hours; ``--quick`` leaves out
those that need machines of the lab or minutes of building.
"""

import argparse
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = (str(BIN / "python"), "-m", "pytest", "-q", "--durations=5")
AT_ONCE = 2
"""Long checks at the same time: each waits a good part of its time."""
LABS = {
    "nodes": "tests/roles/test_kubernetes_nodes.py",
    "platforms": "tests/charts",
    "drift": "tests/stacks/test_drift.py",
    "cluster": "tests/roles/test_kubernetes_cluster.py",
    "tutorial": "tests/docs",
    "machines": "tests/lab",
}
"""Where the tests of labs lie that take many minutes."""
NIGHTLY = 100_000
"""Random runs of the engine, of which the ordinary tests do two thousand."""
PRINTING = threading.Lock()
COUNT = re.compile(r"(\d+) (passed|failed|skipped|error)")
OF_A_FAILURE = re.compile(r"(FAILED|ERROR|E) ")
"""How the lines begin by which pytest names what failed and why."""
MOST_TOLD = 40


class Lane(Enum):
    """When a check runs: before all others, beside another one, or after all."""

    FIRST = "first"
    BESIDE = "beside"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, its command, when it runs, and whether it does unasked."""

    name: str
    argv: tuple[str, ...]
    lane: Lane = Lane.FIRST
    unasked: bool = True

    @property
    def is_quick(self) -> bool:
        """Whether it takes seconds."""
        return self.lane is Lane.FIRST


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended."""

    name: str
    code: int
    seconds: float
    counts: dict[str, int]
    told: tuple[str, ...]
    """Of a check that failed, what its output says of why."""


def of_labs(name: str) -> Check:
    """The check of the tests of labs that lie where *name* says, or of all that lie elsewhere."""
    elsewhere = [f"--ignore={place}" for place in LABS.values()]
    places = [LABS[name]] if name in LABS else elsewhere
    return Check(name, (*PYTEST, "-m", "lab and not alone", *places), Lane.BESIDE)


CHECKS = (
    Check("ruff", (str(BIN / "ruff"), "check", ".")),
    Check("ruff format", (str(BIN / "ruff"), "format", "--check", ".")),
    Check("mypy", (str(BIN / "mypy"),)),
    Check(
        "ansible-lint", (str(BIN / "ansible-lint"), "--offline", "--profile", "production", "roles")
    ),
    Check("unit", (*PYTEST, "-m", "not lab and not slow")),
    # The longest first; what needs nothing built beside the one for which most is built.
    of_labs("nodes"),
    Check("slow", (*PYTEST, "-m", "slow and not lab"), Lane.BESIDE),
    of_labs("platforms"),
    of_labs("other labs"),
    of_labs("drift"),
    of_labs("cluster"),
    of_labs("tutorial"),
    of_labs("machines"),
    Check("helm lint", (str(BIN / "python"), "scripts/check_charts.py"), Lane.BESIDE),
    Check("wheel", (str(BIN / "python"), "scripts/check_wheel.py"), Lane.BESIDE),
    Check("alone", (*PYTEST, "-m", "alone"), Lane.LAST),
    Check(
        "nightly",
        (
            *("env", f"HUE_INFRA_EXAMPLES={NIGHTLY}", *PYTEST, "--hypothesis-show-statistics"),
            *("tests/engine/properties/test_random_runs.py", "-m", "slow"),
        ),
        Lane.LAST,
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
        if (check.is_quick or not asked.quick)
        and (check.name in asked.names if asked.names else check.unasked)
    ]
    return summary(run(chosen))


def run(checks: Sequence[Check]) -> list[Result]:
    """Run *checks*, each when its lane is on, with its name before each line if not alone."""
    lane = {lane: [check for check in checks if check.lane is lane] for lane in Lane}
    results = [perform(check, show) for check in lane[Lane.FIRST]]
    mixed = len(lane[Lane.BESIDE]) > 1
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results += pool.map(
            lambda check: perform(check, named_lines(check.name) if mixed else show),
            lane[Lane.BESIDE],
        )
    return results + [perform(check, show) for check in lane[Lane.LAST]]


def show(text: str) -> None:
    """Print *text* as it is, all of it before another thread's."""
    with PRINTING:
        print(text, end="", flush=True)


def named_lines(name: str) -> Callable[[str], None]:
    """As `show`, with *name* before each line."""
    return lambda text: show(f"{name:>10} │ {text}")


def perform(check: Check, tell: Callable[[str], None]) -> Result:
    """Run one check, and tell what it prints as it comes."""
    tell(f"── {check.name} " + "─" * (70 - len(check.name)) + "\n")
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
            tell(line)
    seconds = time.monotonic() - begun
    counts = counted(lines) if "pytest" in check.argv else {}
    told = reasons(lines) if process.returncode else ()
    return Result(check.name, process.returncode, seconds, counts, told)


def counted(lines: Sequence[str]) -> dict[str, int]:
    """Read pytest's closing line."""
    return {word: int(number) for number, word in COUNT.findall(lines[-1] if lines else "")}


def reasons(lines: Sequence[str]) -> tuple[str, ...]:
    """What *lines* say of why a check failed: pytest's own words, or else the last lines."""
    named = [line for line in lines if OF_A_FAILURE.match(line)]
    return tuple(line.rstrip() for line in (named or lines)[-MOST_TOLD:])


def summary(results: Sequence[Result]) -> int:
    """Print a line a check, why those that failed did, and the totals; 0 when all passed."""
    print("\n── summary " + "─" * 63)
    for result in results:
        verdict = "ok    " if result.code == 0 else "FAILED"
        detail = ", ".join(f"{number} {word}" for word, number in result.counts.items())
        print(f"{verdict} {result.name:<14} {result.seconds:7.1f} s  {detail}")
    for result in (result for result in results if result.told):
        print(f"\n── why {result.name} failed " + "─" * 50, *result.told, sep="\n")
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
