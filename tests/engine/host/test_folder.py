"""A program folder is run by a Python of its own, and whatever goes wrong there is told."""

import os
import signal
import sys
import threading
import time

import pytest

from hue_infra.engine import crypter as crypter_module
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.events import Log
from hue_infra.engine.host import interpreter
from hue_infra.engine.host.folder import ProgramFolder
from hue_infra.engine.host.project import load

pytestmark = pytest.mark.slow

HEAD = "import pulumi\nfrom pulumi.dynamic import CreateResult, Resource, ResourceProvider\n"
THING = """
class Things(ResourceProvider):
    def create(self, props):
        return CreateResult("id", {**props, "made": True})
class Thing(Resource):
    def __init__(self, name, opts=None, **props):
        super().__init__(Things(), name, {**props, "made": None}, opts)
"""


@pytest.fixture(autouse=True)
def _quick_key(monkeypatch):
    monkeypatch.setattr(crypter_module, "ROUNDS", 1)


@pytest.fixture
def program(write, tmp_path):
    """A program folder from the text of its program, and the means to run it."""

    def make(text, head="name: site\nruntime: python\n", main="__main__.py"):
        write(f"code/{main}", text)
        return Program(ProgramFolder(load(write("code/Pulumi.yaml", head))), tmp_path / "states")

    return make


class Program:
    def __init__(self, folder, root):
        self.folder = folder
        self.engine = EmbeddedEngine(StackRef("site", "dev", root), lambda: "x")
        self.stopping = threading.Event()

    def up(self, **more):
        return self.engine.up(self.folder, Options(stopping=self.stopping, **more))

    def preview(self, **more):
        return self.engine.preview(self.folder, Options(**more))


def errors(outcome):
    return [item.message for item in outcome.diagnostics if item.severity == "error"]


def test_a_program_is_run_twice_and_changes_nothing_then(program):
    found = program(
        f"{HEAD}{THING}\n"
        "config = pulumi.Config()\n"
        "thing = Thing('a', size=config.require_int('size'), key=config.require_secret('key'))\n"
        "pulumi.export('made', thing.made)\n"
        "pulumi.export('stack', pulumi.get_stack())\n"
        "pulumi.export('project', pulumi.get_project())\n"
        "pulumi.export('root', pulumi.runtime.get_root_directory())\n"
    )
    config = {"site:size": "3", "site:key": "hush-hush"}

    first = found.up(config=config, secret_config=frozenset({"site:key"}))
    second = found.up(config=config, secret_config=frozenset({"site:key"}))

    assert errors(first) == []
    assert first.outputs == {
        "made": True,
        "stack": "dev",
        "project": "site",
        "root": str(found.folder.project.root),
    }
    assert second.ok
    assert not second.has_changes()
    assert "hush-hush" not in "".join(
        path.read_text() for path in found.engine.stack.root.rglob("*.json")
    )


def test_what_the_program_prints_is_told_as_it_comes(program):
    told = []
    found = program("import sys\nprint('out')\nprint('err', file=sys.stderr)\n")

    outcome = found.preview(on_event=told.append)

    assert outcome.ok
    assert {"out", "err"} <= {getattr(event, "text", "") for event in told}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 / 0\n", "ZeroDivisionError"),
        ("import sys\nsys.exit(7)\n", "exit code 7"),
        ("import pulumi\nraise pulumi.RunError('so it goes')\n", "so it goes"),
        ("import not_there\n", "not_there"),
        (f"{HEAD}{THING}\nThing('a')\nThing('a')\n", "the same name"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "exit code -9"),
        ("this is no Python\n", "SyntaxError"),
    ],
)
def test_a_program_that_fails_says_why(program, text, told):
    outcome = program(text).up()

    assert not outcome.ok
    assert any(told in message for message in errors(outcome)), errors(outcome)


def test_the_traceback_begins_in_the_program(program):
    outcome = program("def f():\n    raise ValueError('no')\nf()\n").up()

    (message,) = errors(outcome)
    assert "runpy" not in message
    assert "__main__.py" in message


def test_what_is_no_python_is_told_by_its_place_alone(program):
    (message,) = errors(program("this is no Python\n").up())

    assert "runner" not in message
    assert '__main__.py", line 1' in message


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("name: site\nruntime: nodejs\n", "Pulumi.yaml:2: this engine does not support runtime"),
        ("name: site\nruntime: python\nmain: nowhere\n", "Pulumi.yaml:3: there is no folder"),
        (
            "name: site\nruntime: {name: python, options: {toolchain: conda}}\n",
            "there is no toolchain conda",
        ),
        (
            "name: site\nruntime: {name: python, options: {typechecker: pytype}}\n",
            "there is no type checker pytype",
        ),
        (
            "name: site\nruntime: {name: python, options: {typechecker: mypy}}\n",
            "mypy finds the program's types wrong",
        ),
    ],
)
def test_a_project_that_cannot_be_run_is_told_so(program, head, told):
    outcome = program("x: int = 'text'\n", head).up()

    assert not outcome.ok
    assert any(told in message for message in errors(outcome)), errors(outcome)


