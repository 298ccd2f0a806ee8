"""Time the engine on many resources: in process, over gRPC and beside Terraform.

========== =============================================================================
create     ``up`` from nothing
preview    ``preview`` with nothing to do
unchanged  ``up`` with nothing to do
changed    ``up`` with one resource in a hundred changed
destroy    ``destroy``
========== =============================================================================

Seconds are those of the whole command, from its start to its end. Memory is the largest sum of
proportional set sizes (PSS) of the command and its children. The slope is the exponent by which
seconds grow with the number of resources: 1 is a straight line. Terraform's resources are
``terraform_data``, which needs no provider; where it is not installed it is left out.  A peer
that a case is too much for is left out of it, and of all larger ones: over gRPC the SDK's own look
for cycles is deeper than Python's stack in a chain of 2,000.
"""

import argparse
import contextlib
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import terraform

PHASES = ("create", "preview", "unchanged", "changed", "destroy")
SHAPES = ("flat", "chain", "fan-in")
SIZES = (500, 2000, 5000)
WAYS = ("process", "grpc", "terraform")
PAUSE = 0.25
"""Seconds between two looks at the memory."""
MIB = 1024 * 1024
KIB = 1024
NONE = f"{'-':>12} {'-':>6}"
RUN = Path(__file__).with_name("engine_run.py")


@dataclass(frozen=True, slots=True)
class Case:
    """What is timed: one way of doing one shape in one size."""

    way: str
    shape: str
    size: int


@dataclass(frozen=True, slots=True)
class Measure:
    """What one phase took; the journal only where the engine is ours."""

    seconds: float
    peak: int
    """Bytes."""
    journal: int | None = None
    """Bytes written step by step."""


Measures = dict[tuple[Case, str], Measure]


class FailedError(Exception):
    """A command did not do what it was to be timed for."""


