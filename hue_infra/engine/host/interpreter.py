"""Which Python runs a program or a plugin: the one of its own environment, else this one.

Source: pulumi/pulumi, sdk/python/toolchain (pip.go, uv.go, poetry.go).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hue_infra.errors import InputError
from hue_infra.words import say

TOOLCHAINS: Final = ("pip", "uv", "poetry")
CHECKERS: Final = ("mypy", "pyright")
_PATIENCE: Final = 30
"""Seconds that poetry may take to name its environment."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python and the environment that its programs run in.

    Attributes:
        python: The executable.
        environment: Its variables, those of this process among them.
        missing: The virtual environment that was asked for and is not there.
    """

    python: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    missing: str = ""


def choose(root: Path, options: Mapping[str, object], default: str = "") -> Interpreter:
    """The Python for what lies in *root*, as the options of its runtime say.

    Args:
        root: The folder of ``Pulumi.yaml`` or ``PulumiPlugin.yaml``.
        options: ``virtualenv`` and ``toolchain`` count.
        default: Folder of the virtual environment when no option names one.

    Raises:
        InputError: An option has a value that has no meaning.
    """
    toolchain = _text(options, "toolchain") or "pip"
    if toolchain not in TOOLCHAINS:
        raise InputError(say("host.toolchain", name=toolchain, known=", ".join(TOOLCHAINS)))
    named = _text(options, "virtualenv") or default
    folder = root / named if named else None
    if folder is None and toolchain == "uv":
        folder = _beside(root, ("uv.lock", "pyproject.toml")) / ".venv"
    elif folder is None and toolchain == "poetry":
        folder = _of_poetry(root)
    if folder is None:
        return Interpreter(Path(sys.executable))
    python = folder / "bin" / "python"
    if not python.exists():
        asked = "" if named == default else str(folder)
        return Interpreter(Path(sys.executable), missing=asked)
    return Interpreter(python, activated(folder))


def activated(folder: Path) -> dict[str, str]:
    """The variables of this process with a virtual environment activated."""
    found = {key: value for key, value in os.environ.items() if key != "PYTHONHOME"}
    found["VIRTUAL_ENV"] = str(folder)
    found["PATH"] = os.pathsep.join((str(folder / "bin"), found.get("PATH", "")))
    return found


def checker(options: Mapping[str, object]) -> str:
    """The type checker that must pass before a program runs, or nothing.

    Raises:
        InputError: There is no such checker.
    """
    name = _text(options, "typechecker")
    if name and name not in CHECKERS:
        raise InputError(say("host.typechecker", name=name, known=", ".join(CHECKERS)))
    return name


def checking(python: Interpreter, checker: str, program: Path) -> tuple[str, ...]:
    """The command that checks the types of *program*, to be run there."""
    environment = python.environment.get("VIRTUAL_ENV")
    # mypy alone would walk into an environment that lies in the program's folder.
    spared = ("--exclude", os.path.relpath(environment, program)) if environment else ()
    options = spared if checker == "mypy" else ()
    return (str(python.python), "-m", checker, *options, str(program))


def has_module(python: Interpreter, name: str) -> bool:
    """Whether *python* has a module of that name."""
    question = f"import importlib.util as u, sys; sys.exit(u.find_spec({name!r}) is None)"
    command = (str(python.python), "-c", question)
    told = subprocess.run(command, env=python.environment, capture_output=True, check=False)
    return told.returncode == 0


def _text(options: Mapping[str, object], name: str) -> str:
    value = options.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(say("host.not-a-text", key=f"runtime.options.{name}"))
    return value or ""


def _beside(root: Path, files: tuple[str, ...]) -> Path:
    """The nearest folder upwards that has one of *files*, the first kind before the second."""
    for file in files:
        for folder in (root, *root.parents):
            if (folder / file).exists():
                return folder
    return root


def _of_poetry(root: Path) -> Path | None:
    local = _beside(root, ("poetry.lock", "pyproject.toml")) / ".venv"
    if local.exists() or not (poetry := shutil.which("poetry")):
        return local
    told = subprocess.run(
        (poetry, "env", "info", "--path"),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    return Path(told.stdout.strip()) if told.returncode == 0 and told.stdout.strip() else local
