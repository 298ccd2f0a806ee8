"""The configuration of every machine, in the order that trust asks for.

The province's authority comes first, since every other machine asks it for a
certificate; then all machines at once; then what makes a cluster of some.
"""

import json
from collections.abc import Sequence

import pulumi

from hue_infra.blueprint.configuration import RoleCall, authority, role_calls
from hue_infra.blueprint.plan import Machine
from hue_infra.providers.configuration import Configuration
from hue_infra.stacks.network import Ground
from hue_infra.stacks.scene import Scene


def configure(scene: Scene, ground: Ground | None) -> dict[str, Configuration]:
    """Configure every machine; by name."""
    holder = authority(scene.blueprint)
    done = {} if holder is None else {holder.name: _configure(scene, ground, holder, ())}
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
    props: dict[str, object] = {
        "machine": scene.reach(machine),
        **as_inputs(role_calls(scene.blueprint, machine)),
        "instance": instance,
        "home": str(scene.home),
    }
    holder = authority(scene.blueprint)
    if holder is not None and holder != machine:
        props["delegate"] = scene.reach(holder)
    return Configuration(machine.name, props, pulumi.ResourceOptions(depends_on=needed))


def as_inputs(calls: Sequence[RoleCall]) -> dict[str, object]:
    """Role calls as a resource's inputs.

    Each role's variables are one JSON text: a province's machines hold a hundred thousand
    values, which an engine would otherwise walk one by one at every step.
    """
    return {
        "order": [call.role for call in calls],
        "roles": {call.role: json.dumps(call.variables, sort_keys=True) for call in calls},
    }
