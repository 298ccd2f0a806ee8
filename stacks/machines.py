"""The configuration of every machine, in the order that trust asks for.

The province's authority comes first, since every other machine asks it for a
certificate; then all machines at once; then what makes a cluster of some.
"""

from collections.abc import Sequence

import pulumi

from hue_infra.blueprint.configuration import RoleCall, role_calls
from hue_infra.blueprint.plan import Machine
from hue_infra.providers.configuration import Configuration
from hue_infra.stacks.network import Ground
from hue_infra.stacks.scene import Scene


def configure(scene: Scene, ground: Ground | None) -> dict[str, Configuration]:
    """Configure every machine; by name."""
    authorities = scene.with_role("pki")
    done = {machine.name: _configure(scene, ground, machine, ()) for machine in authorities}
    first = tuple(done.values())
    for machine in scene.blueprint.machines:
        if machine.name not in done:
            done[machine.name] = _configure(scene, ground, machine, first)
    return done


def _configure(
    scene: Scene,
    ground: Ground | None,
    machine: Machine,
    after: Sequence[pulumi.Resource],
) -> Configuration:
    needed: list[pulumi.Resource] = list(after)
    instance: pulumi.Input[str] = ""
    if ground is not None:
        needed += [ground.machines[machine.name], *ground.links.get(machine.name, [])]
        instance = ground.machines[machine.name].instance
    props = {
        "machine": scene.reach(machine),
        "roles": as_inputs(role_calls(scene.blueprint, machine)),
        "instance": instance,
    }
    return Configuration(machine.name, props, pulumi.ResourceOptions(depends_on=needed))


def as_inputs(calls: Sequence[RoleCall]) -> list[dict[str, object]]:
    """Role calls as a resource's inputs."""
    return [{"role": call.role, "variables": call.variables} for call in calls]
