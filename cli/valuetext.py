"""A property's value as text on one line: secrets never, unknowns in words."""

import json
from collections.abc import Mapping

from hue_infra.cli.output import MASK
from hue_infra.engine.values import UNKNOWN, Archive, Asset, Sealed, Secret, Value, transform
from hue_infra.words import say

HIDDEN = "[secret]"  # what the engine writes for a secret value
NAMES = ("id", "name", "to", "address", "interface")
"""Keys that tell one item of a list from another, the best first."""
LONG = 4096
"""Characters of a value that a program is given at most."""


def shown(value: Value, room: int = LONG) -> str:
    """A value on one line of at most *room* characters."""
    masked = transform(value, _masked)
    if isinstance(masked, str) and masked in {MASK, say("cli.diff-unknown")}:
        return masked
    return clip(json.dumps(masked, ensure_ascii=False, default=str), room)


def item(value: Value) -> str:
    """An item of a list as a person says it: ``10.0.0.0/8 (via 10.1.1.1, metric 100)``."""
    masked = transform(value, _masked)
    if not isinstance(masked, Mapping):
        return masked if isinstance(masked, str) else shown(masked)
    name = name_of(masked)
    rest = (f"{key} {_plain(one)}" for key, one in masked.items() if one not in (name, []))
    return f"{name} ({', '.join(rest)})".lstrip()


def name_of(value: Value) -> str:
    """What tells an item of a list from the others; empty where nothing does."""
    if not isinstance(value, Mapping):
        return ""
    return next((str(value[key]) for key in NAMES if isinstance(value.get(key), str)), "")


def pair(before: Value, after: Value, room: int) -> tuple[str, str]:
    """Two values that fit in *room* characters together, with what differs in sight."""
    old, new = shown(before), shown(after)
    if len(old) + len(new) <= room:
        return old, new
    return _around(old, new, room // 2), _around(new, old, room // 2)


def clip(text: str, room: int) -> str:
    """Cut *text* to *room* characters."""
    return text if len(text) <= room else text[: max(1, room - 1)] + "…"


def _plain(value: Value) -> str:
    if isinstance(value, list):
        return " ".join(map(_plain, value))
    return value if isinstance(value, str) else shown(value)


def _around(text: str, other: str, room: int) -> str:
    """Clip *text* so that the place where it differs from *other* stays in sight."""
    start = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), 0)
    begin = max(0, start - room // 3) if len(text) > room else 0
    return clip(("…" if begin else "") + text[begin:], room)


def _masked(value: Value) -> Value:
    if isinstance(value, Secret | Sealed) or value == HIDDEN:
        return MASK
    if isinstance(value, Asset | Archive):
        return say("cli.diff-file", hash=value.hash[:8])
    return say("cli.diff-unknown") if value is UNKNOWN else value
