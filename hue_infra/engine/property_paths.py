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
    value: Value = new
    for selector in selectors:
        value = _restored(value, old, parse(selector))
    return value if isinstance(value, dict) else new


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return match["quoted"].replace('\\"', '"')
    return match["name"] or ANY


def _child(value: Value, step: str | int) -> "Value | _Missing":
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, _MISSING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return _MISSING


def _restored(new: Value, old: Value, path: Path) -> Value:
    if isinstance(new, Secret):
        return Secret(_restored(new.value, old, path))
    old = reveal(old)
    for step in _steps(new, old, path[0]):
        before, after = _child(old, step), _child(new, step)
        if len(path) > 1:
            if isinstance(after, _Missing) or isinstance(before, _Missing):
                continue
            before = _restored(after, before, path[1:])
        new = _with(new, step, before)
    return new


def _steps(new: Value, old: Value, step: str | int) -> list[str | int]:
    if step != ANY:
        return [step]
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
