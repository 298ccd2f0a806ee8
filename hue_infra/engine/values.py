"""Property values: what resources are described with, as the engine holds them in Python.

=====================  =====================================================================
A value                 is
=====================  =====================================================================
``None bool int float str list dict``   itself; every number is a double on the wire
``Secret(value)``       a value that is encrypted in state and masked on screen
``UNKNOWN``             a value that a preview cannot know yet
``Asset``, ``Archive``  text, files or directories, told apart by a hash of their content
``ResourceReference``   another resource, passed as a value
``OutputValue``         a value with its dependencies; on the wire only, see `plain`
``Sealed``              a secret read without the passphrase; in cheap reads of state only
=====================  =====================================================================

Not here: the protobuf form (`wire`), the JSON form (`encoding`), paths as text (`paths`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Final, Literal, TypeAlias, final


@final
class Unknown:
    """The type of `UNKNOWN`, of which there is one object: compare it by identity."""

    __slots__ = ()

    def __copy__(self) -> "Unknown":
        return self

    def __deepcopy__(self, memo: object) -> "Unknown":
        return self

    def __reduce__(self) -> str:
        return "UNKNOWN"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must never be shown or stored in clear; its repr does not show it."""

    value: "Value" = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret still encrypted: what a read of state without the passphrase yields."""

    ciphertext: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file or text: exactly one of *text*, *path*, *uri*; *hash* is SHA-256 in hex."""

    text: str | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """Many files: exactly one of *assets* (by name), *path*, *uri*; *hash* is SHA-256 in hex."""

    assets: "Mapping[str, Asset | Archive] | None" = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""


@dataclass(frozen=True, slots=True)
class ResourceReference:
    """Another resource as a value; *id* is None for a component and UNKNOWN before creation."""

    urn: str
    id: "str | Unknown | None" = None
    package_version: str = ""


@dataclass(frozen=True, slots=True)
class OutputValue:
    """A value that carries its dependencies; *value* is UNKNOWN when not known yet."""

    value: "Value"
    secret: bool = False
    dependencies: tuple[str, ...] = ()


Value: TypeAlias = (
    "bool | int | float | str | list[Value] | dict[str, Value] | Secret | Sealed | Unknown"
    " | Asset | Archive | ResourceReference | OutputValue | None"
)
PropertyMap: TypeAlias = dict[str, Value]
Kind: TypeAlias = Literal["add", "delete", "update"]
Path: TypeAlias = tuple[str | int, ...]
_SIMPLE: Final = (str, float, bool, int, type(None))
"""Nearly all values are of these, which hold nothing: they go by a shorter way."""


def is_internal(key: str) -> bool:
    """Whether a property belongs to a provider's bookkeeping (``__inputs``, ``__provider``)."""
    return key.startswith("__")


def children(value: Value) -> Iterable[Value]:
    """The values directly inside *value*."""
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case Secret() | OutputValue():
            return (value.value,)
        case ResourceReference(id=Unknown()):
            return (UNKNOWN,)
        case _:
            return ()


def parts(value: Value) -> Iterator[Value]:
    """*value* and everything inside it, in no order."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        yield item
        if not isinstance(item, _SIMPLE):
            waiting.extend(children(item))


def vessels(value: Value) -> Iterator[Value]:
    """As `parts`, without texts, numbers and nulls: all that can hold or hide something."""
    waiting = [] if isinstance(value, _SIMPLE) else [value]
    while waiting:
        item = waiting.pop()
        yield item
        waiting += [part for part in children(item) if not isinstance(part, _SIMPLE)]


def has_unknown(value: Value) -> bool:
    """Whether anything inside *value* is not known yet."""
    return any(item is UNKNOWN for item in vessels(value))


def has_secret(value: Value) -> bool:
    """Whether anything inside *value* is secret."""
    return any(
        isinstance(item, Secret | Sealed) or (isinstance(item, OutputValue) and item.secret)
        for item in vessels(value)
    )


def transform(value: Value, change: Callable[[Value], Value]) -> Value:
    """A copy of *value* rebuilt from the inside out, each part passed through *change*."""
    if isinstance(value, _SIMPLE):
        return change(value)
    match value:
        case dict():
            return change({key: transform(item, change) for key, item in value.items()})
        case list():
            return change([transform(item, change) for item in value])
        case Secret():
            return change(Secret(transform(value.value, change)))
        case OutputValue():
            inner = transform(value.value, change)
            return change(OutputValue(inner, value.secret, value.dependencies))
        case _:
            return change(value)


def without_secrets(value: Value) -> Value:
    """*value* with every secret's wrapper taken off: for providers that do not accept secrets."""
    return transform(value, _unwrap)


def properties_without_secrets(properties: Mapping[str, Value]) -> PropertyMap:
    """As `without_secrets`, for a whole property map."""
    return {key: without_secrets(value) for key, value in properties.items()}


def plain(value: Value) -> Value:
    """*value* with output values turned into what they carry: a secret, an unknown or a value."""
    return transform(value, _plain)


