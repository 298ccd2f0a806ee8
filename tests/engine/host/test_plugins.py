"""Plugins are found where Pulumi finds them, started as it starts them, and end with the run."""

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from pulumi.runtime.proto import resource_pb2

from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.events import Log
from hue_infra.engine.host import plugin as plugin_module
from hue_infra.engine.host import project, whereabouts
from hue_infra.engine.host.plugins import Plugins, starter
from hue_infra.engine.host.project import PluginFolder
from hue_infra.engine.host.station import Station
from hue_infra.engine.host.whereabouts import Workplace, find
from hue_infra.engine.ledger import Draft, Ledger
from hue_infra.engine.package_refs import PackageRefs
from hue_infra.engine.packages import Package, Parameters
from hue_infra.engine.provider import CheckRequest, CreateRequest, DiffRequest
from hue_infra.engine.registry import ProviderResources, Registry
from hue_infra.engine.state import Snapshot
from hue_infra.engine.values import Secret
from hue_infra.errors import EngineError, InputError

pytestmark = pytest.mark.slow

BOOK = "urn:pulumi:lab::hue::shelf:index:Book::atlas"
CASES = Path(__file__).parents[2] / "cases" / "engine" / "plugins"
SHELF = (CASES / "shelf" / "__main__.py").read_text("utf-8")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Pulumi's own folder, empty, and no plugin on PATH."""
    folder = tmp_path / "pulumi-home"
    monkeypatch.setenv(whereabouts.HOME, str(folder))
    monkeypatch.delenv(whereabouts.ATTACHED, raising=False)
    return folder / "plugins"


def seen(provider, package):
    """What the plugin was asked since this was called last."""
    found = provider.invoke(f"{package}:index:seen", {}, preview=False)["seen"]
    return [json.loads(item) if isinstance(item, str) else item for item in found]


