"""A site of the lab: its network, and the machines put on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from hue_infra.blueprint.plan import Machine, Segment
from hue_infra.providers import lab


@dataclass(frozen=True, slots=True)
class SiteArgs:
    """What a site of the lab is made of."""

    name: str
    segments: Sequence[Segment]
    lab: Path
    base: pulumi.Output[str]


class Site:
    """The network of one site, which is the parent of the machines put on it."""

    def __init__(self, args: SiteArgs) -> None:
        self._args = args
        segments = [bridge(segment.id) for segment in args.segments]
        self.network = lab.Network(args.name, args.lab, segments)

    def put(self, machine: Machine, kept: pulumi.Input[str]) -> lab.Machine:
        """Put a machine on the site's network.

        Args:
            machine: One of the site's.
            kept: Key of the disk it begins with, if the cache has it; empty for a fresh one.
        """
        args = self._args
        of = {segment.id: segment for segment in args.segments}
        nics = [
            {
                "name": port.name,
                "segment": bridge(port.segment),
                "addresses": [
                    f"{port.ipv4}/{of[port.segment].ipv4.prefixlen}",
                    f"{port.ipv6}/{of[port.segment].ipv6.prefixlen}",
                ],
            }
            for port in machine.interfaces
        ]
        home = of[machine.interfaces[0].segment]
        gateways = [] if machine.is_router else [str(home.gateway4), str(home.gateway6)]
        props = {
            "hostname": machine.fqdn,
            "base": args.base,
            "nics": nics,
            "gateways": gateways,
            "kubernetes": "kubernetes" in machine.roles,
            "kept": kept,
        }
        opts = pulumi.ResourceOptions(parent=self.network, depends_on=[self.network])
        return lab.Machine(machine.name, args.lab, props, opts)


def bridge(segment: str) -> str:
    """The lab's name of a segment, which may hold no slash."""
    return segment.replace("/", "-")
