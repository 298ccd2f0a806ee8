"""One policy of each kind: every level, on resources and on the stack, and one that mends."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

KIND = "cloud:index:Thing"


def no_bad(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Values that are bad."""
    if args.resource_type == KIND and args.props.get("value") == "bad":
        report(f"{args.name} is bad", None)


def named_well(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Names that are too short to tell anything."""
    if args.resource_type == KIND and len(args.name) < 2:
        report("", None)


def never(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """What would refuse everything."""
    report("this one is disabled", None)


def mend(args: ResourceValidationArgs) -> dict | None:
    """Give a value where there is none to be seen."""
    if args.resource_type == KIND and args.props.get("value") == "worn":
        return {**args.props, "value": "mended"}
    return None


def still_worn(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """What the remedy has left."""
    if args.resource_type == KIND and args.props.get("value") == "beyond":
        report("nothing helps", None)


def few(args: StackValidationArgs, report: ReportViolation) -> None:
    """Stacks that have grown too large, and what in them came last."""
    things = [one for one in args.resources if one.resource_type == KIND]
    if len(things) > 2:
        report(f"{len(things)} things", None)
        report("the last straw", things[-1].urn)


def roots(args: StackValidationArgs, report: ReportViolation) -> None:
    """Tell what the stack looks like, for tests to compare."""
    for one in args.resources:
        if one.resource_type == KIND and "tell" in one.props:
            parent = one.parent.name if one.parent else "-"
            needs = ",".join(sorted(other.name for other in one.dependencies))
            by = {
                key: [other.name for other in all_]
                for key, all_ in one.property_dependencies.items()
            }
            has = dict(sorted(one.props.items()))
            report(f"{one.name} in {parent} needs {needs} by {by} with {has}", one.urn)


PolicyPack(
    name="rules",
    policies=[
        ResourceValidationPolicy(
            "no-bad", "No bad values.", no_bad, EnforcementLevel.MANDATORY, severity=Severity.HIGH
        ),
        ResourceValidationPolicy("named-well", "Names tell.", named_well),
        ResourceValidationPolicy("never", "Never.", never, EnforcementLevel.DISABLED),
        ResourceValidationPolicy(
            "mend",
            "Worn values are mended.",
            still_worn,
            EnforcementLevel.REMEDIATE,
            remediate=mend,
        ),
        StackValidationPolicy("few", "Few things.", few, EnforcementLevel.MANDATORY),
        StackValidationPolicy("roots", "What there is.", roots),
    ],
)
