"""The whole province as one Pulumi program."""

from collections.abc import Iterator, Mapping

import pulumi

from hue_infra.providers.lab import Forward
from hue_infra.stacks import clusters, ingress, machines, platforms
from hue_infra.stacks.clusters import Cluster
from hue_infra.stacks.components import space
from hue_infra.stacks.machines import Ground
from hue_infra.stacks.scene import Scene


def build(scene: Scene) -> None:
    """Declare every resource of the province on its target."""
    artefacts = clusters.gather(_charts(scene)) if scene.blueprint.clusters else None
    ground = machines.bring_up(scene)
    raised = {
        plan.name: clusters.raise_(scene, plan, artefacts, ground)
        for plan in scene.blueprint.clusters
        if artefacts is not None
    }
    _furnish(scene, raised, ground)
    if ground.machines:
        _open_doors(scene, ground)


def _charts(scene: Scene) -> Iterator[str]:
    """Every chart that a cluster will run."""
    yield from (one.chart for one in scene.blueprint.platforms)
    if any(plan.gateways for plan in scene.blueprint.clusters):
        yield ingress.CHART


def _furnish(scene: Scene, raised: Mapping[str, Cluster], ground: Ground) -> None:
    """The platforms, and the ways that lead into them."""
    plans = scene.blueprint.platforms
    namespaces = {
        one.name: space.make(one.namespace, one.level, raised[one.cluster].provider)
        for one in plans
    }
    certificates = {
        one.name: platforms.certify(scene, one, ground)
        for one in plans
        if platforms.is_certified(one)
    }
    for cluster in raised.values():
        if cluster.plan.gateways:
            ingress.deploy(scene, cluster, namespaces, certificates)
    for one in plans:
        platforms.deploy(scene, one, raised[one.cluster], namespaces[one.name], certificates)


def _open_doors(scene: Scene, ground: Ground) -> None:
    """Let the operator's browser reach what is published, by the way a citizen's office goes."""
    visitor = next((item.name for item in scene.with_role("edge")), None)
    for publication in scene.blueprint.publications if visitor else ():
        assert visitor is not None  # noqa: S101 - looked at above
        door = Forward(
            f"door-{publication.name}",
            scene.lab,
            {
                "machine": visitor,
                "address": str(publication.ipv4),
                "target_port": publication.port,
            },
            pulumi.ResourceOptions(depends_on=[ground.machines[visitor]]),
        )
        pulumi.export(f"{publication.name}-port", door.port)
