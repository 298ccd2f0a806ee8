"""The blueprint as one JSON document, for ``--json`` and for other programs."""

import dataclasses
import datetime
import ipaddress
import json
from typing import cast

from pydantic import BaseModel

from hue_infra.blueprint.plan import Blueprint
from hue_infra.units import Bandwidth, DataSize

SCHEMA = 1
"""Version of the document: raised when a key changes its meaning or goes."""

_ADDRESSES = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
    datetime.date,
)


def to_json(blueprint: Blueprint) -> str:
    """The whole blueprint; quantities are numbers whose key ends in their unit."""
    return json.dumps({"schema": SCHEMA, **_record(blueprint)}, ensure_ascii=False, indent=1)


def _record(value: object) -> dict[str, object]:
    record: dict[str, object] = {}
    # Any dataclass will do; the language has no public name for "a dataclass".
    for field in dataclasses.fields(cast("Blueprint", value)):
        name, part = field.name, getattr(value, field.name)
        if isinstance(part, Bandwidth):
            record[f"{name}_mbps"] = part.mbps
        elif isinstance(part, DataSize):
            record[f"{name}_tb"] = part.tb
        else:
            record[name] = _value(part)
    return record


def _value(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, _ADDRESSES):
        return str(value)
    if isinstance(value, tuple | list):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _value(one) for key, one in value.items()}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return _record(value)
