"""A YAML file as plain data, with the line and column of every key and value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

KeyPath = tuple[str | int, ...]
"""Where a value lies: ``("sites", "dc", "kind")``."""

Values = Mapping[str, str | int | float]
"""What a message is filled with."""

_TAG = "tag:yaml.org,2002:"


class Place(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the file, said by a message of the catalogue."""

    path: KeyPath
    message: str
    """Message id in the room ``model``."""
    values: Values = field(default_factory=dict)
    on_key: bool = False
    """Whether the key is wrong rather than its value."""
    place: Place | None = None
    """Set where no path tells the place: syntax, a key given twice."""


@dataclass(slots=True)
class Document:
    """What stands in a file, and where."""

    path: Path
    data: object = None
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with the YAML itself."""

    def place(self, path: KeyPath, *, on_key: bool = False) -> Place:
        """The place of that value or key, else of the nearest one around it."""
        first, second = (self.keys, self.values) if on_key else (self.values, self.keys)
        for length in range(len(path), 0, -1):
            part = path[:length]
            if found := first.get(part) or second.get(part):
                return found
        return self.values.get((), Place(1, 1))

    def holds(self, path: KeyPath) -> bool:
        """Whether the file itself says something at that path."""
        return path in self.values

    def value(self, *path: str | int) -> object:
        """What the file says at that path of mappings; None where it says nothing."""
        value = self.data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def names(self, *path: str | int) -> list[str]:
        """The keys that the file has in the mapping at that path."""
        value = self.value(*path)
        return list(value) if isinstance(value, dict) else []


def read(path: Path) -> Document:
    """Read a file; whatever is wrong with its YAML stands in ``problems``.

    Raises:
        OSError: The file cannot be read.
        UnicodeDecodeError: It is not UTF-8.
    """
    document = Document(path)
    text = path.read_text("utf-8")
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        document.problems.append(_syntax(error))
        return document
    if node is None:
        document.problems.append(Problem((), "empty", place=Place(1, 1)))
        return document
    document.data = _Reader(document).value(node, ())
    return document


_SYNTAX = {
    "'\\t'": "syntax-tab",
    "mapping values are not allowed": "syntax-colon",
    "could not find expected ':'": "syntax-no-colon",
    "expected <block end>": "syntax-indent",
    "expected ',' or": "syntax-bracket",
    "unexpected end of stream": "syntax-quote",
    "undefined alias": "syntax-alias",
    "single document": "syntax-documents",
}
"""Words of the YAML reader, and what we say instead."""


def _syntax(error: YAMLError) -> Problem:
    words = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None) if isinstance(error, MarkedYAMLError) else None
    place = Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)
    context = f"{getattr(error, 'context', '') or ''} {words}"
    opened = getattr(error, "context_mark", None)
    line = opened.line + 1 if opened is not None else place.line
    for part, message in _SYNTAX.items():
        if part in context:
            return Problem((), message, {"line": line}, place=place)
    return Problem((), "syntax", {"words": words}, place=place)


class _Reader:
    """Turns nodes into data; keys are always text, dates stay text for the model to read."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._open: list[Node] = []

    def value(self, node: Node, path: KeyPath) -> object:
        self._document.values[path] = _place(node)
        if any(node is outer for outer in self._open):
            self._complain(node, "syntax-recursion")
            return None
        self._open.append(node)
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path)
            if isinstance(node, SequenceNode):
                return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
            return self._scalar(node)
        finally:
            self._open.pop()

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, object]:
        data: dict[str, object] = {}
        own: dict[str, Place] = {}
        for key, value in self._pairs(node):
            name, inner = str(key.value), (*path, str(key.value))
            if name in own:
                self._complain(key, "duplicate-key", key=name, line=own[name].line)
                continue
            own[name] = self._document.keys[inner] = _place(key)
            data[name] = self.value(value, inner)
        for merged in self._merged(node):
            for key, value in self._pairs(merged):
                name, inner = str(key.value), (*path, str(key.value))
                if name not in data:
                    self._document.keys[inner] = _place(key)
                    data[name] = self.value(value, inner)
        return data

    def _pairs(self, node: MappingNode) -> Iterator[tuple[ScalarNode, Node]]:
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._complain(key, "key-not-text")
            elif str(key.tag) != f"{_TAG}merge":
                yield key, value

    def _merged(self, node: MappingNode) -> Iterator[MappingNode]:
        for key, value in node.value:
            if isinstance(key, ScalarNode) and str(key.tag) == f"{_TAG}merge":
                sources = value.value if isinstance(value, SequenceNode) else [value]
                for source in sources:
                    if isinstance(source, MappingNode):
                        yield source
                    else:
                        self._complain(source, "merge-not-mapping")

    def _scalar(self, node: Node) -> object:
        text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
        if kind.startswith("!"):
            self._complain(node, "tag", tag=kind)
        try:
            return _SCALARS.get(kind, str)(text)
        except ValueError:
            return text

    def _complain(self, node: Node, message: str, **values: str | int) -> None:
        self._document.problems.append(Problem((), message, dict(values), place=_place(node)))


def _whole(text: str) -> int:
    return int(text, 0) if text[:2].lower() in {"0x", "0o"} else int(text)


_SCALARS: dict[str, Callable[[str], object]] = {
    "int": _whole,
    "float": float,
    "bool": lambda text: text.lower() == "true",
    "null": lambda _: None,
}


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
