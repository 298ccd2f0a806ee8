"""A cluster on its way to the version of this release: one machine after the other."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hue_infra.blueprint.configuration import RoleCall
from hue_infra.blueprint.plan import ClusterPlan, Machine
from hue_infra.engine.backend import StackStore
from hue_infra.errors import RemoteError
from hue_infra.providers import reach
from hue_infra.providers.members import MARK
from hue_infra.stacks.scene import Scene
from hue_infra.tools import ansible, kubernetes
from hue_infra.tools.pins import pins
from hue_infra.words import say

ROLE = "kubernetes"
RECORDED = f"{ROLE}_version"


@dataclass(frozen=True, slots=True)
class Turn:
    """A machine that comes to its turn."""

    machine: str
    runs: str
    """The version that it runs."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What brings a cluster to another version.

    Args:
        scene: How its machines are reached.
        plan: The cluster.
        version: Where it is to come, such as ``v1.34.4``.
    """

    scene: Scene
    plan: ClusterPlan
    version: str

    def turns(self) -> tuple[Turn, ...]:
        """The nodes that run another version, in the order of their turns: those in control first.

        Raises:
            RemoteError: A machine does not answer.
        """
        every = ((name, self._runs(name)) for name in self.plan.nodes)
        return tuple(Turn(*one) for one in every if one[1] not in ("", self.version))

    def artefacts(self, progress: Callable[[str], None]) -> Mapping[str, object]:
        """The role's variables that name programs and images; what is not there yet is built."""
        return kubernetes.role_variables(progress)

    def perform(
        self,
        turn: Turn,
        artefacts: Mapping[str, object],
        on_task: Callable[[str], None] = lambda _task: None,
    ) -> None:
        """Bring one machine to the version; if it does not come up, it is put back as it was.

        Args:
            turn: The machine.
            artefacts: What `artefacts` gave.
            on_task: Told each task that changes something.

        Raises:
            RemoteError: It stays, or is again, what it was.
        """

        def hear(event: ansible.TaskEvent) -> None:
            if event.host == turn.machine and event.status == "changed":
                on_task(event.task)

        hosts = list(self._hosts(turn.machine, artefacts))
        result = ansible.converge(hosts, self.scene.home, on_event=hear)[turn.machine]
        if not result.ok:
            why = say("providers.not-converged", machine=turn.machine, message=result.message)
            raise RemoteError(why, hint=say("care.not-upgraded-hint"))

    def _runs(self, name: str) -> str:
        """The version of a node; empty for a machine that is none yet."""
        way = self.scene.reach(self.scene.blueprint.machine(name))
        return reach.perform(way, ["sh", "-c", f"cat {MARK} 2>/dev/null || true"]).stdout.strip()

    def _hosts(self, name: str, artefacts: Mapping[str, object]) -> Iterator[ansible.Host]:
        machine = self.scene.blueprint.machine(name)
        (known,) = (call.variables for call in self.scene.role_calls(machine) if call.role == ROLE)
        call = RoleCall(ROLE, {**known, **artefacts, f"{ROLE}_upgrade": True})
        yield self._host(machine, call)
        head = str(known.get("kubernetes_head", name))
        if head != name:
            yield self._host(self.scene.blueprint.machine(head))

    def _host(self, machine: Machine, *calls: RoleCall) -> ansible.Host:
        return ansible.Host(machine.name, reach.connection(self.scene.reach(machine)), calls)


def is_other(store: StackStore, plan: ClusterPlan) -> bool:
    """Whether *plan*'s cluster was last brought about with another version than this release's."""
    machines = {f"{name}/{ROLE}" for name in plan.nodes}
    recorded = (
        json.loads(str(roles[ROLE])).get(RECORDED)
        for state in store.resources()
        if state.inputs.get("name") in machines
        and isinstance(roles := state.inputs.get("roles"), Mapping)
        and ROLE in roles
    )
    return any(version not in (None, pins().cluster.kubernetes) for version in recorded)
