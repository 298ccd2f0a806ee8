"""A pack that is configured: one policy with a schema, one without; it brings settings along."""

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def told(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Tell the settings, for tests to compare."""
    report(str(sorted((args.get_config() or {}).items())), None)


PolicyPack(
    name="settings",
    policies=[
        ResourceValidationPolicy(
            "told",
            "Tells its settings.",
            told,
            config_schema=PolicyConfigSchema(
                {
                    "prefix": {"type": "string", "default": "x", "maxLength": 3},
                    "limit": {"type": "integer", "minimum": 1},
                    "mode": {"type": "string", "enum": ["soft", "hard"], "default": "soft"},
                },
                required=["limit"],
            ),
        ),
        ResourceValidationPolicy("plain", "Has no settings.", told),
    ],
    enforcement_level=EnforcementLevel.ADVISORY,
    initial_config={"told": {"limit": 7, "mode": "hard"}},
)
