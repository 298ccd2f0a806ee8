"""A blueprint's pieces by site, as a drawing looks them up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hue_infra.blueprint.plan import Blueprint, Link, Machine, Segment, SitePlan


@dataclass(frozen=True, slots=True)
class Picture:
    """The blueprint by site, as the drawing looks it up."""

    blueprint: Blueprint
    links: dict[str, list[Link]]
    cameras: Counter[str]
    rooms: Counter[str]
    segments: dict[str, list[Segment]]
    machines: dict[str, list[Machine]]

    @classmethod
    def of(cls, blueprint: Blueprint) -> "Picture":
        """Sort a blueprint's pieces by site."""
        links: dict[str, list[Link]] = {site.name: [] for site in blueprint.sites}
        segments: dict[str, list[Segment]] = {site.name: [] for site in blueprint.sites}
        machines: dict[str, list[Machine]] = {site.name: [] for site in blueprint.sites}
        for link in blueprint.links:
            links[link.site].append(link)
        for segment in blueprint.segments:
            segments[segment.site].append(segment)
        for machine in blueprint.machines:
            machines[machine.site].append(machine)
        cameras = Counter(camera.site for camera in blueprint.cameras)
        rooms = Counter(room.site for room in blueprint.rooms)
        return cls(blueprint, links, cameras, rooms, segments, machines)

    def load(self, sites: Iterable[SitePlan]) -> float:
        """What the sites' lines carry together, in Mbps."""
        return sum(links[0].load.total.mbps for site in sites if (links := self.links[site.name]))