def written(folder, source=SHELF, runtime="python"):
    """A plugin's folder with one program in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "PulumiPlugin.yaml").write_text(f"runtime: {runtime}\n", "utf-8")
    (folder / "__main__.py").write_text(source, "utf-8")
    return folder


def program(path, source=SHELF, wrapper=""):
    """An executable that runs a Python program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.py")
    beside.write_text(source, "utf-8")
    path.write_text(f'#!/bin/sh\n{wrapper}\nexec {sys.executable} {beside} "$@"\n', "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def labelled(text):
    """The provider of books, which says where it comes from."""
    return SHELF.replace('self.package = "shelf"', f'self.package = "{text}"')


def origin(yard, **fields):
    """Which of several plugins was started."""
    provider = yard.find("shelf", **fields)
    return provider.invoke("shelf:index:count", {}, preview=False)["of"]


class TestFinding:
    @pytest.fixture
    def place(self, tmp_path):
        return Workplace(tmp_path, tmp_path)

    def test_nothing_says_where_it_was_looked_for(self, place, home):
        with pytest.raises(EngineError) as told:
            find(Package("nowhere", "1.2.3"), place)

        for part in ("nowhere", "1.2.3", "plugins.providers", "pulumi-resource-nowhere", str(home)):
            assert part in str(told.value)

    def test_goes_from_the_project_over_path_to_the_installed(
        self, place, home, tmp_path, monkeypatch
    ):
        installed = written(home / "resource-shelf-v1.0.0")
        on_path = program(tmp_path / "bin" / "pulumi-resource-shelf")
        own = written(tmp_path / "own")
        package = Package("shelf")

        assert find(package, place).launch.home == installed
        monkeypatch.setenv("PATH", str(on_path.parent), prepend=os.pathsep)
        assert find(package, place).launch.command == (str(on_path),)
        named = replace(place, plugins=(PluginFolder("shelf", own),))
        assert find(package, named).launch.home == own

    def test_on_path_is_told_and_can_be_forbidden(self, place, tmp_path, monkeypatch):
        path = program(tmp_path / "bin" / "pulumi-resource-shelf")
        monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)

        found = find(Package("shelf"), place)

        assert found.warnings == (f"using pulumi-resource-shelf from PATH: {path}",)
        monkeypatch.setenv(whereabouts.NOT_ON_PATH, "true")
        with pytest.raises(EngineError, match="No plugin serves the package shelf"):
            find(Package("shelf"), place)

    def test_beside_this_python_is_found_too(self, place, tmp_path, monkeypatch):
        path = program(tmp_path / "bin" / "pulumi-resource-shelf")
        monkeypatch.setattr(whereabouts.sys, "executable", str(tmp_path / "bin" / "python"))

        assert find(Package("shelf"), place).launch.command == (str(path),)

    @pytest.mark.parametrize(
        ("wanted", "found"), [("", "1.10.0"), ("1.9.0", "1.9.0"), ("v2.0.0-rc.1", "2.0.0-rc.1")]
    )
    def test_takes_the_version_that_is_wanted(self, place, home, wanted, found):
        for version in ("1.9.0", "1.10.0", "2.0.0-rc.1"):
            written(home / f"resource-shelf-v{version}")
        (home / "resource-shelf-v9.0.0.lock").write_text("", "utf-8")

        assert find(Package("shelf", wanted), place).launch.home.name == f"resource-shelf-v{found}"

    def test_takes_no_other_version_and_nothing_half_installed(self, place, home):
        written(home / "resource-shelf-v1.9.0")
        written(home / "resource-shelf-v1.10.0")
        (home / "resource-shelf-v1.10.0.partial").write_text("", "utf-8")

        for wanted in ("1.8.0", "1.10.0", "2.0.0"):
            with pytest.raises(EngineError, match="No plugin serves"):
                find(Package("shelf", wanted), place)

    @pytest.mark.parametrize(
        ("said", "wanted", "fits"),
        [("1.0.0", "1.0.0", True), ("1.0.0", "1.0.1", False), ("", "1.0.1", True)],
    )
    def test_in_the_project_heeds_a_version_that_both_name(
        self, place, tmp_path, said, wanted, fits
    ):
        folder = written(tmp_path / "own")
        named = replace(place, plugins=(PluginFolder("shelf", folder, said),))

        if fits:
            assert find(Package("shelf", wanted), named).launch.home == folder
        else:
            with pytest.raises(EngineError, match="No plugin serves"):
                find(Package("shelf", wanted), named)

    def test_of_dynamic_providers_takes_the_python_of_the_program(self, place, tmp_path):
        python = program(tmp_path / "env" / "bin" / "python")
        named = replace(place, options={"virtualenv": "env"})

        found = find(Package(whereabouts.DYNAMIC), named)

        assert found.launch.command == (str(python), "-u", "-m", "pulumi.dynamic")
        assert found.launch.environment["VIRTUAL_ENV"] == str(tmp_path / "env")

    def test_warns_of_an_older_plugin(self, open_yard):
        yard = open_yard(PluginFolder("shelf", CASES / "shelf"))

        yard.find("shelf", version="1.2.0")
        assert yard.told == []
        yard.find("shelf", version="1.3.0")
        (warning,) = yard.told
        assert warning[0] == "warning"
        assert "expected in version 1.3.0 or newer, but says it is 1.2.0" in warning[1]


class TestProject:
    def loaded(self, folder, text):
        folder.mkdir(exist_ok=True)
        (folder / "Pulumi.yaml").write_text(f"name: hue\nruntime: python\n{text}", "utf-8")
        return project.load(folder / "Pulumi.yaml")

    def test_names_plugins_by_their_place(self, tmp_path):
        written(tmp_path / "a")
        written(tmp_path / "b")
        (tmp_path / "a" / "PulumiPlugin.yaml").write_text(
            "runtime: python\npackages:\n  deep: ../b\n", "utf-8"
        )
        text = (
            "main: stack\n"
            "plugins:\n  providers:\n    - name: first\n      path: ../b\n"
            "packages:\n  near: ../a@0.0.0\n  far: aws@6.0.0\n  third:\n    source: ../b\n"
        )

        place = whereabouts.workplace(self.loaded(tmp_path / "p", text))

        found = {item.name: item.path.resolve().name for item in place.plugins}
        assert found == {"first": "b", "near": "a", "third": "b", "deep": "b"}
        assert (place.project, place.folder) == ("hue", tmp_path / "p" / "stack")

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("plugins:\n  providers:\n    - name: x\n      path: ./none\n", 4),
            ("packages:\n  y: ./a\n", 4),
        ],
    )
    def test_is_told_at_which_line_a_folder_is_missing(self, tmp_path, text, line):
        with pytest.raises(InputError, match=rf"Pulumi\.yaml:{line}: There is no folder"):
            whereabouts.workplace(self.loaded(tmp_path / "p", text))


