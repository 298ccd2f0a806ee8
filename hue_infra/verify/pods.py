"""Questions to what runs in the pods of a platform, asked from the machine in control."""

from collections.abc import Callable

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.tools.run import Completed
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject, look_until

KUBECTL = ("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf")
PATIENCE = 90.0
"""Seconds within which a platform that has just begun must give the answer."""


def full_name(plan: PlatformPlan) -> str:
    """The name of the release's objects, as the charts give it."""
    return plan.name if plan.chart in plan.name else f"{plan.name}-{plan.chart}"


def inside(plan: PlatformPlan, target: str, container: str) -> list[str]:
    """The beginning of a command that is run in a *container* of *target*, such as ``pod/one``."""
    return [*KUBECTL, "--namespace", plan.namespace, "exec", target, "--container", container, "--"]


def asked(
    subject: Subject,
    plan: PlatformPlan,
    id_: str,
    argv: list[str],
    expected: str,
    read: Callable[[str], str] = str.strip,
) -> Check:
    """Whether *argv* comes to say what is *expected*, on the machine that controls the cluster.

    Args:
        subject: Whom is asked.
        plan: The platform.
        id_: The check's.
        argv: What is run.
        expected: The answer of one that is well.
        read: Finds the answer in what is printed.
    """
    clusters = {one.name: one for one in subject.blueprint.clusters}
    head = clusters[plan.cluster].control_plane[0]

    def is_good(done: Completed) -> bool:
        return done.code == 0 and read(done.stdout) == expected

    seen = look_until(subject, head, argv, is_good, PATIENCE)
    return seen.check(id_, head, passed=is_good(seen.done))