class Watch(threading.Thread):
    """Keeps the peak of the memory that a command and its children take."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._root = process.pid
        self._over = threading.Event()

    def run(self) -> None:
        """Look again and again until told that it is over."""
        while not self._over.wait(PAUSE):
            self.peak = max(self.peak, sum(map(_pss, _tree(self._root))))

    def end(self) -> None:
        """Stop looking."""
        self._over.set()
        self.join()


def main() -> int:
    """Time what was asked for, and print its table."""
    asked = _asked()
    ways = [way for way in WAYS if way not in asked.skip]
    if "terraform" in ways and not shutil.which("terraform"):
        print("terraform: not on this machine, left out")
        ways.remove("terraform")
    measures: Measures = {}
    for shape in asked.shapes:
        print(f"\n{shape}\n{_heading(ways)}", flush=True)
        able = list(ways)
        for size in asked.sizes:
            able = [way for way in able if _time(measures, Case(way, shape, size), asked.repeat)]
            for phase in PHASES:
                print(_row(measures, ways, (shape, size), phase), flush=True)
            print(f"  load {' '.join(f'{load:.1f}' for load in os.getloadavg())}", flush=True)
    if len(asked.sizes) > 1:
        print(f"\nslope\n{_slopes(measures, ways, asked)}")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="500,2000,5000")
    parser.add_argument("--shapes", type=_names(SHAPES), default=SHAPES, help=",".join(SHAPES))
    parser.add_argument("--skip", type=_names(WAYS[1:]), default=(), help=",".join(WAYS[1:]))
    parser.add_argument("--repeat", type=int, default=1, help="times, of which the fastest counts")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(item) for item in text.split(","))


def _names(known: Sequence[str]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - what argparse takes
    def names(text: str) -> tuple[str, ...]:
        found = tuple(text.split(","))
        if strange := set(found) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(strange)}: not one of {', '.join(known)}")
        return found

    return names


def _time(measures: Measures, case: Case, times: int) -> bool:
    """Go through all phases so many times; whether *case* was able to."""
    try:
        for _ in range(times):
            _keep_best(measures, case)
    except FailedError as failure:
        if case.way == WAYS[0]:
            raise SystemExit(str(failure)) from failure
        print(failure, flush=True)
        return False
    return True


def _keep_best(measures: Measures, case: Case) -> None:
    """Go through all phases once; each keeps the fastest it was ever seen."""
    with tempfile.TemporaryDirectory(prefix="engine-benchmark-") as folder:
        if case.way == "terraform":
            terraform.prepare(Path(folder), case.shape, case.size)
        for phase in PHASES:
            measure = _measured(case, phase, Path(folder))
            before = measures.get((case, phase))
            if before is None or measure.seconds < before.seconds:
                measures[case, phase] = measure


def _measured(case: Case, phase: str, folder: Path) -> Measure:
    begun = time.monotonic()
    process = subprocess.Popen(
        _command(case, phase, folder),
        cwd=folder,
        env=terraform.ENVIRONMENT if case.way == "terraform" else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = Watch(process)
    watch.start()
    said, complaint = process.communicate()
    seconds = time.monotonic() - begun
    watch.end()
    if process.returncode:
        raise FailedError(f"{case.way} left out: {phase} failed: {complaint.strip()[-200:]}")
    if case.way == "terraform":
        terraform.examine(said, phase, case.size)
        return Measure(seconds, watch.peak)
    told = json.loads(said)
    _examine(told["changes"], case, phase)
    return Measure(seconds, watch.peak, told["appended"])


def _command(case: Case, phase: str, folder: Path) -> Sequence[str]:
    if case.way == "terraform":
        return terraform.command(phase)
    options = ("--folder", str(folder), "--shape", case.shape, "--size", str(case.size))
    grpc = ("--grpc",) if case.way == "grpc" else ()
    return (sys.executable, str(RUN), phase, *options, *grpc)


def _examine(changes: dict[str, int], case: Case, phase: str) -> None:
    """Refuse a run that did something else than it was timed for."""
    size = case.size
    changed = terraform.changed(size)
    wanted = {
        # The stack and the provider are resources too.
        "create": {"create": size + 2},
        "preview": {"same": size + 2},
        "unchanged": {"same": size + 2},
        "changed": {"same": size + 2 - changed, "update": changed},
        "destroy": {"delete": size + 2},
    }
    if changes != wanted[phase]:
        raise SystemExit(f"{case} {phase} did {changes}, not {wanted[phase]}")


def _heading(ways: Sequence[str]) -> str:
    columns = [f"{'size':>6} {'phase':<10}"]
    columns += [f"{way + ' s':>12} {'MiB':>6}" for way in ways]
    columns += [f"{way + ' ×':>12}" for way in ways[1:]]
    return " ".join([*columns, f"{'journal KiB':>12}"])


def _row(measures: Measures, ways: Sequence[str], case: tuple[str, int], phase: str) -> str:
    shape, size = case
    found = [measures.get((Case(way, shape, size), phase)) for way in ways]
    ours = found[0]
    assert ours is not None and ours.journal is not None  # noqa: S101, PT018 - never left out
    columns = [f"{size:>6} {phase:<10}"]
    columns += [f"{one.seconds:12.1f} {one.peak / MIB:6.0f}" if one else NONE for one in found]
    columns += [f"{one.seconds / ours.seconds:12.1f}" if one else f"{'-':>12}" for one in found[1:]]
    return " ".join([*columns, f"{ours.journal / KIB:12.0f}"])


def _slopes(measures: Measures, ways: Sequence[str], asked: argparse.Namespace) -> str:
    rows = [f"{'shape':<8} {'phase':<10} " + " ".join(f"{way:>10}" for way in ways)]
    for shape in asked.shapes:
        for phase in PHASES:
            rows.append(f"{shape:<8} {phase:<10}")
            for way in ways:
                cases = [(size, (Case(way, shape, size), phase)) for size in asked.sizes]
                points = [(size, measures[key]) for size, key in cases if key in measures]
                rows[-1] += f" {_slope(points):10.2f}" if len(points) > 1 else f" {'-':>10}"
    return "\n".join(rows)


def _slope(points: Sequence[tuple[int, Measure]]) -> float:
    """The exponent of the power of the size that fits the seconds best."""
    sizes = [math.log(size) for size, _ in points]
    seconds = [math.log(measure.seconds) for _, measure in points]
    return statistics.linear_regression(sizes, seconds).slope


def _tree(pid: int) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        yield root
        yield from root.children(recursive=True)


def _pss(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


if __name__ == "__main__":
    sys.exit(main())