class TestFolder:
    def test_with_an_executable_runs_it(self, open_yard, tmp_path):
        program(tmp_path / "own" / "pulumi-resource-shelf", labelled("program"))

        assert origin(open_yard(PluginFolder("shelf", tmp_path / "own"))) == "program"

    def test_with_nothing_to_run_is_refused(self, open_yard, tmp_path):
        (tmp_path / "own").mkdir()

        with pytest.raises(InputError, match="neither the program pulumi-resource-shelf nor a"):
            open_yard(PluginFolder("shelf", tmp_path / "own")).find("shelf")

    def test_of_another_language_is_refused_by_name(self, open_yard, tmp_path):
        folder = written(tmp_path / "own", runtime="nodejs")

        with pytest.raises(InputError, match=r"PulumiPlugin\.yaml:1: .*runtime: nodejs"):
            open_yard(PluginFolder("shelf", folder)).find("shelf")

    def test_that_builds_a_package_runs_the_package(self, open_yard, tmp_path, monkeypatch):
        folder = tmp_path / "own"
        written(folder / "my_shelf")
        shutil.move(folder / "my_shelf" / "PulumiPlugin.yaml", folder)
        (folder / "my_shelf" / "__init__.py").write_text("", "utf-8")
        (folder / "pyproject.toml").write_text(
            '[project]\nname = "my-shelf"\n[build-system]\nbuild-backend = "x"\n', "utf-8"
        )
        monkeypatch.setenv("PYTHONPATH", str(folder))

        assert origin(open_yard(PluginFolder("shelf", folder))) == "shelf"

    def test_with_no_program_is_refused(self, open_yard, tmp_path):
        folder = written(tmp_path / "own")
        (folder / "__main__.py").unlink()
        (folder / "pyproject.toml").write_text('[project]\nname = "my-shelf"\n', "utf-8")

        with pytest.raises(InputError, match=r"neither a __main__\.py nor a pyproject\.toml"):
            open_yard(PluginFolder("shelf", folder)).find("shelf")

    def test_runs_with_its_own_python(self, open_yard, tmp_path):
        folder = written(tmp_path / "own")
        python = program(folder / "venv" / "bin" / "python")
        python.write_text(f'#!/bin/sh\nMARK=own exec {sys.executable} "$@"\n', "utf-8")
        provider = open_yard(PluginFolder("shelf", folder)).find("shelf")
        names = ["MARK", "VIRTUAL_ENV"]

        found = provider.invoke("shelf:index:environment", {"names": names}, preview=False)

        assert (found["MARK"], found["VIRTUAL_ENV"]) == ("own", str(folder / "venv"))

    def test_without_the_environment_it_names_is_told(self, open_yard, tmp_path):
        folder = written(tmp_path / "own", runtime="{name: python, options: {virtualenv: gone}}")
        yard = open_yard(PluginFolder("shelf", folder))

        yard.find("shelf")

        ((severity, text),) = yard.told
        assert severity == "warning"
        assert f"The virtual environment {folder / 'gone'} is not there" in text

    def test_learns_of_the_run_by_its_environment(self, open_yard, monkeypatch):
        monkeypatch.setenv("OURS", "value")
        yard = open_yard(
            PluginFolder("shelf", CASES / "shelf"),
            project="hue",
            options={"virtualenv": "v", "deep": True},
            config={"shelf:room": "hall", "shelf:lamp": "on", "other:x": "y"},
        )
        provider = yard.find("shelf", environment={"OURS": "THEIRS", "NONE": "ALSO"})
        names = [
            *("PULUMI_PROJECT", "PULUMI_CONFIG", "PULUMI_RUNTIME_VIRTUALENV"),
            *("PULUMI_RUNTIME_DEEP", "OURS", "THEIRS", "ALSO"),
        ]

        found = provider.invoke("shelf:index:environment", {"names": names}, preview=False)

        assert found == {
            "PULUMI_PROJECT": "hue",
            "PULUMI_CONFIG": '{"room":"hall","lamp":"on"}',
            "PULUMI_RUNTIME_VIRTUALENV": "v",
            "PULUMI_RUNTIME_DEEP": "true",
            "OURS": "value",
            "THEIRS": "value",
            "ALSO": "",
            "cwd": str(yard.place.folder),
        }


