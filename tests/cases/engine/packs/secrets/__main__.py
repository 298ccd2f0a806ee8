"""What a pack sees of secrets, of what is not known yet, and of how a resource is managed."""

from collections.abc import Mapping

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Secret,
)

KIND = "cloud:index:Thing"


def told(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Tell what there is to see."""
    if args.resource_type != KIND:
        return
    provider = args.provider
    report(
        f"token={args.props['token']!r} added={args.props.get('added')!r}"
        f" keys={sorted(args.props)} protect={args.opts.protect}"
        f" parent={args.opts.parent} timeout={args.opts.custom_timeouts.create_seconds}"
        f" provider={provider.resource_type if provider else None}",
        None,
    )


def unknown(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Read what a preview cannot know."""
    if args.resource_type != KIND:
        return
    report(f"later={args.props['later']}", None)


def reseal(args: ResourceValidationArgs) -> Mapping | None:
    """Add a secret, and leave those that are there alone."""
    if args.resource_type != KIND:
        return None
    args.props["added"] = Secret("fresh")
    return args.props


PolicyPack(
    name="secrets",
    policies=[
        ResourceValidationPolicy("told", "Tells.", told),
        ResourceValidationPolicy("unknown", "Reads.", unknown),
        ResourceValidationPolicy(
            "reseal", "Seals.", enforcement_level=EnforcementLevel.REMEDIATE, remediate=reseal
        ),
    ],
)
