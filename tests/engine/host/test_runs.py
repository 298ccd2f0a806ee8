"""A project folder from nothing to nothing: its own process, plugins, a dynamic provider."""

import re
from pathlib import Path

import pytest

from hue_infra.engine import crypter
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.host.folder import ProgramFolder
from hue_infra.engine.host.plugins import starter
from hue_infra.engine.host.project import find
from hue_infra.engine.host.whereabouts import workplace
from hue_infra.engine.values import Secret

pytestmark = pytest.mark.slow

CASES = Path(__file__).parents[2] / "cases" / "engine" / "plugins"
PROJECT = """\
name: folder
runtime: python
plugins:
  providers:
    - name: crew
      path: {crew}
    - name: desk
      path: {desk}
"""
PROGRAM = """\
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult


class Counter(ResourceProvider):
    def create(self, props):
        return CreateResult(f"id-{props['start']}", {**props, "next": props["start"] + 1})

    def update(self, _id, _olds, news):
        return UpdateResult({**news, "next": news["start"] + 1})


class Count(Resource):
    next: pulumi.Output[float]

    def __init__(self, name, start, opts=None):
        super().__init__(Counter(), name, {"start": start, "next": None}, opts)


class Team(pulumi.ComponentResource):
    greeting: pulumi.Output[str]

    def __init__(self, name, leader):
        super().__init__("crew:index:Team", name, {"leader": leader, "greeting": None}, None, True)


config = pulumi.Config()
print("counting from", config.get("start"))
count = Count("count", config.require_int("start"))
team = Team("team", count.next.apply(lambda number: f"Lan {number:g}"))
pulumi.export("greeting", team.greeting)
pulumi.export("password", config.require_secret("password"))
"""


DESK = """\
import pulumi


class Desk(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("desk:index:Desk", name, {"label": "one"}, None, True)


desk = Desk("desk")
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project of its own, and an engine for one of its stacks."""
    monkeypatch.setattr(crypter, "ROUNDS", 1)
    home = tmp_path / "project"
    home.mkdir()
    (home / "Pulumi.yaml").write_text(PROJECT.format(crew=CASES / "crew", desk=CASES / "desk"))
    (home / "__main__.py").write_text(PROGRAM)
    return home


class Runs:
    def __init__(self, home, root):
        self.project = find(home)
        self.program = ProgramFolder(self.project)
        self.events = []
        self.engine = EmbeddedEngine(
            StackRef(self.project.name, "dev", root),
            lambda: "một cụm mật khẩu",
            plugins=starter(workplace(self.project)),
        )

    def options(self, start=1):
        return Options(
            config={"folder:start": str(start), "folder:password": "hush-hush"},
            secret_config=frozenset({"folder:password"}),
            on_event=self.events.append,
        )


def test_a_project_folder_lives_and_goes(folder, tmp_path):
    runs = Runs(folder, tmp_path / "state")

    previewed = runs.engine.preview(runs.program, runs.options())
    made = runs.engine.up(runs.program, runs.options())
    again = runs.engine.up(runs.program, runs.options())
    changed = runs.engine.up(runs.program, runs.options(start=5))

    for outcome in (previewed, made, again, changed):
        assert outcome.ok, outcome.diagnostics
    assert made.outputs == {"greeting": "hi Lan 2", "password": Secret("hush-hush")}
    assert not again.has_changes()
    assert changed.outputs["greeting"] == "hi Lan 6"
    assert any("counting from 1" in str(event) for event in runs.events)
    assert all(
        b"hush-hush" not in path.read_bytes()
        for path in (tmp_path / "state").rglob("*")
        if path.is_file()
    )
    # Without the program: the dynamic provider is unpickled by the project's own Python.
    assert runs.engine.destroy(runs.options()).ok
    assert runs.engine.resources() == []


def test_a_component_that_refuses_its_inputs_is_told_by_name(folder, tmp_path):
    source = (folder / "__main__.py").read_text()
    source = re.sub(r'Team\("team", .*\)', 'Team("team", "nobody")', source)
    (folder / "__main__.py").write_text(source)
    runs = Runs(folder, tmp_path / "state")

    outcome = runs.engine.up(runs.program, runs.options())

    assert not outcome.ok
    text = "\n".join(item.message for item in outcome.diagnostics)
    assert "team" in text
    assert "a team needs a leader" in text


def test_a_method_that_fails_is_told_with_its_name(folder, tmp_path):
    call = 'pulumi.runtime.call("desk:index:Desk/spill", {"__self__": desk}, res=desk)\n'
    (folder / "__main__.py").write_text(DESK + call)
    runs = Runs(folder, tmp_path / "state")

    outcome = runs.engine.up(runs.program, runs.options())

    assert not outcome.ok
    # The program, which is stopped, has nothing to add.
    errors = [item.message for item in outcome.diagnostics if item.severity == "error"]
    assert errors == [
        (
            "call to function 'desk:index:Desk/spill' failed: "
            "\n\t\t- property text has a problem: the ink is dry"
        )
    ]


def test_a_method_that_refuses_is_the_program_s_own_affair(folder, tmp_path):
    call = 'pulumi.runtime.call("desk:index:Desk/fail", {"__self__": desk}, res=desk)\n'
    (folder / "__main__.py").write_text(DESK + call)
    runs = Runs(folder, tmp_path / "state")

    outcome = runs.engine.up(runs.program, runs.options())

    assert not outcome.ok
    text = "\n".join(item.message for item in outcome.diagnostics)
    assert "call of desk:index:Desk/fail failed: is too low (height)" in text
    assert "call to function" not in text


def test_a_function_that_fails_is_told_with_its_name_and_may_be_survived(folder, tmp_path):
    source = """\
import pulumi

try:
    pulumi.runtime.invoke("desk:index:sigh", {})
except Exception as error:
    pulumi.export("told", str(error))
"""
    (folder / "__main__.py").write_text(source)
    runs = Runs(folder, tmp_path / "state")

    outcome = runs.engine.up(runs.program, runs.options())

    assert outcome.ok, outcome.diagnostics
    assert outcome.outputs["told"].startswith(
        "invoke of desk:index:sigh failed: invocation of desk:index:sigh returned an error: "
    )
    assert "nobody knows" in outcome.outputs["told"]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise ValueError('my mistake')", "my mistake"),
        ("import pulumi\nraise pulumi.RunError('not today')", "not today"),
        ("import sys; sys.exit(3)", "3"),
        ("def x(:", "SyntaxError"),
        (None, "__main__.py"),
    ],
)
def test_a_program_that_fails_is_told(program, words, folder, tmp_path):
    (folder / "__main__.py").unlink()
    if program is not None:
        (folder / "__main__.py").write_text(program)
    runs = Runs(folder, tmp_path / "state")

    outcome = runs.engine.preview(runs.program, runs.options())

    assert not outcome.ok
    assert any(words in item.message for item in outcome.diagnostics), outcome.diagnostics