class TestStart:
    def refused(self, yard):
        with pytest.raises(EngineError) as told:
            yard.find("broken")
        assert yard.plugins._all == []
        return str(told.value)

    def made(self, open_yard, tmp_path, source):
        return open_yard(PluginFolder("broken", written(tmp_path / "broken", source)))

    def test_that_dies_is_told_with_its_last_words(self, open_yard, tmp_path):
        source = 'import sys\nprint("no such module", file=sys.stderr)\nsys.exit(3)\n'

        text = self.refused(self.made(open_yard, tmp_path, source))

        assert "broken ended with code 3 before it told its port" in text
        assert text.endswith("\nno such module")

    def test_that_prints_something_else_is_told(self, open_yard, tmp_path):
        source = 'import time\nprint("hello", flush=True)\ntime.sleep(60)\n'

        text = self.refused(self.made(open_yard, tmp_path, source))

        assert "has to print its port first, a number; it printed: hello" in text

    def test_that_prints_nothing_is_ended(self, open_yard, tmp_path):
        yard = self.made(open_yard, tmp_path, "import time\ntime.sleep(60)\n")
        yard.plugins = Plugins(yard.place, lambda: "", lambda *line: None, start=0.5)
        began = time.monotonic()

        text = self.refused(yard)

        assert "has not told its port within 0 seconds" in text
        assert time.monotonic() - began < 10

    def test_that_does_not_listen_is_told(self, open_yard, tmp_path, monkeypatch):
        monkeypatch.setattr(plugin_module, "ANSWER", 0.5)
        source = "import time\nprint(1, flush=True)\ntime.sleep(60)\n"

        text = self.refused(self.made(open_yard, tmp_path, source))

        assert "nothing listens at the port it told" in text

    def test_that_ends_after_its_port_is_told(self, open_yard, tmp_path):
        text = self.refused(self.made(open_yard, tmp_path, "print(1)\nraise SystemExit(4)\n"))

        assert "broken ended with code 4 in the middle of the run" in text

    def test_of_a_program_that_cannot_run_is_told(self, open_yard, tmp_path):
        path = program(tmp_path / "broken" / "pulumi-resource-broken")
        path.chmod(0o600)

        text = self.refused(open_yard(PluginFolder("broken", path.parent)))

        assert f"broken cannot be started ({path}): Permission denied" in text


