"""Where the plugin of a package lies on this machine, and how it is started there.

Source: pulumi/pulumi, sdk/go/common/workspace/plugins.go, getPluginInfoAndPath;
pkg/resource/plugin/host.go, projectPluginsFromProject; provider_plugin.go, NewProvider.
"""

import glob
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hue_infra.engine.encoding import dumps
from hue_infra.engine.host import interpreter, pluginfolder, versions
from hue_infra.engine.host.plugin import Launch
from hue_infra.engine.host.pluginfolder import PREFIX, Command
from hue_infra.engine.host.project import PluginFolder, Project
from hue_infra.engine.packages import Package
from hue_infra.errors import EngineError, InputError
from hue_infra.words import say

DYNAMIC: Final = "pulumi-python"
"""The package of dynamic providers, whose plugin is the SDK of the program itself."""
ATTACHED: Final = "PULUMI_DEBUG_PROVIDERS"
"""Names plugins that run already: ``name:port``, separated by commas."""
NOT_ON_PATH: Final = "PULUMI_IGNORE_AMBIENT_PLUGINS"
HOME: Final = "PULUMI_HOME"
_LOCAL: Final = re.compile(r"\./|\.\.|/")
"""How the source of a package begins that is a folder."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where the plugins of a run work, and what they may know of it.

    Attributes:
        folder: The working directory: the program's.
        root: The folder of the project, where its virtual environment is looked for.
        project: The project's name; nothing when there is none.
        options: Of the project's runtime: ``virtualenv``, ``toolchain``.
        plugins: What the project names by its place on disk.
        config: The stack's configuration in clear, by full name.
    """

    folder: Path
    root: Path
    project: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    plugins: tuple[PluginFolder, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A plugin that was found.

    Attributes:
        launch: How it is started.
        warnings: What the operator should know of it.
        versioned: Whether its version may be another than the one wanted.
    """

    launch: Launch
    warnings: tuple[str, ...] = ()
    versioned: bool = True


def workplace(project: Project) -> Workplace:
    """Where the plugins of a project's program work.

    Raises:
        InputError: The project names a folder that is not there.
    """
    return Workplace(
        folder=project.program,
        root=project.root,
        project=project.name,
        options=project.options,
        plugins=(*_named(project), *_local(project)),
    )


def find(package: Package, place: Workplace) -> Found:
    """The plugin of *package*.

    Raises:
        EngineError: There is none; says where it was looked for.
        InputError: There is one that cannot be run.
    """
    name = package.plugin
    if port := _attached(name):
        return Found(Launch(name, port=port))
    if name == DYNAMIC:
        return _dynamic(package, place)
    if (folder := _project_folder(package, place)) is not None:
        return _in_folder(package, place, folder)
    if (path := _on_path(name)) is not None:
        command = Command((str(path),))
        warning = say("plugins.ambient", program=path.name, path=str(path))
        return Found(_launch(package, place, command, path.parent), (warning,))
    if (folder := _installed(package)) is not None:
        return _in_folder(package, place, folder)
    raise _missing(package)


def _named(project: Project) -> Iterator[PluginFolder]:
    for plugin in project.providers:
        if not plugin.path.is_dir():
            problem = say("plugins.no-folder", folder=str(plugin.path))
            raise project.file.error(problem, "plugins", "providers")
        yield plugin


def _local(project: Project) -> Iterator[PluginFolder]:
    """Packages that the project gives a folder for, and those that they use themselves."""
    waiting = [(project.root, project.file.mapping("packages"))]
    seen: set[str] = set()
    while waiting:
        base, listed = waiting.pop()
        for name, spec in listed.items():
            source = _source(spec)
            if not _LOCAL.match(source) or name in seen:
                continue
            seen.add(name)
            folder = base / source
            if not folder.is_dir():
                problem = say("plugins.no-folder", folder=str(folder))
                raise project.file.error(problem, "packages", name)
            waiting.append((folder, pluginfolder.packages(folder)))
            yield PluginFolder(name, folder)


def _source(spec: object) -> str:
    """Where a package comes from, without the version that may follow."""
    given = spec.get("source") if isinstance(spec, Mapping) else spec
    source = given if isinstance(given, str) else ""
    return source.rpartition("@")[0] or source


def _attached(name: str) -> int:
    """The port of a plugin that somebody runs to look into it; 0 if nobody does."""
    for item in os.environ.get(ATTACHED, "").split(","):
        plugin, _, port = item.strip().partition(":")
        if plugin == name:
            if not port.isdecimal():
                raise InputError(say("plugins.bad-attach", variable=ATTACHED, given=item))
            return int(port)
    return 0


def _dynamic(package: Package, place: Workplace) -> Found:
    """The host of dynamic providers: they are unpickled by the Python that pickled them."""
    python = interpreter.choose(place.root, place.options)
    words = (str(python.python), "-u", "-m", "pulumi.dynamic")
    command = Command(words, python.environment, python.missing)
    # It tells the version of its protocol, not that of the SDK.
    return Found(_launch(package, place, command), _without(command), versioned=False)


def _project_folder(package: Package, place: Workplace) -> Path | None:
    for plugin in place.plugins:
        if plugin.name == package.plugin and versions.fits(plugin.version, package.version):
            return plugin.path
    return None


def _in_folder(package: Package, place: Workplace, folder: Path) -> Found:
    command = pluginfolder.command(folder, package.plugin)
    return Found(_launch(package, place, command, folder), _without(command))


def _without(command: Command) -> tuple[str, ...]:
    if not command.missing:
        return ()
    return (say("plugins.no-virtualenv", folder=command.missing),)


def _on_path(name: str) -> Path | None:
    """A program for the plugin on PATH, or beside the Python that runs this."""
    if os.environ.get(NOT_ON_PATH, "").lower() in ("1", "true"):
        return None
    beside = str(Path(sys.executable).parent)
    for folders in (None, beside):
        if found := shutil.which(f"{PREFIX}{name}", path=folders):
            return Path(found)
    return None


def _installed(package: Package) -> Path | None:
    """The folder of the plugin among those that Pulumi has installed."""
    folders = _plugin_home()
    start = f"resource-{package.plugin}-v"
    found = {
        path.name.removeprefix(start): path
        for path in folders.glob(f"{glob.escape(start)}*")
        # The mark of an installation that was cut off.
        if path.is_dir() and not path.with_name(f"{path.name}.partial").exists()
    }
    chosen = versions.best(found, package.version)
    return None if chosen is None else found[chosen]


def _plugin_home() -> Path:
    given = os.environ.get(HOME)
    return (Path(given) if given else Path.home() / ".pulumi") / "plugins"


def _launch(
    package: Package, place: Workplace, command: Command, home: Path | None = None
) -> Launch:
    base = os.environ if command.environment is None else command.environment
    return Launch(
        package.plugin,
        command=command.words,
        folder=place.folder,
        environment={**base, **_variables(package, place)},
        home=home,
    )


def _variables(package: Package, place: Workplace) -> dict[str, str]:
    """What a plugin learns of the run by its environment."""
    config = {
        name: text
        for full, text in place.config.items()
        for space, _, name in (full.partition(":"),)
        if space == package.plugin
    }
    found = {
        theirs: os.environ[ours]
        for ours, theirs in package.environment.items()
        if ours in os.environ
    }
    for name, value in place.options.items():
        found[f"PULUMI_RUNTIME_{name.upper()}"] = value if isinstance(value, str) else dumps(value)
    if place.project:
        found["PULUMI_PROJECT"] = place.project
    return {**found, "PULUMI_CONFIG": dumps(config)}


def _missing(package: Package) -> EngineError:
    version = package.version or "*"
    problem = say("plugins.missing", name=package.plugin, version=version)
    hint = say(
        "plugins.missing-hint", name=package.plugin, version=version, folder=str(_plugin_home())
    )
    return EngineError(f"{problem}\n{hint}")
