"""Verification of a stack as it stands, on either target."""

from collections.abc import Sequence
from pathlib import Path

from hue_infra.blueprint.plan import Machine
from hue_infra.errors import RemoteError, UnreachedError
from hue_infra.providers import reach
from hue_infra.stacks.scene import Scene
from hue_infra.tools.run import Completed
from hue_infra.verify import (
    acceptance,
    brokers,
    databases,
    flows,
    machines,
    objectstores,
    sensors,
    sharing,
    watchers,
)
from hue_infra.verify.report import Collector, OnCheck, Report
from hue_infra.verify.subject import UNREACHED, Subject


def verify(scene: Scene, evidence: Path, on_check: OnCheck) -> Report:
    """Verify machines, then what crosses them; evidence is kept whatever the verdicts are."""
    collector = Collector.opened(evidence, on_check)
    subject = subject_of(scene)
    platforms = (databases, brokers, objectstores, sensors, sharing, watchers)
    for room in (machines, acceptance, *platforms, flows):
        for check in room.verify(subject):
            collector.add(check)
    return collector.report()


def closed(scene: Scene, cluster: str) -> tuple[str, ...]:
    """The hosts published from *cluster* that do not open just now."""
    here = {one.name for one in scene.blueprint.platforms if one.cluster == cluster}
    return tuple(acceptance.closed(subject_of(scene), here))


def subject_of(scene: Scene) -> Subject:
    """The province as built, with a way to every machine."""

    def perform(machine: str, argv: Sequence[str], given: str) -> Completed:
        try:
            return reach.perform(scene.reach(scene.blueprint.machine(machine)), argv, given)
        except UnreachedError as error:
            return Completed(tuple(argv), UNREACHED, "", str(error))
        except RemoteError as error:
            return Completed(tuple(argv), 1, "", str(error))

    def spec(machine: Machine) -> str:
        return reach.testinfra_host(scene.reach(machine))

    def name(machine: Machine) -> str:
        way = scene.reach(machine)
        return way.get("address", machine.name)

    return Subject(scene.blueprint, perform, spec, name, scene.home)
