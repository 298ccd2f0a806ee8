"""What pydantic finds wrong with a file, told as our own problems."""

import difflib
import ipaddress
import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from pydantic_core import ErrorDetails

from hue_infra.model.document import KeyPath, Problem
from hue_infra.model.wanted import bare, choices, example, fields, wanted_at
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


def suggestion(word: str, known: Iterable[str]) -> dict[str, str]:
    """The values ``near`` and ``known`` of a message about an unknown word."""
    known = list(known)
    return {"near": nearest(word, known) or "none", "known": listed(known) or "none"}


def problems(errors: Iterable[ErrorDetails]) -> list[Problem]:
    """Our problems for pydantic's errors; a key that is only misspelt is not missing too."""
    found = [_problem(error) for error in errors]
    meant = {(p.path[:-1], p.values["near"]) for p in found if p.message == "unknown-key"}
    return [
        p for p in found if p.message != "missing-key" or (p.path, p.values["key"]) not in meant
    ]


def _problem(error: ErrorDetails) -> Problem:
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
    key, known = str(path[-1]), fields(wanted_at(path[:-1]))
    return Problem(path, "unknown-key", {"key": key, **suggestion(key, known)}, on_key=True)


def _missing(path: KeyPath) -> Problem:
    if isinstance(path[-1], int):
        return Problem(path[:-1], "pair")
    key = str(path[-1])
    sample = example(fields(wanted_at(path[:-1]))[key])
    return Problem(path[:-1], "missing-key", {"key": key, "example": sample}, on_key=True)


def _wrong(path: KeyPath, error: ErrorDetails) -> Problem:
    given, wanted = error["input"], bare(wanted_at(path))
    values = {"value": shown(given), **_limits(error)}
    if given is None:
        return Problem(path, "nothing", {"example": example(wanted)}, on_key=True)
    values["example"] = example(wanted)
    if words := choices(wanted):
        return Problem(path, "choice", {**values, **suggestion(str(given), words)})
    if isinstance(wanted, type) and issubclass(wanted, Quantity):
        return Problem(path, "quantity", {**values, "units": listed(wanted.UNITS)})
    if error["type"] in {"ip_v4_network", "ip_v6_network"}:
        return _network(path, str(given), is_v4=wanted is IPv4Network)
    message = _MESSAGES.get(error["type"], "other")
    return Problem(path, message or _form(error), {**values, "words": error["msg"]})


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
    "too_short": "at-least-one",
    "date_type": "date",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
    "greater_than": "above",
    "greater_than_equal": "least",
    "less_than_equal": "most",
    "string_pattern_mismatch": "",  # by the pattern
}


def _limits(error: ErrorDetails) -> dict[str, str]:
    return {
        name: f"{value:g}"
        for name, value in error.get("ctx", {}).items()
        if name in {"gt", "ge", "le"}
    }


def _form(error: ErrorDetails) -> str:
    return _FORMS.get(str(error.get("ctx", {}).get("pattern")), "form")


def _network(path: KeyPath, given: str, *, is_v4: bool) -> Problem:
    """A range that is none; one with host bits set is told its right form."""
    values = {"value": shown(given)}
    try:
        right = ipaddress.ip_network(given, strict=False)
    except ValueError:
        right = None
    wanted = 4 if is_v4 else 6
    if right is not None and right.version == wanted:
        return Problem(path, "network-host-bits", {**values, "right": str(right)})
    return Problem(path, f"network-{wanted}", values)


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
