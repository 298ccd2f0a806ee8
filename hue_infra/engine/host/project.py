"""A Pulumi project's own file, ``Pulumi.yaml``: what it says of the program.

Source: pulumi/pulumi, sdk/go/common/workspace/project.go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hue_infra.engine.host.yamlfile import YamlFile, read
from hue_infra.errors import InputError
from hue_infra.words import say

NAMES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
KINDS: Final = ("string", "integer", "boolean", "array", "object")
"""What a configuration value may be declared as."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the project says of one configuration key.

    Attributes:
        kind: One of `KINDS`; empty when not said.
        default: Value for stacks that give none; None when there is none.
        value: Value that stands for every stack that gives none.
        secret: Whether stacks must encrypt it.
        items: What an array holds, as another declaration.
    """

    kind: str = ""
    default: object = None
    value: object = None
    secret: bool = False
    items: "Declared | None" = None

    @property
    def given(self) -> object:
        """What a stack has that says nothing; None when it must."""
        return self.default if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class PluginFolder:
    """A plugin that the project names by its place on disk."""

    name: str
    path: Path
    version: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder: its name, how its program runs, what its stacks may configure."""

    file: YamlFile
    name: str
    runtime: str
    options: Mapping[str, object] = field(default_factory=dict)
    """Of the runtime: ``virtualenv``, ``toolchain``, ``typechecker``."""
    main: str = ""
    """The program, below the project's folder."""
    config: Mapping[str, Declared] = field(default_factory=dict)
    providers: tuple[PluginFolder, ...] = ()
    refresh_always: bool = False

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.file.path.parent

    @property
    def program(self) -> Path:
        """The program's folder, which is its working directory."""
        main = self.root / self.main
        return main.parent if main.is_file() else main

    @property
    def entry(self) -> str:
        """What is run there: a file, or the folder itself."""
        main = self.root / self.main
        return main.name if main.is_file() else "."

    @property
    def backend(self) -> str:
        """The URL of the backend that the project names."""
        return self.file.text("backend", "url")

    @property
    def required_version(self) -> str:
        """The range of Pulumi's versions that the project asks for."""
        return self.file.text("requiredPulumiVersion")

    def stack_file(self, stack: str) -> Path:
        """Where the settings of a stack lie."""
        folder = self.file.text("stackConfigDir") or _old_config_folder(self.file)
        return self.root / folder / f"Pulumi.{stack}{self.file.path.suffix}"


def find(folder: Path) -> Project:
    """The project that *folder* is in.

    Raises:
        InputError: There is none, or its file does not hold together.
    """
    folder = folder.resolve()
    for place in (folder, *folder.parents):
        for name in NAMES:
            if (place / name).is_file():
                return load(place / name)
    raise InputError(say("host.no-project", folder=str(folder)), hint=say("host.no-project-hint"))


def load(path: Path) -> Project:
    """The project that the file *path* describes.

    Raises:
        InputError: It does not hold together; says at which line.
    """
    file = read(path)
    name = file.text("name")
    if not name:
        raise file.error(say("host.no-project-name"), "name")
    runtime, options = _runtime(file)
    return Project(
        file=file,
        name=name,
        runtime=runtime,
        options=options,
        main=file.text("main"),
        config=_declarations(file),
        providers=_providers(file),
        refresh_always=file.text("options", "refresh") == "always",
    )


def _runtime(file: YamlFile) -> tuple[str, Mapping[str, object]]:
    given = file.data.get("runtime")
    if isinstance(given, Mapping):
        return file.text("runtime", "name"), file.mapping("runtime", "options")
    return file.text("runtime"), {}


def _old_config_folder(file: YamlFile) -> str:
    """``config`` once was the folder of the stacks' files."""
    given = file.data.get("config")
    return given if isinstance(given, str) else ""


def _declarations(file: YamlFile) -> dict[str, Declared]:
    if isinstance(file.data.get("config"), str):
        return {}
    return {
        str(key): _declared(file, str(key), value) for key, value in file.mapping("config").items()
    }


def _declared(file: YamlFile, key: str, given: object) -> Declared:
    if not isinstance(given, Mapping):
        # The short form gives the value itself.
        return Declared(value=given)
    own = key.partition(":")[0] if ":" in key else file.text("name")
    if own != file.text("name") and not set(given) <= {"value"}:
        raise file.error(say("host.config-foreign", key=key), "config", key)
    declared = _typed(file, key, given)
    if declared.default is not None and not fits(declared.default, declared):
        problem = say("host.config-default", key=key, kind=declared.kind)
        raise file.error(problem, "config", key, "default")
    return declared


def _typed(file: YamlFile, key: str, given: Mapping[str, object]) -> Declared:
    kind = given.get("type") or ""
    if kind and kind not in KINDS:
        problem = say("host.config-kind", key=key, kind=str(kind), kinds=", ".join(KINDS))
        raise file.error(problem, "config", key, "type")
    items = given.get("items")
    if kind == "array" and not isinstance(items, Mapping):
        raise file.error(say("host.config-items", key=key), "config", key)
    return Declared(
        kind=str(kind),
        default=given.get("default"),
        value=given.get("value"),
        secret=bool(given.get("secret")),
        items=_typed(file, key, items) if isinstance(items, Mapping) else None,
    )


def fits(value: object, declared: Declared) -> bool:
    """Whether *value*, as YAML or JSON gives it, is of the declared kind; texts may spell it."""
    match declared.kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return _is_whole(value)
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "array":
            items = declared.items or Declared()
            return isinstance(value, list) and all(fits(item, items) for item in value)
        case "object":
            return isinstance(value, Mapping)
        case _:
            return True


def _is_whole(value: object) -> bool:
    if isinstance(value, str):
        return value.removeprefix("-").isdecimal()
    return isinstance(value, int) and not isinstance(value, bool)


def _providers(file: YamlFile) -> tuple[PluginFolder, ...]:
    listed = file.mapping("plugins").get("providers") or []
    if not isinstance(listed, list):
        raise file.error(say("host.not-a-list", key="plugins.providers"), "plugins", "providers")
    found = []
    for item in listed:
        if not isinstance(item, Mapping) or not item.get("name") or not item.get("path"):
            raise file.error(say("host.plugin-incomplete"), "plugins", "providers")
        path = file.path.parent / str(item["path"])
        found.append(PluginFolder(str(item["name"]), path, str(item.get("version") or "")))
    return tuple(found)
