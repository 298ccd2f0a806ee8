"""Paths into properties as programs write them: ``spec.ports[0].name``, ``tags["a.b"]``, ``*``.

>>> parse('spec["a.b"][0].*')
('spec', 'a.b', 0, '*')
>>> render(("spec", "a.b", 0))
'spec["a.b"][0]'
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from hue_infra.engine.values import Path, PropertyMap, Secret, Value, reveal
from hue_infra.errors import EngineError
from hue_infra.words import say

ANY: Final = "*"
_STEP = re.compile(
    r"""\.?(?P<name>[^.\["\]]+)
    | \[(?P<index>\d+)\]
    | \["(?P<quoted>(?:[^"\\]|\\.)*)"\]
    | \[(?P<any>\*)\]""",
    re.VERBOSE,
)


class _Missing:
    """No value at all, where None is a value."""


_MISSING: Final = _Missing()


def parse(text: str) -> Path:
    """Read a path.

    Raises:
        EngineError: The text is no path.
    """
    path: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise EngineError(say("deployment.bad-path", path=text))
        path.append(_step(match))
        position = match.end()
    return tuple(path)


def render(path: Path) -> str:
    """Write a path."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r'[^.\["\]]+', step):
            text += f".{step}" if text else step
        else:
            text += '["' + step.replace('"', '\\"') + '"]'
    return text


def covers(selector: Path, path: Path) -> bool:
    """Whether *path* is what *selector* names, or lies inside it."""
    return len(selector) <= len(path) and all(
        want in (ANY, step) for want, step in zip(selector, path, strict=False)
    )


def look_up(properties: Mapping[str, Value], path: Path) -> Value:
    """The value at *path*, or None; the inside of a secret comes out as a secret."""
    value: Value = dict(properties)
    hidden = False
    for step in path:
        hidden = hidden or isinstance(value, Secret)
        found = _child(reveal(value), step)
        if isinstance(found, _Missing):
            return None
        value = found
    return Secret(value) if hidden and not isinstance(value, Secret) else value


def ignoring(new: PropertyMap, old: PropertyMap, selectors: Iterable[str]) -> PropertyMap:
    """*new* with what *selectors* name taken from *old*: the program's ``ignore_changes``."""
    return ignored(new, old, selectors)[0]


def ignored(
    new: PropertyMap, old: PropertyMap, selectors: Iterable[str]
) -> tuple[PropertyMap, tuple[str, ...]]:
    """As `ignoring`, and the selectors that cannot be kept to.

    Those are they that name a part which only one of the two has: nothing is put around a value
    to hold it, and no list is made longer or shorter.
    """
    value: Value = new
    missed = []
    for selector in selectors:
        reset = _Reset()
        value = reset.at(value, old, parse(selector))
        if not reset.whole:
            missed.append(selector)
    return (value if isinstance(value, dict) else new), tuple(missed)


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return match["quoted"].replace('\\"', '"')
    return match["name"] or ANY


def _child(value: "Value | _Missing", step: str | int) -> "Value | _Missing":
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, _MISSING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return _MISSING


class _Reset:
    """Takes what a path names from an old value; `whole` tells whether all of it was there."""

    def __init__(self) -> None:
        self.whole = True

    def at(self, new: Value, old: "Value | _Missing", path: Path, *, hidden: bool = False) -> Value:
        """*new* with the part at *path* from *old*, secret if it was (*hidden*) secret there."""
        if isinstance(new, Secret):
            return Secret(self.at(new.value, _bare(old), path))
        hidden = hidden or isinstance(old, Secret)
        old = _bare(old)
        if path[0] == ANY:
            return self._all(new, old, path, hidden=hidden)
        if len(path) == 1:
            return self._leaf(new, old, path[0], hidden=hidden)
        before, after = _child(old, path[0]), _child(new, path[0])
        if isinstance(after, _Missing):
            self.whole = self.whole and isinstance(before, _Missing)
            return new
        if isinstance(path[0], int) and isinstance(before, _Missing):
            self.whole = False
            return new
        return _with(new, path[0], self.at(after, before, path[1:], hidden=hidden))

    def _leaf(self, new: Value, old: "Value | _Missing", step: str | int, *, hidden: bool) -> Value:
        before, after = _child(old, step), _child(new, step)
        if isinstance(step, int):
            fits = isinstance(before, _Missing) == isinstance(after, _Missing)
        else:
            fits = isinstance(before, _Missing) or isinstance(new, dict)
        self.whole = self.whole and fits
        if hidden and not isinstance(before, _Missing | Secret):
            before = Secret(before)
        return _with(new, step, before)

    def _all(self, new: Value, old: "Value | _Missing", path: Path, *, hidden: bool) -> Value:
        if not _alike(old, new):
            # Something else altogether: only at a leaf is there nothing to take from it.
            self.whole = self.whole and len(path) == 1 and isinstance(new, dict | list)
            return new
        if isinstance(new, list) and isinstance(old, list):
            self.whole = self.whole and len(new) == len(old)
        for step in _steps(new, old):
            if len(path) == 1:
                new = self._leaf(new, old, step, hidden=hidden)
            else:
                new = self.at(new, old, (step, *path[1:]), hidden=hidden)
        return new


def _bare(value: "Value | _Missing") -> "Value | _Missing":
    return value if isinstance(value, _Missing) else reveal(value)


def _alike(old: "Value | _Missing", new: Value) -> bool:
    return (isinstance(old, dict) and isinstance(new, dict)) or (
        isinstance(old, list) and isinstance(new, list)
    )


def _steps(new: Value, old: "Value | _Missing") -> list[str | int]:
    if isinstance(new, dict) and isinstance(old, dict):
        return [*dict.fromkeys((*new, *old))]
    if isinstance(new, list) and isinstance(old, list):
        return [*range(min(len(new), len(old)))]
    return []


def _with(container: Value, step: str | int, value: "Value | _Missing") -> Value:
    if isinstance(container, dict) and isinstance(step, str):
        rest = {key: item for key, item in container.items() if key != step}
        return rest if isinstance(value, _Missing) else {**rest, step: value}
    if isinstance(container, list) and isinstance(step, int) and step < len(container):
        if isinstance(value, _Missing):
            return container
        return [*container[:step], value, *container[step + 1 :]]
    return container
