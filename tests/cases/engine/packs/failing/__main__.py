"""A pack with a mistake in one of its policies."""

from pulumi_policy import (
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def mistaken(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Look for what is not there."""
    report(args.props["nothing of the kind"], None)


PolicyPack("failing", [ResourceValidationPolicy("mistaken", "Has a mistake.", mistaken)])
