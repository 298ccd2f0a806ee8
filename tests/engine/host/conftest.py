"""Project folders, and plugins of the test cases, started as processes of their own."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hue_infra.engine.host import project, settings
from hue_infra.engine.host.plugins import Plugins
from hue_infra.engine.host.project import PluginFolder
from hue_infra.engine.host.whereabouts import Workplace
from hue_infra.engine.packages import Package

CASES = Path(__file__).parents[2] / "cases" / "engine" / "plugins"
PROVIDED = ("shelf", "bare", "desk", "crew")


@dataclass
class Yard:
    """The plugins of one test module, and what they have said."""

    place: Workplace
    told: list = field(default_factory=list)
    engine: str = "127.0.0.1:1"

    def __post_init__(self):
        self.plugins = Plugins(
            self.place, lambda: self.engine, lambda *line: self.told.append(line), 30.0
        )

    def find(self, name, **fields):
        provider = self.plugins.find(Package(name, **fields))
        provider.identify(f"urn:pulumi:lab::hue::pulumi:providers:{name}::default", "")
        return provider

    def errors(self):
        return [text for severity, text in self.told if severity == "error"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    plugins = tuple(PluginFolder(name, CASES / name) for name in PROVIDED)
    return Workplace(folder, folder, "hue", plugins=plugins)


@pytest.fixture(scope="module")
def yard(place):
    made = Yard(place)
    yield made
    made.plugins.close()


@pytest.fixture(scope="module")
def shelf(yard):
    """A provider that accepts secrets, and foretells."""
    provider = yard.find("shelf")
    provider.configure({"room": "hall"})
    return provider


@pytest.fixture
def open_yard(tmp_path):
    """Make a yard of its own, whose plugins end with the test."""
    opened = []

    def make(*plugins, **fields):
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        opened.append(Yard(Workplace(work, work, plugins=plugins, **fields)))
        return opened[-1]

    yield make
    for item in opened:
        item.plugins.close()


@pytest.fixture
def write(tmp_path):
    """Write a file below the test's folder; returns its path."""

    def make(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return make


@pytest.fixture
def stack_of(write):
    """The settings of a stack, of a project and a stack's file given as text."""

    def make(text="", declared="", name="dev"):
        path = write("Pulumi.yaml", f"name: site\nruntime: python\n{declared}")
        if text:
            write(f"Pulumi.{name}.yaml", text)
        return settings.load(project.load(path), name)

    return make
