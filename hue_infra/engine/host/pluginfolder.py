"""A plugin as a folder: an executable, or a Python program with a ``PulumiPlugin.yaml``.

Source: pulumi/pulumi, pkg/resource/plugin/plugin.go, ExecPlugin;
sdk/python/cmd/pulumi-language-python/main.go, RunPlugin.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hue_infra.engine.host import interpreter
from hue_infra.engine.host.interpreter import Interpreter
from hue_infra.engine.host.yamlfile import YamlFile, read
from hue_infra.errors import InputError
from hue_infra.words import say

FILE: Final = "PulumiPlugin.yaml"
PREFIX: Final = "pulumi-resource-"
PYTHON: Final = "python"
_ENVIRONMENT: Final = "venv"
"""Folder of a plugin's own environment when it names none, as upstream."""


@dataclass(frozen=True, slots=True)
class Command:
    """What runs a plugin.

    Attributes:
        words: The command, without the engine's address.
        environment: The variables of its Python; None leaves those of this process.
        missing: The virtual environment that the plugin asks for and does not have.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    missing: str = ""


def command(folder: Path, name: str) -> Command:
    """What runs the plugin *name* that lies in *folder*.

    Raises:
        InputError: There is nothing to run, or it needs what this engine lacks.
    """
    executable = folder / f"{PREFIX}{name}"
    if executable.is_file():
        return Command((str(executable),))
    file = read(folder / FILE)
    if not file.path.is_file():
        place = str(folder)
        raise InputError(say("plugins.no-plugin", folder=place, file=FILE, program=executable.name))
    python = _interpreter(file)
    words = (str(python.python), "-u", *_program(file.path.parent))
    return Command(words, python.environment, python.missing)


def packages(folder: Path) -> Mapping[str, object]:
    """The packages that a plugin itself uses, as its file names them."""
    return read(folder / FILE).mapping("packages")


def _interpreter(file: YamlFile) -> Interpreter:
    given = file.data.get("runtime")
    nested = isinstance(given, Mapping)
    runtime = file.text("runtime", "name") if nested else file.text("runtime")
    if runtime != PYTHON:
        feature = f"runtime: {runtime}"
        raise file.error(say("deployment.feature-refused", feature=feature), "runtime")
    options = file.mapping("runtime", "options") if nested else {}
    default = _ENVIRONMENT if options.get("toolchain", "pip") == "pip" else ""
    return interpreter.choose(file.path.parent, options, default)


def _program(folder: Path) -> tuple[str, ...]:
    """What Python is given: the folder itself, or the package that it builds."""
    if (folder / "__main__.py").is_file():
        return (str(folder),)
    name = _package(folder / "pyproject.toml")
    if not name:
        raise InputError(say("plugins.not-runnable", folder=str(folder)))
    return ("-m", "pulumi.run.plugin", name)


def _package(path: Path) -> str:
    """The name of the package that a ``pyproject.toml`` builds; nothing if it builds none."""
    if not path.is_file():
        return ""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise InputError(f"{path}: {problem}") from problem
    project, build = data.get("project"), data.get("build-system")
    if not isinstance(project, dict) or not isinstance(build, dict):
        return ""
    return str(project.get("name") or "") if build.get("build-backend") else ""


def is_program(path: Path) -> bool:
    """Whether *path* is a file that may be executed."""
    return path.is_file() and os.access(path, os.X_OK)
