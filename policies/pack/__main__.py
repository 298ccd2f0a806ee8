"""The CrossGuard pack: the same resource rules, for any engine that runs policy packs."""

import os

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


def policy(rule: Rule) -> ResourceValidationPolicy:
    """Wrap one rule for the pack."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        view = Resource(args.resource_type, args.name, dict(args.props))
        for breach in rule.resource(view) if rule.resource else ():
            report(f"{breach.message} {rule.mend}", None)

    level = EnforcementLevel.MANDATORY if rule.mandatory else EnforcementLevel.ADVISORY
    return ResourceValidationPolicy(
        name=rule.id, description=rule.title, validate=validate, enforcement_level=level
    )


allowed = tuple(filter(None, os.environ.get(REGISTRIES, "registry.hue.gov.vn").split(",")))
PolicyPack(name="hue-infra", policies=[policy(rule) for rule in rules(allowed) if rule.resource])
