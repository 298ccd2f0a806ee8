"""What the province's brokers of messages must do, asked of each from inside its cluster."""

from collections.abc import Iterator, Mapping

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.verify import pods
from hue_infra.verify.declared import each
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject

CHART = "messaging"


def verify(subject: Subject) -> Iterator[Check]:
    """Streams are there with all their replicas, a message is acknowledged and comes out again."""
    for plan in subject.blueprint.platforms:
        if plan.chart == CHART:
            for stream in streams(plan.values):
                yield _proven(subject, plan, f"stream:{plan.name}:{stream}", "stream", stream)
            yield _proven(subject, plan, f"replicas:{plan.name}", "replicas")
            yield _proven(subject, plan, f"message:{plan.name}", "message")


def streams(values: Mapping[str, object]) -> Iterator[str]:
    """The names of the declared streams and of their readers' copies, as the chart gives them."""
    for tenant in each(values, "tenants"):
        for stream in each(tenant, "streams"):
            name = f"{tenant.get('name')}-{stream.get('name')}"
            yield name
            if stream.get("readers"):
                yield f"{name}-copy"


def users(values: Mapping[str, object]) -> list[str]:
    """Whom a password is for: who keeps the streams, each tenant, and each leaf node of one.

    Names that are none are refused by the chart's schema, which says where they stand.
    """
    tenants = list(each(values, "tenants"))
    leaves = [f"{one.get('name')}.leaf" for one in tenants if one.get("leaf")]
    return ["streams", *(str(one.get("name")) for one in tenants), *leaves]


def _proven(subject: Subject, plan: PlatformPlan, id_: str, *what: str) -> Check:
    """What the pod that keeps the streams says when it is asked to prove *what*."""
    target = f"deployment/{pods.full_name(plan)}-streams"
    argv = [*pods.inside(plan, target, "streams"), "messaging", "prove", *what]
    expected = {"stream": "there", "replicas": "current", "message": "acknowledged"}[what[0]]
    return pods.asked(subject, plan, id_, argv, expected)
