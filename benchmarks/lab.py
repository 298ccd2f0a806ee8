"""Time the main job and watch its memory.

========== =============================================================================
cold       ``up --yes`` with an empty cache: base image and cluster programs are built
warm       ``up --yes`` from nothing but the cache
unchanged  ``up --yes`` again: nothing to do
destroy    ``destroy --yes``
========== =============================================================================

Memory is the largest sum of proportional set sizes (PSS) of the command, its children and
every process inside the lab's machines.  The lab of the benchmark has its own home; with
``--cold`` it has its own cache too, which is removed at the end.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from hue_infra import places
from hue_infra.lab import Lab

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-c", "from hue_infra.cli.main import main; main()")
STACK = "benchmark"
PAUSE = 2.0
MIB = 1024 * 1024


class Watch(threading.Thread):
    """Keeps the peak of the memory that a command and a lab take."""

    def __init__(self, process: subprocess.Popen[bytes], lab: Lab) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.lab = lab
        self.peak = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Look every few seconds until told that it is over."""
        while not self.over.wait(PAUSE):
            self.peak = max(self.peak, sum(map(_pss, self._processes())))

    def _processes(self) -> Iterator[psutil.Process]:
        roots = [self.process.pid]
        for name in self.lab.machines():
            with contextlib.suppress(OSError, ValueError):
                state = self.lab.state(name)
                roots += [state.pid] if state else []
        for pid in roots:
            with contextlib.suppress(psutil.Error):
                root = psutil.Process(pid)
                yield root
                yield from root.children(recursive=True)


def main() -> int:
    """Time each phase and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="begin with an empty cache")
    parser.add_argument("--province", default="hue")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hue-benchmark-") as folder:
        os.environ["HUE_INFRA_HOME"] = f"{folder}/home"
        os.environ["HUE_INFRA_CONFIG"] = f"{folder}/config"
        if asked.cold:
            os.environ["HUE_INFRA_CACHE"] = f"{folder}/cache"
            os.environ["GOCACHE"] = f"{folder}/go"
        lab = Lab(places.home(STACK) / "lab")
        first = "cold" if asked.cold else "warm"
        phases = [(first, "up"), ("unchanged", "up"), ("destroy", "destroy")]
        if asked.cold:
            phases += [("warm", "up"), ("destroy", "destroy")]
        print(f"{'phase':<10} {'seconds':>8} {'peak MiB':>9}  ended", flush=True)
        codes = [phase(name, word, asked.province, lab) for name, word in phases]
    return max(codes)


def phase(name: str, word: str, province: str, lab: Lab) -> int:
    """Run one phase, print its row and return the command's exit code."""
    begun = time.monotonic()
    argv = [*COMMAND, word, "--yes", "--province", province, "--stack", STACK]
    with Path(os.environ["HUE_INFRA_HOME"]).with_name("log").open("ab") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log, cwd=ROOT)
        watch = Watch(process, lab)
        watch.start()
        code = process.wait()
    seconds = time.monotonic() - begun
    watch.over.set()
    watch.join()
    print(f"{name:<10} {seconds:8.1f} {watch.peak / MIB:9.0f}  {code}", flush=True)
    return code


def _pss(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


if __name__ == "__main__":
    sys.exit(main())