class TestLife:
    def test_one_process_serves_the_making_of_a_provider(self, open_yard):
        yard = open_yard(PluginFolder("shelf", CASES / "shelf"))
        registry = Registry({}, yard.plugins.find)
        resources = ProviderResources(registry)
        urn = "urn:pulumi:lab::hue::pulumi:providers:shelf::default"
        inputs = {"room": "hall", "key": Secret("k"), "version": "1.2.0"}

        checked = resources.check(CheckRequest(urn, {"room": "x"}, inputs, b""))
        diff = resources.diff(DiffRequest(urn, "id", {"room": "x"}, {}, checked.inputs))
        state = resources.create(CreateRequest(urn, checked.inputs, None, preview=False))

        provider = registry.get(f"{urn}::{state.id}")
        calls = seen(provider, "shelf")
        assert diff.replaces == ("room",)
        assert [call["call"] for call in calls] == ["CheckConfig", "DiffConfig", "Configure"]
        assert calls[2]["args"] == {
            "lamp": "on",
            "room": "hall",
            "key": "secret k",
            "version": "1.2.0",
        }
        assert len(yard.plugins._all) == 1
        # The next provider of the package has a process of its own.
        registry.configure(f"{urn}-2", "id2", {})
        assert len(yard.plugins._all) == 2
        registry.close()

    def test_ends_with_the_run(self, open_yard):
        yard = open_yard(
            PluginFolder("shelf", CASES / "shelf"), PluginFolder("bare", CASES / "bare")
        )
        used, idle = yard.find("shelf"), yard.find("bare")
        used.configure({})
        processes = [plugin._process for plugin in yard.plugins._all]

        used.close()
        idle.close()
        assert processes[1].code is None
        assert yard.find("bare")._plugin is yard.plugins._all[1]
        # Who comes next must not find the settings of another.
        assert yard.find("shelf")._plugin is yard.plugins._all[2]
        yard.plugins.close()

        assert all(process.code is not None for process in processes)
        # What servers print when they are made to end is no message of the run.
        assert yard.told == []

    def test_cut_short_in_a_call_is_told_with_its_last_words(self, open_yard):
        yard = open_yard(PluginFolder("shelf", CASES / "shelf"))
        provider = yard.find("shelf")
        provider.configure({})
        request = CreateRequest(BOOK, {"title": "heavy"}, None, preview=False)

        with pytest.raises(EngineError, match="ended with code 7") as told:
            provider.create(request)

        assert str(told.value).endswith("\nthe shelf breaks")
        with pytest.raises(EngineError, match="ended with code 7"):
            provider.create(request)
        provider.close()
        yard.plugins.close()
        assert yard.told == [("info", "the shelf breaks")]

    def test_cut_short_between_calls_is_told_at_the_end(self, open_yard):
        yard = open_yard(PluginFolder("shelf", CASES / "shelf"))
        yard.find("shelf").configure({})
        (plugin,) = yard.plugins._all
        plugin._process._popen.kill()
        plugin._process.wait()

        yard.plugins.close()

        assert len(yard.errors()) == 1
        assert "shelf ended with code -9 in the middle of the run" in yard.errors()[0]

    def test_gives_up_what_it_does_when_cancelled(self, open_yard):
        yard = open_yard(PluginFolder("bare", CASES / "bare"))
        provider = yard.find("bare")
        threading.Timer(0.3, yard.plugins.cancel).start()
        began = time.monotonic()

        found = provider.invoke("bare:index:wait", {}, preview=False)

        assert found == {"cancelled": True}
        assert time.monotonic() - began < 10

    def test_of_an_attached_plugin_is_its_owners(self, open_yard, monkeypatch):
        command = (sys.executable, str(CASES / "bare"))
        yard = open_yard()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            monkeypatch.setenv(whereabouts.ATTACHED, f"x:1,bare:{process.stdout.readline()}")
            try:
                provider = yard.find("bare")
                provider.configure({"town": "Huế"})
                calls = seen(provider, "bare")
                yard.plugins.close()
                running = process.poll() is None
            finally:
                process.terminate()

        assert running
        assert "root_directory" not in calls[0]
        assert calls[1] == {"address": yard.engine}

    def test_of_an_attached_plugin_needs_a_port(self, open_yard, monkeypatch):
        monkeypatch.setenv(whereabouts.ATTACHED, "bare:soon")

        with pytest.raises(InputError, match="name:port"):
            open_yard().find("bare")


