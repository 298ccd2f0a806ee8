"""Clusters on machines that are configured already, and the way into each."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes

from hue_infra.blueprint.plan import ClusterPlan, Machine
from hue_infra.providers.clusters import Access, Artefacts
from hue_infra.providers.configuration import Configuration
from hue_infra.providers.lab import Forward
from hue_infra.providers.members import Member
from hue_infra.stacks.machines import Ground
from hue_infra.stacks.scene import Scene
from hue_infra.tools import kubernetes, platform_images


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that answers: its provider, and the images that lie on it."""

    plan: ClusterPlan
    provider: pulumi_kubernetes.Provider
    artefacts: Artefacts


def gather(charts: Iterable[str] = ()) -> Artefacts:
    """Begin with the cluster's programs and images: nothing takes longer, and nothing is needed.

    Args:
        charts: What the clusters will run.
    """
    platforms = platform_images.needed(charts)
    return Artefacts("artefacts", kubernetes.content_key(platforms), platforms)


def raise_(
    scene: Scene,
    plan: ClusterPlan,
    artefacts: Artefacts,
    ground: Ground,
) -> Cluster:
    """Make a cluster of its machines: it begins on the first, and the others join it there."""
    first, *others = (scene.blueprint.machine(name) for name in plan.nodes)
    head = _node(scene, artefacts, ground, first, [])
    nodes = [head, *(_node(scene, artefacts, ground, one, [head]) for one in others)]
    _keep_in(scene, plan, ground, nodes)
    access = Access(
        plan.name,
        {
            "machine": scene.reach(first),
            "server": _server(scene, plan, ground),
            "server_name": plan.api_names[0],
            "instance": ground.instance(first.name),
        },
        pulumi.ResourceOptions(depends_on=nodes),
    )
    provider = pulumi_kubernetes.Provider(
        plan.name,
        kubeconfig=access.kubeconfig,
        # The lab's cluster goes with its machine; what it held needs no farewell.
        delete_unreachable=bool(ground.machines),
    )
    return Cluster(plan, provider, artefacts)


def _node(
    scene: Scene,
    artefacts: Artefacts,
    ground: Ground,
    machine: Machine,
    head: Sequence[Configuration],
) -> Configuration:
    """A machine as a node of its cluster, which *head* began, or which it begins itself."""
    (known,) = (call.variables for call in scene.role_calls(machine) if call.role == "kubernetes")
    variables = artefacts.variables.apply(
        lambda made: json.dumps({**known, **made}, sort_keys=True)
    )
    props: dict[str, object] = {
        "machine": scene.reach(machine),
        "order": ["kubernetes"],
        "roles": {"kubernetes": variables},
        "instance": ground.instance(machine.name),
        "kept": ground.kept.get(machine.name, ""),
        "home": str(scene.home),
    }
    if head:
        props["delegate"] = scene.reach(scene.blueprint.machine(str(known["kubernetes_head"])))
    needed = pulumi.ResourceOptions(depends_on=[ground.configured[machine.name], *head])
    return Configuration(f"{machine.name}/kubernetes", props, needed)


def _keep_in(
    scene: Scene, plan: ClusterPlan, ground: Ground, nodes: Sequence[Configuration]
) -> None:
    """Have each machine leave the cluster in order when the file names it no more."""
    member: list[Member] = []
    for name, node in zip(plan.nodes, nodes, strict=True):
        head = next((one for one in plan.control_plane if one != name), name)
        opts = pulumi.ResourceOptions(
            depends_on=[node, *member],
            # The lab's cluster goes with its machines.
            deleted_with=ground.machines.get(head),
        )
        props = {
            "node": scene.reach(scene.blueprint.machine(name)),
            "head": scene.reach(scene.blueprint.machine(head)),
        }
        member = [Member(name, props, opts)]


def _server(scene: Scene, plan: ClusterPlan, ground: Ground) -> pulumi.Input[str]:
    head = plan.control_plane[0]
    if head not in ground.machines:
        return plan.server
    door = Forward(
        plan.door,
        scene.lab,
        {
            "machine": head,
            "address": str(plan.api_addresses[0]),
            "target_port": plan.api_port,
        },
        pulumi.ResourceOptions(depends_on=[ground.machines[head]]),
    )
    return pulumi.Output.concat("https://127.0.0.1:", door.port.apply(lambda port: str(int(port))))
