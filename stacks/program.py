"""The whole province as one Pulumi program."""

import pulumi

from hue_infra.providers.lab import Forward
from hue_infra.stacks import clusters, machines, platforms
from hue_infra.stacks.machines import Ground
from hue_infra.stacks.scene import Scene


def build(scene: Scene) -> None:
    """Declare every resource of the province on its target."""
    artefacts = clusters.gather() if scene.blueprint.clusters else None
    ground = machines.bring_up(scene)
    raised = {
        plan.name: clusters.raise_(scene, plan, artefacts, ground)
        for plan in scene.blueprint.clusters
        if artefacts is not None
    }
    for platform in scene.blueprint.platforms:
        platforms.deploy(scene, platform, raised[platform.cluster], ground)
    if ground.machines:
        _open_doors(scene, ground)


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
