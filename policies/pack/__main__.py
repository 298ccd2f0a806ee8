"""The CrossGuard pack: the same resource rules, for any engine that runs policy packs."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from hue_infra.policies.gate import rules
from hue_infra.policies.rule import Resource, Rule

REGISTRIES = "HUE_INFRA_REGISTRIES"
"""Comma-separated registries that workloads may use; the province file's ``images.allowed``."""


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON, behind the pack's watchful proxies
    """Copy *value* out of the proxies that raise when an unknown value is read."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def policy(rule: Rule) -> ResourceValidationPolicy:
    """Wrap one rule for the pack."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        view = Resource(args.resource_type, args.name, plain(args.props))
        for breach in rule.resource(view) if rule.resource else ():
            report(f"{breach.message} {rule.mend}", None)

    level = EnforcementLevel.MANDATORY if rule.mandatory else EnforcementLevel.ADVISORY
    return ResourceValidationPolicy(
        name=rule.id, description=rule.title, validate=validate, enforcement_level=level
    )


allowed = tuple(filter(None, os.environ.get(REGISTRIES, "registry.hue.gov.vn").split(",")))
PolicyPack(name="hue-infra", policies=[policy(rule) for rule in rules(allowed) if rule.resource])
