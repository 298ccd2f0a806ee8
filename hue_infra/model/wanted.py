"""What the model wants at a place of the file, read off the types themselves."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from hue_infra.model.document import KeyPath
from hue_infra.model.province import Part, Province
from hue_infra.units import Quantity


def wanted_at(path: KeyPath) -> object:
    """The type of the value at that path; None where the model has nothing there."""
    wanted: object = Province
    for part in path:
        wanted = _inside(bare(wanted), part)
    return wanted


def _inside(outer: object, part: str | int) -> object:
    if known := fields(outer):
        return known[str(part)].annotation if str(part) in known else None
    if get_origin(outer) is dict:
        return get_args(outer)[1]
    if get_origin(outer) is tuple:
        items = get_args(outer)
        return items[0] if items[-1] is ... else items[int(part) % len(items)]
    return None


def bare(annotation: object) -> object:
    """The type without its constraints and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in {Union, UnionType}:
        return bare(next(a for a in get_args(annotation) if a is not NoneType))
    return annotation


def choices(wanted: object) -> list[str]:
    """The words that may stand there; none where any may."""
    kind = bare(wanted)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return [choice.value for choice in kind]
    return list(get_args(kind)) if get_origin(kind) is Literal else []


def fields(annotation: object) -> dict[str, FieldInfo]:
    """The keys a part of the file may have; none for anything else."""
    part = bare(annotation)
    if not (isinstance(part, type) and issubclass(part, Part)):
        return {}
    return {field.alias or name: field for name, field in part.model_fields.items()}


_SAMPLES: dict[object, str] = {
    IPv4Network: "10.0.0.0/16",
    IPv6Network: "2001:db8::/44",
    int: "1",
    float: "1",
    bool: "true",
    str: "…",
}


def example(wanted: object) -> str:
    """What could stand there."""
    if isinstance(wanted, FieldInfo):
        return str(wanted.examples[0]) if wanted.examples else example(wanted.annotation)
    kind = bare(wanted)
    if isinstance(kind, type) and issubclass(kind, Quantity):
        return kind.EXAMPLE
    if words := choices(kind):
        return words[0]
    if get_origin(kind) is tuple:
        inner = (example(item) for item in get_args(kind) if item is not ...)
        return f"[{', '.join(inner)}]"
    needed = {key: field for key, field in fields(kind).items() if field.is_required()}
    if needed:
        return "{" + ", ".join(f"{key}: {example(field)}" for key, field in needed.items()) + "}"
    return _SAMPLES.get(kind, "{…}")
