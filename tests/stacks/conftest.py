"""Stacks of their own in scratch directories, worked by the real commands."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hue_infra.lab import Lab

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "stacks"
PROGRAM = "from hue_infra.cli.main import main; main()"


@dataclass(frozen=True)
class Stack:
    """One stack with its own copy of a province."""

    folder: Path
    name: str
    before: tuple[str, ...] = ()
    """What stands before the command, such as what puts it into a network namespace."""
    variables: Mapping[str, str] = field(default_factory=dict)
    program: Path | None = None
    """Run instead of the command itself."""

    @property
    def home(self) -> Path:
        return self.folder / "home" / self.name

    @property
    def lab(self) -> Lab:
        return Lab(self.home / "lab")

    @property
    def province(self) -> Path:
        return self.folder / "province" / "province.yaml"

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command of the stack; its words and its data come through pipes."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HUE_INFRA_HOME": str(self.folder / "home"),
            "HUE_INFRA_CONFIG": str(self.folder / "config"),
            "HUE_INFRA_LANG": "en",
            "TMPDIR": str(self.folder / "tmp"),
            **self.variables,
        }
        program = [str(self.program)] if self.program else ["-c", PROGRAM]
        argv = [*self.before, sys.executable, "-P", *program, *words]
        return subprocess.Popen(
            [*argv, "--province", str(self.province), "--stack", self.name],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run a command to its end; what it printed as data, and what it said."""
        process = self.start(*words)
        data, said = process.communicate(timeout=1200)
        told = f"{words} ended with {process.returncode}:\n{data[-1500:]}{said[-1500:]}"
        assert process.returncode == code, told
        return data, said

    def document(self, *words: str) -> dict:
        """The one JSON document of a command."""
        return json.loads(self.run(*words, "--json")[0])

    def edit(self, old: str, new: str) -> None:
        """Change the province file at one place."""
        text = self.province.read_text("utf-8")
        assert text.count(old) == 1, old
        self.province.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="session")
def new_stack():
    """Make a stack of a case's province in a directory; the name is the case's."""

    def make(folder: Path, case: str, **others) -> Stack:
        shutil.copytree(CASES / case, folder / "province")
        (folder / "tmp").mkdir()
        return Stack(folder, case, **others)

    return make


@pytest.fixture(scope="session")
def _lab_is_possible(equipped_host, tmp_path_factory):
    if problems := Lab(tmp_path_factory.getbasetemp()).preflight():
        pytest.skip("; ".join(problems))
