"""What pydantic finds wrong with a file, told as our own problems."""

import difflib
import ipaddress
import re
from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from hue_infra.model.document import KeyPath, Problem
from hue_infra.model.province import Part, Province
from hue_infra.units import Quantity

_SHOWN = 40
"""Longest piece of the file that a message repeats."""
_LISTED = 12
"""Most words that a message lists."""

_FORMS = {
    r"^\d{2}$": "form-code",
    r"^[a-z0-9.-]+\.gov\.vn$": "form-domain",
    r"^[A-Y]\d{2}$": "form-organ",
    r"^[A-Z]{2}$": "form-country",
    r"^[a-z][a-z0-9-]{0,30}$": "form-name",
}
"""Message of each pattern the model uses."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like *word*, or nothing."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else ""


def listed(words: Iterable[str]) -> str:
    """Words as a message lists them, the first dozen at most."""
    words = list(words)
    return ", ".join(words[:_LISTED]) + (", …" if len(words) > _LISTED else "")


def suggestion(word: str, known: Iterable[str]) -> dict[str, str | int | float]:
    """The values ``near`` and ``known`` of a message about an unknown word."""
    known = list(known)
    return {"near": nearest(word, known) or "-", "known": listed(known) or "-"}


def problem(error: ErrorDetails) -> Problem:
    """Our problem for one error of pydantic's."""
    path, kind = tuple(error["loc"]), error["type"]
    if path and path[-1] == "[key]":
        name = str(path[-2])
        return Problem(path[:-1], _form(error), {"value": shown(name)}, on_key=True)
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "missing":
        return _missing(path)
    return _wrong(path, error)


def _unknown(path: KeyPath) -> Problem:
    known = list(_fields(_annotation(path[:-1])))
    key = str(path[-1])
    return Problem(path, "unknown-key", {"key": key} | suggestion(key, known), on_key=True)


def _missing(path: KeyPath) -> Problem:
    if isinstance(path[-1], int):
        return Problem(path[:-1], "pair")
    field = _fields(_annotation(path[:-1]))[str(path[-1])]
    values = {"key": str(path[-1]), "example": _example(field)}
    return Problem(path[:-1], "missing-key", dict(values), on_key=True)


def _wrong(path: KeyPath, error: ErrorDetails) -> Problem:
    kind, given = error["type"], error["input"]
    values: dict[str, str | int | float] = {"value": shown(given)}
    annotation = _bare(_annotation(path))
    if given is None:
        return Problem(path, "nothing", {"example": _example(annotation)}, on_key=True)
    if kind == "enum":
        return Problem(path, "choice", values | suggestion(str(given), list(annotation)))
    if _is(annotation, Quantity):
        units = {"units": listed(annotation.UNITS), "example": annotation.EXAMPLE}
        return Problem(path, "quantity", values | units)
    if kind in {"ip_v4_network", "ip_v6_network"}:
        return _network(path, str(given), annotation)
    if message := _MESSAGES.get(kind):
        return Problem(path, message, values | _limits(error))
    if kind == "string_pattern_mismatch":
        return Problem(path, _form(error), values)
    return Problem(path, "other", values | {"words": error["msg"]})


_MESSAGES = {
    "string_type": "text",
    "int_type": "whole",
    "int_parsing": "whole",
    "int_from_float": "whole",
    "float_type": "number",
    "float_parsing": "number",
    "bool_type": "truth",
    "bool_parsing": "truth",
    "model_type": "mapping",
    "dict_type": "mapping",
    "tuple_type": "list",
    "too_long": "pair",
    "date_type": "date",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
    "greater_than": "above",
    "greater_than_equal": "least",
    "less_than_equal": "most",
}


def _limits(error: ErrorDetails) -> dict[str, str | int | float]:
    return {
        name: f"{value:g}"
        for name, value in error.get("ctx", {}).items()
        if name in {"gt", "ge", "le"}
    }


def _form(error: ErrorDetails) -> str:
    return _FORMS.get(str(error.get("ctx", {}).get("pattern")), "form")


def _network(path: KeyPath, given: str, annotation: object) -> Problem:
    """A range that is none; one with host bits set is told its right form."""
    values = {"value": shown(given)}
    try:
        right = ipaddress.ip_network(given, strict=False)
    except ValueError:
        right = None
    wanted = 4 if annotation is IPv4Network else 6
    if right is not None and right.version == wanted:
        return Problem(path, "network-host-bits", values | {"right": str(right)})
    return Problem(path, f"network-{wanted}", dict(values))


def shown(value: object) -> str:
    """A value as the file wrote it, cut when long."""
    if isinstance(value, dict):
        text = "{" + ", ".join(map(str, value)) + "}"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(map(str, value)) + "]"
    else:
        text = re.sub(r"\s+", " ", str(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _annotation(path: KeyPath) -> Any:
    """The type the model wants at that path."""
    wanted: Any = Province
    for part in path:
        wanted = _bare(wanted)
        if _is(wanted, Part):
            field = _fields(wanted).get(str(part))
            wanted = field.annotation if field is not None else None
        elif get_origin(wanted) is dict:
            wanted = get_args(wanted)[1]
        elif get_origin(wanted) is tuple:
            items = get_args(wanted)
            wanted = items[0] if items[-1] is ... else items[int(part) % len(items)]
    return wanted


def _bare(annotation: Any) -> Any:
    """The type without its constraints and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in {Union, UnionType}:
        return _bare(next(a for a in get_args(annotation) if a is not NoneType))
    return annotation


def _fields(annotation: Any) -> dict[str, FieldInfo]:
    bare = _bare(annotation)
    if not _is(bare, Part):
        return {}
    return {field.alias or name: field for name, field in bare.model_fields.items()}


def _is(annotation: object, kind: type) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, kind)


_SAMPLES: dict[object, str] = {
    IPv4Network: "10.0.0.0/16",
    IPv6Network: "2001:db8::/44",
    int: "1",
    float: "1",
    bool: "true",
    str: "…",
}


def _example(wanted: Any) -> str:
    """What could stand there."""
    if isinstance(wanted, FieldInfo):
        if wanted.examples:
            return str(wanted.examples[0])
        wanted = wanted.annotation
    bare = _bare(wanted)
    if _is(bare, Quantity):
        return str(bare.EXAMPLE)
    if _is(bare, StrEnum):
        return str(next(iter(bare)))
    if get_origin(bare) is tuple:
        inner = {_example(item) for item in get_args(bare) if item is not ...}
        return f"[{', '.join(sorted(inner))}]"
    return _SAMPLES.get(bare, "{…}")
