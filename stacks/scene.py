"""What a stack is told: the blueprint, where it is realised, and how machines are reached."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hue_infra.blueprint.configuration import RoleCall, role_calls
from hue_infra.blueprint.plan import Blueprint, Machine
from hue_infra.providers import reach

Target = Literal["lab", "ssh"]
ADMINISTRATOR = "hue-admin"
"""The account on real machines; it may become root."""


@dataclass(frozen=True)
class Scene:
    """One province on one target."""

    blueprint: Blueprint
    """What is to be built: in the lab, the sites that it realises."""
    target: Target
    home: Path
    """The stack's directory."""
    charts: Path
    """Where the charts lie."""
    keeps: bool = True
    """Whether the lab may begin with disks that an earlier one kept."""

    @property
    def lab(self) -> Path:
        """The lab's directory."""
        return self.home / "lab"

    def reach(self, machine: Machine) -> dict[str, str]:
        """How *machine* is reached."""
        if self.target == "lab":
            return reach.in_lab(self.lab, machine.name)
        address = machine.address or str(machine.interfaces[0].ipv4)
        return reach.over_ssh(machine.name, address, ADMINISTRATOR, self.home)

    @functools.cached_property
    def _calls(self) -> dict[str, tuple[RoleCall, ...]]:
        return {
            machine.name: role_calls(self.blueprint, machine, kubernetes={})
            for machine in self.blueprint.machines
        }

    def role_calls(self, machine: Machine) -> tuple[RoleCall, ...]:
        """The roles of *machine*; a cluster's as far as the blueprint knows it."""
        return self._calls[machine.name]

    def with_role(self, role: str) -> tuple[Machine, ...]:
        """The machines that have *role*."""
        return tuple(machine for machine in self.blueprint.machines if role in machine.roles)
