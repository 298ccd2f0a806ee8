"""The province's authority as a program, and one made by it in a directory of a test."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

ROLES = Path(__file__).parents[3] / "roles"


def imported(path: Path) -> ModuleType:
    """A program of a role as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hue_ca = imported(ROLES / "pki/files/hue_ca.py")


def made(directory: Path) -> Any:
    """A new authority in *directory*, for the loopback and names of the province."""
    settings = {
        "directory": str(directory / "ca"),
        "domain": "hue.gov.vn",
        "title": "test authority",
        "networks": ["127.0.0.0/8"],
        "days": 30,
        "years": 10,
    }
    path = directory / "hue-ca.json"
    path.write_text(json.dumps(settings))
    authority = hue_ca.load(path)
    assert hue_ca.create(authority)
    return authority
