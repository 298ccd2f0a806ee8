"""Property values as protobuf Struct, the form the Pulumi SDK and its providers speak.

Whole numbers become int on arrival, since every number on the wire is a double.
Source: pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go.

Not here: hashing of assets (`assets`), the JSON of state (`encoding`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from google.protobuf import struct_pb2

from hue_infra.engine import signatures as sign
from hue_infra.engine.encoding import from_signed, signed, whole
from hue_infra.engine.values import (
    UNKNOWN,
    Asset,
    OutputValue,
    PropertyMap,
    ResourceReference,
    Sealed,
    Secret,
    Unknown,
    Value,
    plain,
)
from hue_infra.errors import EngineError
from hue_infra.words import say


@dataclass(frozen=True, slots=True)
class Keep:
    """What the other side accepts; the rest is turned into what it does accept.

    Attributes:
        secrets: False sends secrets in clear: mark the answer again with `annotate_secrets`.
        resources: False sends a reference as its id, a component's as its URN.
        outputs: True sends output values with their dependencies.
        unknowns: False leaves unknown properties out.
    """

    secrets: bool = True
    resources: bool = True
    outputs: bool = False
    unknowns: bool = True


ALL = Keep(outputs=True)
USUAL = Keep()


def to_struct(values: Mapping[str, Value], keep: Keep = USUAL) -> struct_pb2.Struct:
    """The Struct of a property map, for a side that accepts what *keep* says."""
    result = struct_pb2.Struct()
    _fill(result, _object(values, keep))
    return result


def to_value(value: Value, keep: Keep = USUAL) -> struct_pb2.Value:
    """The protobuf value of one value."""
    result = struct_pb2.Value()
    _set(result, _plain_data(value, keep))
    return result


def from_struct(data: struct_pb2.Struct) -> PropertyMap:
    """The property map of a Struct.

    Raises:
        EngineError: It holds a signature that this engine does not know.
    """
    return {key: _from(item, key) for key, item in data.fields.items()}


def from_value(data: struct_pb2.Value) -> Value:
    """The value of a protobuf value."""
    return _from(data, "")


def _from(data: struct_pb2.Value, where: str) -> Value:
    match data.WhichOneof("kind"):
        case "bool_value":
            return data.bool_value
        case "number_value":
            return whole(data.number_value)
        case "string_value":
            return UNKNOWN if data.string_value in sign.UNKNOWNS else data.string_value
        case "list_value":
            items = enumerate(data.list_value.values)
            return [_from(item, f"{where}[{index}]") for index, item in items]
        case "struct_value":
            return _from_map(data.struct_value, where)
        case _:
            return None


def _from_map(data: struct_pb2.Struct, where: str) -> Value:
    if sign.KEY not in data.fields:
        return {key: _from(item, f"{where}.{key}") for key, item in data.fields.items()}
    try:
        return _from_signed(data, where)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise EngineError(
            say("engine.value-strange", where=where, problem=str(problem))
        ) from problem


def _from_signed(data: struct_pb2.Struct, where: str) -> Value:
    match data.fields[sign.KEY].string_value:
        case sign.SECRET:
            return Secret(_from(data.fields["value"], where))
        case sign.OUTPUT:
            return _from_output(data, where)
        case _:
            return from_signed(_naked(data))


def _from_output(data: struct_pb2.Struct, where: str) -> OutputValue:
    fields = data.fields
    value = _from(fields["value"], where) if "value" in fields else UNKNOWN
    secret = fields["secret"].bool_value if "secret" in fields else False
    urns = fields["dependencies"].list_value.values if "dependencies" in fields else ()
    return OutputValue(value, secret, tuple(urn.string_value for urn in urns))


def _naked(data: struct_pb2.Struct) -> dict[str, object]:
    """The plain data of a signed map, signatures within it left as they are."""
    return {key: _naked_value(item) for key, item in data.fields.items()}


def _naked_value(data: struct_pb2.Value) -> object:
    match data.WhichOneof("kind"):
        case "struct_value":
            return _naked(data.struct_value)
        case "list_value":
            return [_naked_value(item) for item in data.list_value.values]
        case "null_value" | None:
            return None
        case kind:
            return getattr(data, kind)


def _object(values: Mapping[str, Value], keep: Keep) -> dict[str, object]:
    return {
        key: _plain_data(value, keep)
        for key, value in values.items()
        if keep.unknowns or not isinstance(value, Unknown)
    }


def _plain_data(value: Value, keep: Keep) -> object:
    match value:
        case dict():
            return _object(value, keep)
        case list():
            return [_plain_data(item, keep) for item in value]
        case Secret():
            inner = _plain_data(value.value, keep)
            return {sign.KEY: sign.SECRET, "value": inner} if keep.secrets else inner
        case OutputValue():
            return _output(value, keep)
        case _:
            return _leaf(value, keep)


def _leaf(value: Value, keep: Keep) -> object:
    match value:
        case ResourceReference() if not keep.resources:
            return _plain_data(value.urn if value.id is None else value.id, keep)
        case Asset(text=text, path=None, uri=None):
            # An empty text must be said on the wire, where the SDK looks for the key.
            return {**cast("dict[str, object]", signed(value)), "text": text or ""}
        case Sealed():
            raise TypeError("a sealed secret never leaves the state")
        case None | bool() | int() | float() | str():
            return value
        case _:
            return signed(value)


def _output(value: OutputValue, keep: Keep) -> object:
    if not keep.outputs:
        return _plain_data(plain(value), keep)
    data: dict[str, object] = {sign.KEY: sign.OUTPUT}
    if value.value is not UNKNOWN:
        data["value"] = _plain_data(value.value, keep)
    if value.secret:
        data["secret"] = True
    if value.dependencies:
        data["dependencies"] = list(value.dependencies)
    return data


def _fill(target: struct_pb2.Struct, data: Mapping[str, object]) -> None:
    for key, item in data.items():
        _set(target.fields[key], item)


def _set(target: struct_pb2.Value, data: object) -> None:
    match data:
        case None:
            target.null_value = struct_pb2.NULL_VALUE
        case bool():
            target.bool_value = data
        case int() | float():
            target.number_value = data
        case str():
            target.string_value = data
        case dict():
            target.struct_value.SetInParent()
            _fill(target.struct_value, data)
        case _:
            target.list_value.SetInParent()
            for item in cast("list[object]", data):
                _set(target.list_value.values.add(), item)