def test_a_type_checker_that_is_not_installed_is_asked_for(program, monkeypatch):
    head = "name: site\nruntime: {name: python, options: {typechecker: mypy}}\n"
    monkeypatch.setattr(interpreter, "CHECKERS", ("mypy", "nowhere_to_be_had"))

    (told,) = errors(program("", head.replace("mypy", "nowhere_to_be_had")).up())

    assert told == (
        "The typechecker option is set to nowhere_to_be_had, but nowhere_to_be_had is not"
        " installed. Please add an entry for nowhere_to_be_had to requirements.txt and install it."
    )


def test_the_environment_inside_a_project_is_not_checked(program, tmp_path):
    options = "{virtualenv: venv, typechecker: mypy}"
    found = program("", f"name: site\nruntime: {{name: python, options: {options}}}\n")
    venv = tmp_path / "code" / "venv" / "bin"
    venv.mkdir(parents=True)
    (venv.parent / "wrong.py").write_text("x: int = 'text'\n")
    (venv / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (venv / "python").chmod(0o755)

    assert errors(found.up()) == []


def test_words_for_debugging_are_told_when_asked_for(program):
    told = []
    found = program("import pulumi\npulumi.debug('how it goes')\n")

    for debug in (False, True):
        outcome = found.up(debug=debug, on_event=told.append)
        assert not outcome.diagnostics
        said = [(one.severity, one.text) for one in told if isinstance(one, Log)]
        assert (("debug", "how it goes") in said) == debug


def test_a_program_may_be_a_file_below_the_project(program):
    head = "name: site\nruntime: python\nmain: inside/start.py\n"
    text = "import os, pulumi\npulumi.export('here', os.getcwd())\n"

    outcome = program(text, head, "inside/start.py").up()

    assert errors(outcome) == []
    assert outcome.outputs["here"].endswith("/code/inside")


def test_the_environment_of_the_project_runs_the_program(program, tmp_path):
    head = "name: site\nruntime: {name: python, options: {virtualenv: venv}}\n"
    found = program("import os, pulumi\npulumi.export('venv', os.environ['VIRTUAL_ENV'])\n", head)
    venv = tmp_path / "code" / "venv" / "bin"
    venv.mkdir(parents=True)
    starter = venv / "python"
    starter.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    starter.chmod(0o755)

    outcome = found.up()

    assert errors(outcome) == []
    assert outcome.outputs["venv"] == str(tmp_path / "code" / "venv")


def test_an_environment_that_is_not_there_is_warned_of(program):
    head = "name: site\nruntime: {name: python, options: {virtualenv: venv}}\n"

    outcome = program("", head).up()

    assert outcome.ok
    assert [item.severity for item in outcome.diagnostics] == ["warning"]


def test_a_run_that_is_stopped_ends_a_program_that_does_not(program, tmp_path):
    mark = tmp_path / "pid"
    text = (
        "import os, time\nfrom pathlib import Path\n"
        f"Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(60)\n"
    )
    found = program(text)

    def stop():
        while not mark.exists() or not mark.read_text():
            time.sleep(0.05)
        found.stopping.set()

    threading.Thread(target=stop, daemon=True).start()
    begun = time.monotonic()
    outcome = found.up()

    assert not outcome.ok
    assert time.monotonic() - begun < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), signal.SIG_DFL)


def test_a_resource_that_fails_ends_the_program_and_is_told_once(program):
    text = THING.replace('return CreateResult("id"', 'raise ValueError("no room"); return (0')
    outcome = program(f"{HEAD}{text}\nThing('a')\n").up()

    assert not outcome.ok
    (message,) = errors(outcome)
    assert "no room" in message


def test_nothing_of_the_configuration_stands_in_an_argument_list(program, tmp_path):
    mark = tmp_path / "line"
    text = (
        "from pathlib import Path\n"
        f"Path({str(mark)!r}).write_bytes(Path('/proc/self/cmdline').read_bytes())\n"
    )

    config = {"site:key": "hush-hush"}
    outcome = program(text).up(config=config, secret_config=frozenset(config))

    assert outcome.ok
    assert b"hush" not in mark.read_bytes()
