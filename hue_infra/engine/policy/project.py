"""``PulumiPolicy.yaml``: what a folder says of the policy pack in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hue_infra.engine.host.yamlfile import YamlFile
from hue_infra.engine.host.yamlfile import read as read_yaml
from hue_infra.errors import InputError
from hue_infra.words import say

NAMES: Final = ("PulumiPolicy.yaml", "PulumiPolicy.yml")
PYTHON: Final = "python"


@dataclass(frozen=True, slots=True)
class PackProject:
    """A policy pack as its folder describes it."""

    folder: Path
    version: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    """Of the runtime: ``virtualenv``, ``toolchain``."""


def read(folder: Path) -> PackProject:
    """Read the description of the pack in *folder*.

    Raises:
        InputError: There is none, or it is not written in Python.
    """
    for name in NAMES:
        if (folder / name).is_file():
            return _described(read_yaml(folder / name))
    raise InputError(say("policy.no-project", folder=str(folder), file=NAMES[0]))


def _described(file: YamlFile) -> PackProject:
    runtime = file.data.get("runtime")
    options: Mapping[str, object] = {}
    if isinstance(runtime, Mapping):
        runtime, options = file.text("runtime", "name"), file.mapping("runtime", "options")
    if runtime != PYTHON:
        raise file.error(say("policy.runtime", runtime=str(runtime or "-")), "runtime")
    if file.text("main"):
        raise file.error(say("policy.main"), "main")
    return PackProject(file.path.parent, str(file.data.get("version") or ""), options)
