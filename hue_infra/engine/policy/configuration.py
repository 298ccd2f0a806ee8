"""How a pack's policies are configured: defaults, the pack's own wishes, the operator's file.

Each layer overrides the one before. Source: pulumi/pulumi, pkg/resource/analyzer/config.go.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast, get_args

import jsonschema

from hue_infra.engine.analysis import Level
from hue_infra.errors import InputError
from hue_infra.words import say

ALL = "all"
"""In place of a policy's name: the level of every policy."""
LEVEL = "enforcementLevel"
ENVIRONMENTS = "environments"
"""Key of Pulumi Cloud's environments, which no file backend has."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a layer says of one policy."""

    level: Level | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as its pack describes it; *schemas* is None for a pack that takes no settings."""

    name: str
    level: Level
    schemas: Mapping[str, Mapping[str, Any]] | None = None
    """Property to its JSON schema."""
    required: tuple[str, ...] = ()
    severity: str = ""
    kind: str = ""
    """``resource``, ``stack``, or empty where the pack does not say."""

    def defaults(self) -> Setting:
        """What holds where nobody says anything."""
        schemas = (self.schemas or {}).items()
        values = {key: schema["default"] for key, schema in schemas if "default" in schema}
        return Setting(self.level, values)


def load(path: Path) -> dict[str, Setting]:
    """Read the operator's file.

    Raises:
        InputError: It is no JSON, or not of this form.
    """
    try:
        text = path.read_text("utf-8")
        document = json.loads(text) if text.strip() else {}
    except (OSError, ValueError) as problem:
        raise InputError(say("policy.config", file=str(path), problem=str(problem))) from problem
    if not isinstance(document, dict):
        raise InputError(say("policy.config", file=str(path), problem=say("policy.config-object")))
    if document.pop(ENVIRONMENTS, None):
        raise InputError(say("policy.config-environments", file=str(path)))
    return {key: _setting(path, key, value) for key, value in document.items()}


def reconcile(
    policies: list[Policy], initial: Mapping[str, Setting], given: Mapping[str, Setting]
) -> dict[str, Setting]:
    """Lay *initial* and *given* over the defaults of *policies*."""
    settings = {policy.name: policy.defaults() for policy in policies}
    for layer in (initial, given):
        level = layer.get(ALL, Setting()).level
        if level is not None:
            settings = {name: replace(known, level=level) for name, known in settings.items()}
        for name, wanted in layer.items():
            settings[name] = _laid(settings.get(name, Setting()), wanted)
    return settings


def problems(policies: list[Policy], settings: Mapping[str, Setting]) -> list[str]:
    """What the settings break of the policies' schemas, as ``policy: property: what``."""
    return [
        f"{policy.name}: {problem}"
        for policy in policies
        if policy.schemas is not None
        for problem in _broken(policy, settings[policy.name])
    ]


def _setting(path: Path, name: str, value: object) -> Setting:
    if isinstance(value, str):
        return Setting(_level(path, name, value))
    if not isinstance(value, dict):
        problem = say("policy.config-value", policy=name)
        raise InputError(say("policy.config", file=str(path), problem=problem))
    properties = dict(value)
    level = _level(path, name, properties.pop(LEVEL)) if LEVEL in properties else None
    return Setting(level, properties)


def _level(path: Path, name: str, value: object) -> Level:
    if value not in get_args(Level):
        problem = say("policy.config-level", policy=name, level=str(value))
        raise InputError(say("policy.config", file=str(path), problem=problem))
    return cast("Level", value)


def _laid(known: Setting, wanted: Setting) -> Setting:
    return Setting(wanted.level or known.level, {**known.properties, **wanted.properties})


def _broken(policy: Policy, setting: Setting) -> Iterator[str]:
    schema = {
        "type": "object",
        "properties": policy.schemas,
        "required": list(policy.required),
    }
    validator = jsonschema.Draft7Validator(schema)
    yield from sorted(map(_sentence, validator.iter_errors(dict(setting.properties))))


def _sentence(error: Any) -> str:  # noqa: ANN401 - jsonschema ships no types
    """One broken schema, in the words that users of policy packs know from upstream."""
    place = ".".join(map(str, error.absolute_path))
    if error.validator == "required":
        names = error.validator_value
        missing = next(name for name in names if error.message.startswith(repr(name)))
        text = f"{missing} is required"
    else:
        text = _UPSTREAM.get(error.validator, lambda _place, _error: error.message)(place, error)
    return f"{place}: {text}" if place else text


_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}


def _kind(value: object) -> str:
    return "array" if isinstance(value, list) else _KINDS.get(type(value), "null")


def _choices(values: list[object]) -> str:
    return ", ".join(json.dumps(value, ensure_ascii=False) for value in values)


_UPSTREAM: dict[str, Any] = {
    "type": lambda _, error: (
        f"Invalid type. Expected: {_expected(error.validator_value)},"
        f" given: {_kind(error.instance)}"
    ),
    "maxLength": lambda _, error: (
        f"String length must be less than or equal to {error.validator_value}"
    ),
    "minLength": lambda _, error: (
        f"String length must be greater than or equal to {error.validator_value}"
    ),
    "enum": lambda place, error: (
        f"{place} must be one of the following: {_choices(error.validator_value)}"
    ),
    "const": lambda place, error: f"{place} does not match: {_choices([error.validator_value])}",
    "minimum": lambda _, error: f"Must be greater than or equal to {error.validator_value}",
    "maximum": lambda _, error: f"Must be less than or equal to {error.validator_value}",
    "pattern": lambda _, error: f"Does not match pattern '{error.validator_value}'",
}


def _expected(wanted: object) -> str:
    return "/".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
