"""The settings of one stack, ``Pulumi.<stack>.yaml``: configuration, secrets among it.

A value is a text, or a nested object written as JSON; ``secure:`` marks what is encrypted.
Source: pulumi/pulumi, sdk/go/common/resource/config (map.go, object.go, value.go).
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarfloat import ScalarFloat

from hue_infra.engine.crypter import Crypter
from hue_infra.engine.host.project import Declared, Project, fits
from hue_infra.engine.host.yamlfile import YamlFile, read
from hue_infra.engine.property_paths import parse
from hue_infra.engine.values import Path
from hue_infra.errors import EngineError, InputError
from hue_infra.words import say

SECURE: Final = "secure"
_REFUSED: Final = ("environment", "encryptedkey")
"""Keys of a stack's file that mean a service which this engine does not have."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One configuration value as the program gets it."""

    text: str
    secret: bool = False
    is_object: bool = False


@dataclass(frozen=True, slots=True)
class StackSettings:
    """The file of one stack; it need not exist."""

    project: Project
    stack: str
    file: YamlFile

    @property
    def salt(self) -> str:
        """State of the passphrase secrets provider, as in the stack's state."""
        return self.file.text("encryptionsalt")

    def keep_salt(self, salt: str) -> None:
        """Record the state of the passphrase secrets provider."""
        if self.salt != salt:
            self.file.data["encryptionsalt"] = salt
            self.file.save()

    def full_name(self, key: str) -> str:
        """``namespace:name`` of *key*, the project's namespace when it names none.

        Raises:
            InputError: It is no key.
        """
        space, colon, name = key.partition(":")
        if not colon:
            return f"{self.project.name}:{key}"
        name = name.removeprefix("config:")
        if not space or not name or ":" in name:
            raise InputError(say("host.bad-key", key=key))
        return f"{space}:{name}"

    def values(self, crypter: Crypter) -> dict[str, Setting]:
        """Every value that the file gives, decrypted, by full name."""
        return {
            self.full_name(str(key)): self._setting(value, crypter, str(key))
            for key, value in self.file.mapping("config").items()
        }

    def gives(self, full: str) -> bool:
        """Whether the file itself gives the value of that full name."""
        return self._spelled(full) in self.file.mapping("config")

    def place(self, full: str) -> str:
        """``file:line`` of a value, by its full name."""
        return self.file.place("config", self._spelled(full))

    def get(self, key: str, crypter: Crypter, *, path: bool = False) -> Setting | None:
        """One value, or one inside it; None where neither file nor project says anything."""
        full, inside = self._located(key, path=path)
        node: object = self._node(full)
        for step in inside:
            node = _child(node, step)
        return None if node is None else self._setting(node, crypter, key)

    def set(self, key: str, value: object, *, path: bool = False) -> None:
        """Give *key* a value: a text, or what `encrypted` makes.

        Raises:
            InputError: The path leads through something that is no object or list.
        """
        full, inside = self._located(key, path=path)
        config = self.file.data.setdefault("config", CommentedMap())
        spelled = self._spelled(full)
        if not inside:
            config[spelled] = value
        else:
            config[spelled] = _planted(config.get(spelled), inside, _coerced(value), key)
        self.file.save()

    def remove(self, key: str, *, path: bool = False) -> bool:
        """Take *key* away; whether it was there."""
        full, inside = self._located(key, path=path)
        config, spelled = self.file.data.get("config"), self._spelled(full)
        if not isinstance(config, CommentedMap) or spelled not in config:
            return False
        node: object = config
        steps: Path = (spelled, *inside)
        for step in steps[:-1]:
            node = _child(node, step)
        if _child(node, steps[-1]) is None:
            return False
        del node[steps[-1]]  # type: ignore[attr-defined]  # a mapping or a list, or there would be no child
        if not config:
            del self.file.data["config"]
        self.file.save()
        return True

    def check_supported(self) -> None:
        """Pass when the file asks for nothing this engine lacks.

        Raises:
            InputError: It does; says at which line.
        """
        for key in _REFUSED:
            if self.file.data.get(key) is not None:
                raise self.file.error(say("deployment.feature-refused", feature=key), key)
        provider = self.file.text("secretsprovider")
        if provider not in ("", "passphrase", "default"):
            problem = say("deployment.feature-refused", feature=f"secretsprovider {provider}")
            raise self.file.error(problem, "secretsprovider")

    def _located(self, key: str, *, path: bool) -> tuple[str, Path]:
        if not path:
            return self.full_name(key), ()
        space, colon, name = key.partition(":")
        try:
            steps = parse(name if colon else key)
        except EngineError as problem:
            raise InputError(str(problem)) from problem
        if not steps or not isinstance(steps[0], str):
            raise InputError(say("host.bad-key", key=key))
        first = f"{space}:{steps[0]}" if colon else steps[0]
        return self.full_name(first), steps[1:]

    def _spelled(self, full: str) -> str:
        """The key as the file spells it."""
        for key in self.file.mapping("config"):
            if self.full_name(str(key)) == full:
                return str(key)
        return full

    def _node(self, full: str) -> object:
        """What the file says of a value, else the project."""
        if self.gives(full):
            return self.file.mapping("config")[self._spelled(full)]
        declared = self.project.config.items()
        return next((one.given for key, one in declared if self.full_name(key) == full), None)

    def _setting(self, node: object, crypter: Crypter, key: str) -> Setting:
        secret = holds_secure(node)
        try:
            plain = _opened(node, crypter, key)
        except EngineError as problem:
            raise self.file.error(str(problem), "config", self._spelled(self.full_name(key))) from (
                problem
            )
        return Setting(_text(plain), secret, isinstance(plain, dict | list))


