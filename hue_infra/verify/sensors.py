"""What the brokers of the province's sensors must do, asked of each from inside its cluster."""

from collections.abc import Iterator, Mapping

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.verify import pods
from hue_infra.verify.declared import each, listed
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject

CHART = "iot"
OWN = ("keeper", "proof")
"""Who keeps readings, and the device that proofs are given as; the rest are of the file."""


def verify(subject: Subject) -> Iterator[Check]:
    """What a device says is acknowledged and kept, and every copy of it is up to date."""
    for plan in subject.blueprint.platforms:
        if plan.chart == CHART:
            yield _proven(subject, plan, "reading", "kept")
            yield _proven(subject, plan, "copies", "current")


def users(values: Mapping[str, object]) -> list[str]:
    """Whom a password is for: those of the platform itself, each device, and each reader.

    Names that are none are refused by the chart's schema, which says where they stand.
    """
    devices = (one.get("name") for one in each(values, "devices"))
    return [*OWN, *map(str, [*devices, *listed(values, "readers")])]


def _proven(subject: Subject, plan: PlatformPlan, what: str, expected: str) -> Check:
    """What the pod that keeps readings says when it is asked to prove *what*."""
    target = f"deployment/{pods.full_name(plan)}-readings"
    argv = [*pods.inside(plan, target, "readings"), "messaging", "prove", what]
    return pods.asked(subject, plan, f"{what}:{plan.name}", argv, expected)