def secret(value: Value) -> Secret:
    """*value* as a secret, wrapped once."""
    return value if isinstance(value, Secret) else Secret(value)


def reveal(value: Value) -> Value:
    """The value inside a secret, or *value* itself; nothing deeper is touched."""
    while isinstance(value, Secret):
        value = value.value
    return value


def dependencies(value: Value) -> frozenset[str]:
    """URNs that the output values inside *value* depend on."""
    found = (item.dependencies for item in vessels(value) if isinstance(item, OutputValue))
    return frozenset(urn for urns in found for urn in urns)


def annotate_secrets(outputs: Mapping[str, Value], inputs: Mapping[str, Value]) -> PropertyMap:
    """Mark secret each output whose namesake input is: for providers that give secrets in clear.

    Inside maps and lists the same holds for the parts, so that one secret field does not hide
    its neighbours.
    """
    return {
        key: _annotated(value, inputs[key]) if key in inputs else value
        for key, value in outputs.items()
    }


def same(old: Value, new: Value) -> bool:
    """Whether two values say the same, secretness, absent nulls and int-or-float aside."""
    return not diff_values(old, new)


def diff_values(
    old: Value,
    new: Value,
    *,
    ignore: Callable[[str], bool] = lambda _: False,
    secretness: bool = False,
) -> dict[Path, Kind]:
    """Where and how *new* differs from *old*: path to ``add``, ``delete`` or ``update``.

    Args:
        old: What was.
        new: What is wanted.
        ignore: Names of properties at any depth that do not count (see `is_internal`).
        secretness: Count a value as updated when it only became secret, or no longer is.

    A null in a map counts as absent, as upstream; two unknowns are equal.
    """
    return dict(_differences(old, new, (), _Rules(ignore, secretness)))


@dataclass(frozen=True, slots=True)
class _Rules:
    ignore: Callable[[str], bool]
    secretness: bool


def _differences(old: Value, new: Value, path: Path, rules: _Rules) -> Iterator[tuple[Path, Kind]]:
    if isinstance(old, Secret) != isinstance(new, Secret) and rules.secretness:
        yield path, "update"
        return
    old, new = reveal(old), reveal(new)
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _map_differences(old, new, path, rules)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_differences(old, new, path, rules)
    elif not _equal(old, new):
        yield path, "update"


def _map_differences(
    old: PropertyMap, new: PropertyMap, path: Path, rules: _Rules
) -> Iterator[tuple[Path, Kind]]:
    for key in (*old, *(key for key in new if key not in old)):
        if rules.ignore(key):
            continue
        before, after = old.get(key), new.get(key)
        if before is None and after is None:
            continue
        if before is None:
            yield (*path, key), "add"
        elif after is None:
            yield (*path, key), "delete"
        else:
            yield from _differences(before, after, (*path, key), rules)


def _list_differences(
    old: list[Value], new: list[Value], path: Path, rules: _Rules
) -> Iterator[tuple[Path, Kind]]:
    for index, (before, after) in enumerate(zip(old, new, strict=False)):
        yield from _differences(before, after, (*path, index), rules)
    for index in range(len(new), len(old)):
        yield (*path, index), "delete"
    for index in range(len(old), len(new)):
        yield (*path, index), "add"


def _equal(old: Value, new: Value) -> bool:
    # True equals 1 in Python, and is another value in a property map.
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, Asset | Archive) and type(old) is type(new):
        return _same_content(old, new)
    if isinstance(old, ResourceReference) and isinstance(new, ResourceReference):
        return (old.urn, old.id) == (new.urn, new.id)
    if isinstance(old, OutputValue) and isinstance(new, OutputValue):
        same_marks = old.secret == new.secret and old.dependencies == new.dependencies
        return same_marks and same(old.value, new.value)
    if isinstance(old, float) and isinstance(new, float) and isnan(old) and isnan(new):
        return True
    return old == new


def _same_content(old: Asset | Archive, new: Value) -> bool:
    """Compare by hash: the same bytes from another path are no change."""
    if isinstance(new, Asset | Archive) and old.hash and new.hash:
        return old.hash == new.hash
    return old == new


def _unwrap(value: Value) -> Value:
    match value:
        case Secret():
            return value.value
        case OutputValue(secret=True):
            return OutputValue(value.value, False, value.dependencies)
        case _:
            return value


def _plain(value: Value) -> Value:
    if not isinstance(value, OutputValue):
        return value
    return secret(value.value) if value.secret else value.value


def _annotated(output: Value, given: Value) -> Value:
    if isinstance(output, Secret) or isinstance(given, _SIMPLE):
        return output
    if isinstance(given, Secret):
        return Secret(output)
    if isinstance(output, dict) and isinstance(given, dict):
        return annotate_secrets(output, given)
    if isinstance(output, list) and isinstance(given, list) and len(output) == len(given):
        return [_annotated(item, part) for item, part in zip(output, given, strict=True)]
    # The shapes differ, so a secret part cannot be found again: hide the whole.
    return Secret(output) if has_secret(given) else output