def load(project: Project, stack: str) -> StackSettings:
    """The settings of *stack*.

    Raises:
        InputError: The file is no YAML, or asks for what this engine lacks.
    """
    settings = StackSettings(project, stack, read(project.stack_file(stack)))
    settings.check_supported()
    return settings


def effective(settings: StackSettings, crypter: Crypter) -> dict[str, Setting]:
    """The stack's configuration with the project's defaults, checked against its declarations.

    Raises:
        InputError: Values are missing or of another kind; all of them are named, with the line.
    """
    project = settings.project
    values = with_defaults(settings, crypter)
    problems: list[str] = []
    for key, declared in project.config.items():
        full = settings.full_name(key)
        if settings.gives(full):
            if problem := _misfit(values[full], declared, key):
                problems.append(f"{settings.place(full)}: {problem}")
        elif full not in values and declared.kind:
            place = project.file.place("config", key)
            problems.append(f"{place}: {say('host.config-missing', stack=settings.stack, key=key)}")
    if problems:
        raise InputError("\n".join(problems))
    return values


def with_defaults(settings: StackSettings, crypter: Crypter) -> dict[str, Setting]:
    """The stack's configuration with the project's defaults, unchecked."""
    values = settings.values(crypter)
    for key, declared in settings.project.config.items():
        full, given = settings.full_name(key), declared.given
        if full not in values and given is not None:
            values[full] = Setting(_text(given), declared.secret, isinstance(given, dict | list))
    return values


def encrypted(text: str, crypter: Crypter) -> CommentedMap:
    """*text* as a stack's file holds a secret."""
    return CommentedMap({SECURE: crypter.encrypt(text)})


def holds_secure(node: object) -> bool:
    """Whether *node* is, or has in it, something encrypted."""
    if is_secure(node):
        return True
    if isinstance(node, Mapping):
        return any(holds_secure(item) for item in node.values())
    return isinstance(node, list) and any(holds_secure(item) for item in node)


def is_secure(node: object) -> bool:
    """Whether *node* is something encrypted: a mapping whose one key is ``secure``."""
    return isinstance(node, Mapping) and set(node) == {SECURE} and isinstance(node[SECURE], str)


def _opened(node: object, crypter: Crypter, where: str) -> object:
    if is_secure(node):
        return crypter.decrypt(node[SECURE], where)  # type: ignore[index]  # a mapping, as just seen
    if isinstance(node, Mapping):
        return {str(key): _opened(item, crypter, where) for key, item in node.items()}
    if isinstance(node, list):
        return [_opened(item, crypter, where) for item in node]
    if isinstance(node, datetime.datetime | datetime.date):
        return node.isoformat()
    return float(node) if isinstance(node, ScalarFloat) else node


def _text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    # Go writes the keys of a map in order, whatever the file's: programs may compare the text.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _misfit(setting: Setting, declared: Declared, key: str) -> str:
    if declared.secret and not setting.secret:
        return say("host.config-unencrypted", key=key)
    value = json.loads(setting.text) if setting.is_object else setting.text
    if declared.kind and not fits(value, declared):
        return say("host.config-misfit", key=key, kind=declared.kind)
    return ""


def _child(node: object, step: str | int) -> object:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node):
        return node[step]
    return None


def _coerced(value: object) -> object:
    """A text inside an object as what it spells, as upstream: booleans and whole numbers."""
    if not isinstance(value, str):
        return value
    if value in ("true", "false"):
        return value == "true"
    digits = value.removeprefix("-")
    if digits.isdecimal() and (digits == "0" or not digits.startswith("0")):
        return int(value)
    return value


def _planted(node: object, path: Path, value: object, key: str, depth: int = 1) -> object:
    """*node* with *value* at *path*; containers are made on the way."""
    if not path:
        return value
    step = path[0]
    if not isinstance(node, CommentedMap | CommentedSeq):
        if node is not None and depth > 1:
            raise InputError(say("host.config-through", key=key))
        node = CommentedMap() if isinstance(step, str) else CommentedSeq()
    if isinstance(node, CommentedMap) and isinstance(step, str):
        if step == SECURE and len(path) == 1 and not node and isinstance(value, str):
            raise InputError(say("host.config-secure", key=key))
        node[step] = _planted(node.get(step), path[1:], value, key, depth + 1)
    elif isinstance(node, CommentedSeq) and isinstance(step, int) and step <= len(node):
        if step == len(node):
            node.append(None)
        node[step] = _planted(node[step], path[1:], value, key, depth + 1)
    else:
        raise InputError(say("host.config-through", key=key))
    return node