class TestParameters:
    def found(self, yard, value):
        parameters = Parameters("library", "3.1.0", value)
        return yard.plugins.find(Package("shelf", "1.2.0", parameters=parameters))

    @pytest.fixture
    def shelves(self, open_yard):
        return open_yard(PluginFolder("shelf", CASES / "shelf"))

    def test_make_another_package_of_a_plugin(self, shelves):
        provider = self.found(shelves, b"value")
        provider.configure({"room": "hall"})

        assert provider.invoke("x:y:count", {}, preview=False)["of"] == "library"
        call = seen(provider, "shelf")[0]
        assert call["variables"] == {"library:config:room": "hall"}

    @pytest.mark.parametrize(
        ("value", "problem"),
        [
            (b"broken", "cannot serve the package library: .*this value makes no package"),
            (b"liar", "to serve the package library 3.1.0, but says it serves another 3.1.0"),
            (b"nameless", "to serve the package library 3.1.0, but says it serves library none"),
        ],
    )
    def test_that_do_not_fit_are_told(self, shelves, value, problem):
        with pytest.raises(EngineError, match=f"(?s){problem}"):
            self.found(shelves, value)

        commands = [child.cmdline() for child in psutil.Process().children()]
        assert not any(str(CASES / "shelf") in command for command in commands)

    def test_are_not_known_to_every_plugin(self, open_yard):
        yard = open_yard(PluginFolder("shelf", CASES / "desk"))

        with pytest.raises(EngineError, match="cannot serve the package library"):
            self.found(yard, b"value")


class TestReferences:
    def request(self, **fields):
        return resource_pb2.RegisterPackageRequest(
            name="shelf", version="1.2.0", download_url="u", checksums={"linux": b"\x01"}, **fields
        )

    def parameters(self, value):
        return resource_pb2.Parameterization(name="library", version="3.1.0", value=value)

    def test_name_the_same_package_the_same(self):
        refs = PackageRefs()

        first = refs.add(self.request(parameterization=self.parameters(b"a")))
        other = refs.add(self.request(parameterization=self.parameters(b"b")))

        assert first == refs.add(self.request(parameterization=self.parameters(b"a")))
        assert first != other
        assert refs.get(first) == Package(
            "shelf", "1.2.0", "u", {"linux": "01"}, Parameters("library", "3.1.0", b"a")
        )

    def test_that_were_never_given_are_refused(self):
        with pytest.raises(EngineError, match="package reference nobody"):
            PackageRefs().get("nobody")

    def test_of_extensions_are_refused_by_name(self):
        request = self.request(extension=self.parameters(b"a"))

        with pytest.raises(EngineError, match=r"extension parameterization \(library\)"):
            PackageRefs().add(request)


class TestRun:
    @pytest.fixture
    def events(self):
        return []

    @pytest.fixture
    def deployment(self, tmp_path, events):
        options = Options(
            config={"shelf:room": "hall", "hue:key": "hush-hush"},
            secret_config=frozenset({"hue:key"}),
            on_event=events.append,
        )
        stack = StackRef("hue", "lab", tmp_path)
        ledger = Ledger(Draft(Snapshot()))
        made = Deployment(stack, options, ledger, preview=False, factories={})
        yield made
        made.close()

    @pytest.fixture
    def make(self, tmp_path):
        written(tmp_path / "shelf", SHELF.replace('"A-1"', 'print("hush-hush", flush=True) or "x"'))
        named = (
            PluginFolder("shelf", tmp_path / "shelf"),
            PluginFolder("bare", CASES / "bare"),
        )
        return starter(Workplace(tmp_path, tmp_path, "hue", plugins=named))

    def test_gives_its_plugins_the_address_and_the_configuration(self, deployment, make):
        plugins = deployment.shared(make)
        bare, shelf = (plugins.find(Package(name)) for name in ("bare", "shelf"))
        bare.configure({"town": "Huế"})

        found = shelf.invoke("x:y:environment", {"names": ["PULUMI_CONFIG"]}, preview=False)

        assert seen(bare, "bare")[0]["engine_address"] == deployment.shared(Station).address
        assert found["PULUMI_CONFIG"] == '{"room":"hall"}'

    def test_tells_what_they_print_as_the_stacks_and_ends_them(self, deployment, make, events):
        plugins = deployment.shared(make)
        shelf = plugins.find(Package("shelf"))
        shelf.configure({})
        shelf.create(CreateRequest(BOOK, {"title": "t"}, None, preview=False))
        (plugin,) = plugins._all

        deployment.close()

        assert plugin._process.code is not None
        urn = "urn:pulumi:lab::hue::pulumi:pulumi:Stack::hue-lab"
        assert events == [Log("info", "[secret]", urn)]
