"""What the province's object stores must do, asked of each from inside its cluster."""

from collections.abc import Iterator, Mapping

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.verify import pods
from hue_infra.verify.declared import each, listed
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject

CHART = "objects"
KEEPER = "keeper"
"""The account that makes buckets; owners and readers come from the province's file."""


def verify(subject: Subject) -> Iterator[Check]:
    """Buckets are there with their locks, an object comes out again, a locked one stays."""
    for plan in subject.blueprint.platforms:
        if plan.chart == CHART:
            for bucket in each(plan.values, "buckets"):
                name = str(bucket.get("name"))
                yield _proven(subject, plan, f"bucket:{plan.name}:{name}", "there", "bucket", name)
            yield _proven(subject, plan, f"object:{plan.name}", "kept", "object")
            yield _proven(subject, plan, f"lock:{plan.name}", "held", "lock")


def users(values: Mapping[str, object]) -> list[str]:
    """Whom a key is for: who keeps the buckets, and each owner and reader once."""
    named = [KEEPER]
    for bucket in each(values, "buckets"):
        named += [str(bucket.get("owner")), *map(str, listed(bucket, "readers"))]
    return list(dict.fromkeys(named))


def _proven(subject: Subject, plan: PlatformPlan, id_: str, expected: str, *what: str) -> Check:
    """What the pod that keeps the buckets says when it is asked to prove *what*."""
    target = f"deployment/{pods.full_name(plan)}-buckets"
    argv = [*pods.inside(plan, target, "buckets"), "objects", "prove", *what]
    return pods.asked(subject, plan, id_, argv, expected)
