"""Every machine and its configuration, in the order that trust asks for.

The province's authority comes first, since every other machine asks it for a
certificate; then all machines at once; then what makes a cluster of some.

In the lab a machine may begin with the disk that an earlier lab kept, on which its
roles have nothing left to do.  The key of such a disk names all that made it: the
machine, its roles with their variables and files, and the authority it trusts.  A node of
several, or one on which platforms keep data, begins with a fresh one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import pulumi

from hue_infra.blueprint.configuration import RoleCall, authority
from hue_infra.blueprint.plan import Machine
from hue_infra.providers import lab
from hue_infra.providers.configuration import Configuration, content
from hue_infra.stacks import network
from hue_infra.stacks.components.site import Site
from hue_infra.stacks.scene import Scene
from hue_infra.tools import kubernetes, platform_images


@dataclass(frozen=True, slots=True)
class Ground:
    """What clusters and platforms stand on."""

    configured: dict[str, Configuration] = field(default_factory=dict)
    """By machine."""
    machines: dict[str, lab.Machine] = field(default_factory=dict)
    """In the lab; empty where machines are real."""
    kept: dict[str, pulumi.Input[str]] = field(default_factory=dict)
    """Key of each machine's kept disk."""

    def instance(self, machine: str) -> pulumi.Input[str]:
        """What changes when *machine* is made anew; always the same for a real one."""
        return self.machines[machine].instance if machine in self.machines else ""


def bring_up(scene: Scene) -> Ground:
    """Make and configure every machine."""
    ground = Ground()
    sites = network.lay(scene) if scene.target == "lab" else {}
    holder = authority(scene.blueprint)
    trust: pulumi.Input[str] = ""
    if holder is not None:
        _put(scene, ground, sites, holder, trust)
        ground.configured[holder.name] = _configure(scene, ground, holder, [])
        trust = ground.configured[holder.name].trust
    others = [machine for machine in scene.blueprint.machines if machine != holder]
    for machine in others:
        _put(scene, ground, sites, machine, trust)
    links = network.connect(scene, ground.machines) if sites else {}
    first = list(ground.configured.values())
    for machine in others:
        needed = [*first, *links.get(machine.name, [])]
        ground.configured[machine.name] = _configure(scene, ground, machine, needed)
    return ground


def _put(
    scene: Scene, ground: Ground, sites: dict[str, Site], machine: Machine, trust: pulumi.Input[str]
) -> None:
    if machine.site in sites:
        keeps = scene.keeps and _is_like_any_other(scene, machine)
        ground.kept[machine.name] = _key(scene, machine, trust) if keeps else ""
        site = sites[machine.site]
        ground.machines[machine.name] = site.put(machine, ground.kept[machine.name])


def _is_like_any_other(scene: Scene, machine: Machine) -> bool:
    """Whether a disk of another lab would do: it fits no others, and holds no lab's own data."""
    plan = scene.blueprint.cluster_of(machine.name)
    if plan is None:
        return True
    charts = [one.chart for one in scene.blueprint.platforms if one.cluster == plan.name]
    return len(plan.nodes) == 1 and not platform_images.needed(charts)


def _key(scene: Scene, machine: Machine, trust: pulumi.Input[str]) -> pulumi.Output[str]:
    calls = scene.role_calls(machine)
    roles = [call.role for call in calls]
    programs = kubernetes.content_key() if "kubernetes" in roles else ""
    made_of = [machine.name, *roles, *(call.text for call in calls), content(roles), programs]
    return pulumi.Output.from_input(trust).apply(
        lambda known: hashlib.sha256("\n".join([*made_of, known]).encode()).hexdigest()[:24]
    )


def _configure(
    scene: Scene, ground: Ground, machine: Machine, needed: Sequence[pulumi.Resource]
) -> Configuration:
    own = [ground.machines[machine.name]] if ground.machines else []
    props: dict[str, object] = {
        "machine": scene.reach(machine),
        **as_inputs([call for call in scene.role_calls(machine) if call.role != "kubernetes"]),
        "instance": ground.instance(machine.name),
        "kept": ground.kept.get(machine.name, ""),
        "home": str(scene.home),
    }
    holder = authority(scene.blueprint)
    if holder is not None and holder != machine:
        props["delegate"] = scene.reach(holder)
    opts = pulumi.ResourceOptions(depends_on=[*needed, *own])
    return Configuration(machine.name, props, opts)


class Inputs(TypedDict):
    """What a configuration is told of its roles."""

    order: list[str]
    roles: dict[str, str]
    """Each role's variables as JSON text."""


def as_inputs(calls: Sequence[RoleCall]) -> Inputs:
    """Role calls as a resource's inputs.

    Each role's variables are one JSON text: a province's machines hold a hundred thousand
    values, which an engine would otherwise walk one by one at every step.
    """
    return {
        "order": [call.role for call in calls],
        "roles": {call.role: call.text for call in calls},
    }
