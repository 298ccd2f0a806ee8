"""A YAML file that people write: read with the place of every key, written back with comments."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hue_infra.engine.disk import Disk
from hue_infra.errors import InputError
from hue_infra.words import say


@dataclass(frozen=True, slots=True)
class YamlFile:
    """One file whose outermost value is a mapping.

    Attributes:
        path: Where it lies; it need not exist yet.
        data: What it says, as ruamel's mapping that keeps comments and order.
    """

    path: Path
    data: CommentedMap

    def place(self, *keys: str) -> str:
        """``file:line`` of the key that *keys* lead to, or of the nearest one around it."""
        line, node = 0, self.data
        for key in keys:
            if not isinstance(node, CommentedMap) or key not in node:
                break
            line = node.lc.key(key)[0] + 1
            node = node[key]
        return f"{self.path}:{line or 1}"

    def error(self, problem: str, *keys: str) -> InputError:
        """The failure that says what is wrong at a key."""
        return InputError(f"{self.place(*keys)}: {problem}")

    def mapping(self, *keys: str) -> Mapping[str, object]:
        """The mapping at *keys*; empty where the file says nothing.

        Raises:
            InputError: There is something else.
        """
        node: object = self.data
        for key in keys:
            node = node.get(key) if isinstance(node, Mapping) else None
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            raise self.error(say("host.not-a-mapping", key=".".join(keys)), *keys)
        return node

    def text(self, *keys: str) -> str:
        """The text at *keys*; nothing where the file says nothing.

        Raises:
            InputError: There is something else.
        """
        value = self.mapping(*keys[:-1]).get(keys[-1])
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.error(say("host.not-a-text", key=".".join(keys)), *keys)
        return str(value)

    def save(self) -> None:
        """Write the file at once, with the comments it had; who may read it, still may."""
        stream = io.StringIO()
        _yaml().dump(self.data, stream)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        mode = self.path.stat().st_mode
        Disk().replace(self.path, stream.getvalue().encode())
        self.path.chmod(mode)


def read(path: Path) -> YamlFile:
    """Read *path*; a file that does not exist says nothing.

    Raises:
        InputError: It is no YAML, or its outermost value is no mapping.
    """
    if not path.exists():
        return YamlFile(path, CommentedMap())
    try:
        data = _yaml().load(path.read_text("utf-8"))
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise InputError(f"{path}:{line}: {problem.problem}") from problem
    except (OSError, UnicodeDecodeError, YAMLError) as problem:
        raise InputError(f"{path}: {problem}") from problem
    if data is None:
        data = CommentedMap()
    if not isinstance(data, CommentedMap):
        raise InputError(f"{path}:1: {say('host.no-mapping')}")
    return YamlFile(path, data)


def _yaml() -> YAML:
    made = YAML()
    made.preserve_quotes = True
    made.width = 1 << 30
    made.indent(mapping=2, sequence=4, offset=2)
    return made
