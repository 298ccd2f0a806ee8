"""Kill `hue-infra up` at random moments and prove that the next one ends as if nothing happened.

For each round the lab is built from nothing, the building process is ended by SIGKILL at a
moment drawn from the seed, and `up` is run again to its end.  The end state must equal that
of an undisturbed run: the same resources once each, the same machines, links and doors, one
first process a machine, no namespace, control group or interface more or less, the same
checks, all of them passed.

With --fresh no disk that an earlier lab kept is used, so that every round configures its
machines from the first task on.

Usage: interrupt.py [--times N] [--seed S] [--province FILE] [--fresh]
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sized
from dataclasses import dataclass
from pathlib import Path

from hue_infra.engine.backend import FileBackend
from hue_infra.lab import Lab, network
from hue_infra.lab.layout import at

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-c", "from hue_infra.cli.main import main; main()")
PROJECT = "hue-infra"


@dataclass(frozen=True, slots=True)
class Stack:
    """A lab of its own under a scratch directory."""

    folder: Path
    province: Path
    name: str = "interrupted"
    fresh: bool = False

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command of the stack."""
        environment = {
            **os.environ,
            "HUE_INFRA_HOME": str(self.folder / "home"),
            "HUE_INFRA_CONFIG": str(self.folder / "config"),
            "HUE_INFRA_LANG": "en",
            "HUE_INFRA_KEPT": "0" if self.fresh else "1",
            "PYTHONPATH": str(ROOT),
        }
        argv = [*COMMAND, *words, "--province", str(self.province), "--stack", self.name]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(argv, env=environment, stdout=log, stderr=log, cwd=ROOT)

    def run(self, *words: str) -> float:
        """Run a command to its end; seconds it took.

        Raises:
            SystemExit: It failed; its words are in the log.
        """
        begun = time.monotonic()
        if code := self.start(*words).wait():
            log = (self.folder / "log").read_text("utf-8", "replace")
            raise SystemExit(f"{words[0]} ended with {code}:\n{log[-3000:]}")
        return time.monotonic() - begun

    def end_state(self) -> dict[str, object]:
        """What stands now, without what is drawn anew in every run (keys, ports, ids)."""
        home = self.folder / "home" / self.name
        store = FileBackend(home / "state").stack(PROJECT, self.name)
        lab = Lab(home / "lab")
        evidence = max((home / "evidence").glob("*.json"))
        checks = json.loads(evidence.read_text("utf-8"))["checks"]
        return {
            "resources": dict(Counter(state.urn for state in store.resources())),
            "pending": [str(operation) for operation in store.load(None).pending],
            "machines": {name: _first_processes(lab, name) for name in sorted(lab.machines())},
            "links": sorted(lab.links()),
            "doors": sorted(lab.forwards()),
            "namespaces": sorted(network.namespaces(lab.namespace_prefix)),
            "groups": _groups(lab),
            "interfaces": sorted(network.interfaces(at(lab.directory).switch)),
            "left of runs": sorted(path.name for path in (home / "runs").glob("*")),
            "checks": {check["id"] + "@" + check["where"]: check["verdict"] for check in checks},
        }


def main() -> int:
    """Build once undisturbed, then kill and mend; 0 when every end was the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--province", type=Path, default=ROOT / "provinces/hue/province.yaml")
    parser.add_argument("--fresh", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hue-interrupt-") as folder:
        # `up` writes the addresses it gave beside the file: into a copy.
        province = Path(shutil.copy(asked.province, folder))
        stack = Stack(Path(folder), province, fresh=asked.fresh)
        try:
            return prove(stack, asked.times, random.Random(asked.seed))  # noqa: S311 - a sample
        finally:
            stack.start("destroy", "--yes").wait()


def prove(stack: Stack, times: int, chance: random.Random) -> int:
    """Compare *times* interrupted runs with an undisturbed one; how many differed."""
    if not stack.fresh:
        # The first one keeps its disks, and is slower than those that begin with them.
        stack.run("up", "--yes")
        stack.run("destroy", "--yes")
    whole = stack.run("up", "--yes")
    wanted = stack.end_state()
    print(f"undisturbed: {whole:.0f} s, {sizes(wanted)}", flush=True)
    differing = 0
    for number in range(1, times + 1):
        stack.run("destroy", "--yes")
        moment = chance.uniform(0.3, whole)
        killed = _kill_after(stack, moment)
        seconds = stack.run("up", "--yes")
        unlike = differences(wanted, stack.end_state())
        differing += bool(unlike)
        word = "same end" if not unlike else f"DIFFERENT: {unlike}"
        told = "killed" if killed else "had ended"
        print(f"{number:2} {told} at {moment:5.1f} s, next up {seconds:5.1f} s: {word}", flush=True)
    print(f"{times - differing} passed, {differing} failed")
    return differing


def sizes(state: dict[str, object]) -> str:
    """How many there are of each kind of thing."""
    return ", ".join(
        f"{len(part)} {name}" for name, part in state.items() if isinstance(part, Sized)
    )


def differences(wanted: dict[str, object], seen: dict[str, object]) -> dict[str, object]:
    """The parts that differ, each with what was wanted and what was seen."""
    return {
        part: {"wanted": wanted[part], "seen": seen[part]}
        for part in wanted
        if wanted[part] != seen[part]
    }


def _kill_after(stack: Stack, moment: float) -> bool:
    process = stack.start("up", "--yes")
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def _first_processes(lab: Lab, name: str) -> int:
    """How many first processes the machine has: one, or something was made twice."""
    group = f"/{_group(lab)}/{name}"
    return sum(_is_first(process, group) for process in Path("/proc").glob("[0-9]*"))


def _is_first(process: Path, group: str) -> bool:
    """Whether a process is number 1 one PID namespace below ours, and counted in *group*."""
    depth = len(_numbers(Path("/proc/self")))
    try:
        own = (process / "cgroup").read_text("utf-8")
        numbers = _numbers(process)
    except OSError:
        return False
    counted = [line.partition("::")[2] for line in own.splitlines() if line.startswith("0::")]
    inside = any(path == group or path.startswith(f"{group}/") for path in counted)
    return inside and len(numbers) == depth + 1 and numbers[-1] == "1"


def _numbers(process: Path) -> list[str]:
    """The process's numbers, from our PID namespace to its own."""
    lines = (process / "status").read_text("utf-8").splitlines()
    return next(line.split()[1:] for line in lines if line.startswith("NSpid:"))


def _group(lab: Lab) -> str:
    return lab.namespace_prefix.removesuffix("-")


def _groups(lab: Lab) -> list[str]:
    """The lab's control groups in every hierarchy: of machines, their starters, doors."""
    found = Path("/sys/fs/cgroup").glob(f"**/{_group(lab)}/*/")
    return sorted({path.name for path in found})


if __name__ == "__main__":
    sys.exit(main())
