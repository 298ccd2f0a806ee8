"""Whose fields of an object are: what people wrote by hand, and how it is taken back.

The server notes for every field who wrote it last.  What an operator writes with kubectl is not
ours to the server: applying our own form again is refused where both name a field, and leaves
alone what only the operator has written.  So before a mending apply what hands have written is
made ours, and the apply then takes away what we do not ask for.  A controller's fields are left to
the controller, and a conflict with one is told.

Source: Kubernetes, "Server-Side Apply", field management and transferring ownership.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hue_infra.providers.kubernetes.api import MANAGER, Object

HANDS = ("kubectl", "k9s", "Mozilla", "node-fetch", "dashboard", "curl", "Headlamp")
"""How the names begin under which people's tools write: practice, not a standard."""
SPARED = ("kubectl-rollout",)
"""A restart by ``kubectl rollout restart`` is no other wish: undoing it would be one more restart.
"""
Path = tuple[str, ...]
"""Steps into an object as the server writes them: ``f:spec``, ``k:{"name":"web"}``, ``v:"x"``."""


def is_hand(manager: str) -> bool:
    """Whether people write under that name."""
    return manager.startswith(HANDS) and not manager.startswith(SPARED)


def by_hand(live: Object) -> list[Path]:
    """The fields of *live* that people wrote and that are not ours; the outermost of each."""
    ours = _merged(entry for entry in _entries(live) if _is_ours(entry))
    found: dict[Path, None] = {}
    for entry in _entries(live):
        if is_hand(str(entry.get("manager"))) and not entry.get("subresource"):
            found |= dict.fromkeys(_foreign(entry.get("fieldsV1") or {}, ours))
    return [path for path in found if path[0] != "f:status"]


def is_touched(live: Object) -> bool:
    """Whether people wrote any field of *live*."""
    return any(is_hand(str(entry.get("manager"))) for entry in _entries(live))


def writers(live: Object, path: Path) -> set[str]:
    """The names under which the field of *live* at *path* was written as it is."""
    return {
        str(entry.get("manager"))
        for entry in _entries(live)
        if _has(entry.get("fieldsV1") or {}, path)
    }


def taken_over(live: Object) -> list[Object]:
    """The server's notes on *live*, with what people wrote made ours."""
    kept: list[Object] = []
    mine: list[Object] = []
    for entry in _entries(live):
        hand = is_hand(str(entry.get("manager")))
        if _is_ours(entry) or (hand and not entry.get("subresource")):
            mine.append(entry)
        elif not hand or entry.get("subresource") == "status":
            # What a hand has scaled belongs to nobody then, and our own number counts again.
            kept.append(entry)
    if not mine:
        return kept
    own = copy.deepcopy(next(filter(_is_ours, mine), mine[0]))
    own |= {"manager": MANAGER, "operation": "Apply", "fieldsV1": _merged(mine)}
    return [*kept, own]


def value_at(obj: Any, path: Path) -> Any:  # noqa: ANN401 - any JSON
    """What *obj* has at *path*; None where there is nothing."""
    for step in path:
        obj = _child(obj, step)
        if obj is None:
            return None
    return obj


def with_value(obj: Object, path: Path, value: Any) -> Object:  # noqa: ANN401 - any JSON
    """*obj* with *value* at *path*; what lies on the way is made."""
    made = copy.deepcopy(obj)
    _put(made, path, value)
    return made


def _entries(live: Object) -> list[Object]:
    return list(live.get("metadata", {}).get("managedFields") or ())


def _is_ours(entry: Object) -> bool:
    own = entry.get("manager") == MANAGER and entry.get("operation") == "Apply"
    return own and not entry.get("subresource")


def _merged(entries: Any) -> Object:  # noqa: ANN401 - an iterable of entries
    made: Object = {}
    for entry in entries:
        _join(made, entry.get("fieldsV1") or {})
    return made


def _join(into: Object, other: Mapping[str, Any]) -> None:
    for key, inner in other.items():
        _join(into.setdefault(key, {}), inner)


def _has(fields: Mapping[str, Any], path: Path) -> bool:
    for step in path:
        if step not in fields:
            return False
        fields = fields[step]
    return True


def _foreign(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[Path]:
    for key, inner in theirs.items():
        if key == ".":
            continue
        if key in ours or (inner and "." not in inner):
            yield from ((key, *rest) for rest in _foreign(inner, ours.get(key, {})))
        else:
            # A leaf, or an item of a list or a map that is theirs as a whole.
            yield (key,)


def _child(obj: Any, step: str) -> Any:  # noqa: ANN401 - any JSON
    kind, _, text = step.partition(":")
    if kind == "f":
        return obj.get(text) if isinstance(obj, Mapping) else None
    if not isinstance(obj, list):
        return None
    return next((item for item in obj if _is_named(item, kind, text)), None)


def _is_named(item: Any, kind: str, text: str) -> bool:  # noqa: ANN401 - any JSON
    wanted = json.loads(text)
    if kind == "v":
        return bool(item == wanted)
    known = isinstance(item, Mapping) and isinstance(wanted, Mapping)
    return known and all(item.get(key) == value for key, value in wanted.items())


def _put(obj: Any, path: Path, value: Any) -> None:  # noqa: ANN401 - any JSON
    first, *rest = path
    kind, _, text = first.partition(":")
    inner = _child(obj, first)
    if kind == "f":
        if not rest:
            obj[text] = value
            return
        if inner is None:
            inner = obj[text] = {} if rest[0].startswith("f:") else []
    elif inner is None:
        obj.append(value if not rest else json.loads(text))
        inner = obj[-1]
    if rest:
        _put(inner, tuple(rest), value)
