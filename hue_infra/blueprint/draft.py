"""The blueprint half made: what later steps look up in what earlier ones derived."""

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hue_infra.blueprint.lock import Lock
from hue_infra.blueprint.plan import Camera, Machine, Publication, Room, Segment
from hue_infra.model.kinds import Access, ZoneKind
from hue_infra.model.province import Province
from hue_infra.model.resolve import ResolvedSite


@dataclass(frozen=True)
class Draft:
    """Sites, segments and machines with their addresses, and ways to find them."""

    province: Province
    sites: tuple[ResolvedSite, ...]
    lock: Lock
    segments: tuple[Segment, ...]
    machines: tuple[Machine, ...]
    cameras: tuple[Camera, ...]
    rooms: tuple[Room, ...]
    publications: tuple[Publication, ...] = ()

    @property
    def domain(self) -> str:
        """The province's domain."""
        return self.province.province.domain

    @functools.cached_property
    def by_role(self) -> dict[str, tuple[Machine, ...]]:
        """Machines by each of their roles."""
        found: dict[str, list[Machine]] = defaultdict(list)
        for machine in self.machines:
            for role in machine.roles:
                found[role].append(machine)
        return {role: tuple(machines) for role, machines in found.items()}

    def with_role(self, role: str) -> tuple[Machine, ...]:
        """Machines of that role, in order."""
        return self.by_role.get(role, ())

    @functools.cached_property
    def by_name(self) -> dict[str, Machine]:
        """Machines by name."""
        return {machine.name: machine for machine in self.machines}

    @functools.cached_property
    def segment(self) -> dict[str, Segment]:
        """Segments by id."""
        return {segment.id: segment for segment in self.segments}

    @functools.cached_property
    def centres(self) -> frozenset[str]:
        """Names of the sites that are data centres."""
        return frozenset(site.name for site in self.sites if site.access is Access.DATA_CENTRE)

    def of_kind(self, *kinds: ZoneKind) -> tuple[str, ...]:
        """Ids of the segments of those kinds."""
        return tuple(one.id for one in self.segments if one.kind in kinds)

    def routers(self, site: str) -> tuple[Machine, ...]:
        """Routers of a site, its gateway first."""
        return self._routers.get(site, ())

    @functools.cached_property
    def _routers(self) -> dict[str, tuple[Machine, ...]]:
        found: dict[str, list[Machine]] = defaultdict(list)
        for machine in self.machines:
            if machine.is_router:
                found[machine.site].append(machine)
        return {site: tuple(self._gateway_first(site, ones)) for site, ones in found.items()}

    def _gateway_first(self, site: str, routers: Iterable[Machine]) -> list[Machine]:
        gateway = f"{site}-{self.lock.sites[site].router}"
        return sorted(routers, key=lambda machine: machine.name != gateway)
