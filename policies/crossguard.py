"""The rules on resources as policies of a pack, for any engine that runs such packs.

What a province says about them is the pack's configuration: the registries it allows, and where
its file declares what. So a breach is told alike under every engine, down to the line to change.
"""

import functools
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from hue_infra.policies.gate import rules
from hue_infra.policies.rule import Resource, Rule
from hue_infra.words import say

REGISTRIES: Final = "HUE_INFRA_REGISTRIES"
"""Variable with the allowed registries, comma-separated, where no configuration names them."""
STANDARD: Final = "registry.hue.gov.vn"
"""The registry that is allowed where nobody names one."""
SCHEMA: Final[Mapping[str, dict[str, Any]]] = {
    "registries": {"type": "array", "items": {"type": "string"}},
    "places": {"type": "object", "additionalProperties": {"type": "string"}},
}
"""What each policy may be told: the province's ``images.allowed``, and for the first word of a
resource's name the ``file:line:column`` that declares it."""


def policies() -> list[Policy]:
    """A policy for each rule on resources."""
    return [_policy(rule) for rule in rules(()) if rule.resource]


def configuration(allowed: Sequence[str], places: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What a province tells the pack, by policy.

    Args:
        allowed: Registries that it takes images from.
        places: First word of a resource's name to ``file:line:column``.
    """
    told = {"registries": list(allowed), "places": dict(places)}
    return {identifier(rule): dict(told) for rule in rules(()) if rule.resource}


def identifier(rule: Rule) -> str:
    """The name of a rule's policy, as a breach of it is told."""
    return rule.id.upper()


def view(kind: str, name: str, props: Mapping[str, Any]) -> Resource:
    """A resource as rules see it: what is not known yet is left out, and that it is, is told."""
    known, is_whole = _known(props)
    return Resource(kind, name, known, unknown=not is_whole)


def _policy(rule: Rule) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if not rule.is_about(args.resource_type):
            return
        told = args.get_config() or {}
        check = _rule(rule.id, tuple(told.get("registries", _registries()))).resource
        seen = view(args.resource_type, args.name, args.props)
        where = told.get("places", {}).get(args.name.split("/", maxsplit=1)[0], "-")
        for breach in check(seen) if check else ():
            text = say("policies.breach", message=breach.message, mend=rule.mend, where=where)
            report(text, None)

    return ResourceValidationPolicy(
        name=identifier(rule),
        description=rule.title,
        validate=validate,
        enforcement_level=(
            EnforcementLevel.MANDATORY if rule.mandatory else EnforcementLevel.ADVISORY
        ),
        config_schema=PolicyConfigSchema(dict(SCHEMA)),
        severity=Severity(rule.severity.value),
    )


@functools.cache
def _rule(name: str, registries: tuple[str, ...]) -> Rule:
    return next(rule for rule in rules(registries) if rule.id == name)


def _registries() -> tuple[str, ...]:
    return tuple(filter(None, os.environ.get(REGISTRIES, STANDARD).split(",")))


def _known(value: Any) -> tuple[Any, bool]:  # noqa: ANN401 - any JSON, behind the pack's proxies
    """Copy *value* out of the proxies that raise when what is unknown is read; whether all was."""
    if isinstance(value, Mapping):
        pairs = {key: _read(value, key) for key in value}
        found = {key: item for key, (item, is_there, _) in pairs.items() if is_there}
        return found, all(is_whole for *_, is_whole in pairs.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [_read(value, place) for place in range(len(value))]
        return [item for item, is_there, _ in items if is_there], all(one[2] for one in items)
    return value, True


def _read(holder: Any, key: Any) -> tuple[Any, bool, bool]:  # noqa: ANN401 - as above
    """What *holder* has at *key*, whether that is known at all, and whether all inside it is."""
    try:
        found, is_whole = _known(holder[key])
    except UnknownValueError:
        return None, False, False
    return found, True, is_whole
