"""Clusters on machines that are configured already, and the way into each."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes

from hue_infra.blueprint.plan import ClusterPlan
from hue_infra.providers.clusters import Access, Artefacts
from hue_infra.providers.configuration import Configuration
from hue_infra.providers.lab import Forward
from hue_infra.stacks.machines import Ground
from hue_infra.stacks.scene import Scene
from hue_infra.tools.pins import pins


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that answers: its provider, and the images that lie on it."""

    plan: ClusterPlan
    provider: pulumi_kubernetes.Provider
    artefacts: Artefacts


def gather() -> Artefacts:
    """Begin with the cluster's programs and images: nothing takes longer, and nothing is needed."""
    return Artefacts("artefacts", pins().cluster.kubernetes)


def raise_(
    scene: Scene,
    plan: ClusterPlan,
    artefacts: Artefacts,
    ground: Ground,
) -> Cluster:
    """Make a cluster of its machines."""
    head = scene.blueprint.machine(plan.control_plane[0])
    (known,) = (call.variables for call in scene.role_calls(head) if call.role == "kubernetes")
    variables = artefacts.variables.apply(
        lambda made: json.dumps({**known, **made}, sort_keys=True)
    )
    instance = ground.instance(head.name)
    props = {
        "machine": scene.reach(head),
        "order": ["kubernetes"],
        "roles": {"kubernetes": variables},
        "instance": instance,
        "kept": ground.kept.get(head.name, ""),
        "home": str(scene.home),
    }
    needed = pulumi.ResourceOptions(depends_on=[ground.configured[head.name]])
    cluster = Configuration(f"{head.name}/kubernetes", props, needed)
    access = Access(
        plan.name,
        {
            "machine": scene.reach(head),
            "server": _server(scene, plan, ground),
            "server_name": plan.api_names[0],
            "instance": instance,
        },
        pulumi.ResourceOptions(depends_on=[cluster]),
    )
    provider = pulumi_kubernetes.Provider(
        plan.name,
        kubeconfig=access.kubeconfig,
        # The lab's cluster goes with its machine; what it held needs no farewell.
        delete_unreachable=bool(ground.machines),
    )
    return Cluster(plan, provider, artefacts)


def _server(scene: Scene, plan: ClusterPlan, ground: Ground) -> pulumi.Input[str]:
    head = scene.blueprint.machine(plan.control_plane[0])
    address = str(head.interfaces[0].ipv4)
    if head.name not in ground.machines:
        return f"https://{address}:{plan.api_port}"
    door = Forward(
        f"api-{plan.name}",
        scene.lab,
        {"machine": head.name, "address": address, "target_port": plan.api_port},
        pulumi.ResourceOptions(depends_on=[ground.machines[head.name]]),
    )
    return pulumi.Output.concat("https://127.0.0.1:", door.port.apply(lambda port: str(int(port))))
