"""The lab's network and machines: base image, sites, links."""

from dataclasses import dataclass

import pulumi

from hue_infra.blueprint.plan import Link, LinkEnd
from hue_infra.providers import lab
from hue_infra.stacks.components.site import Site, SiteArgs
from hue_infra.stacks.scene import Scene


@dataclass(frozen=True, slots=True)
class Ground:
    """What configurations stand on."""

    machines: dict[str, lab.Machine]
    links: dict[str, list[lab.Link]]
    """By router."""


def lay(scene: Scene) -> Ground:
    """Lay the lab: every site, and the lines between their routers."""
    base = lab.BaseImage("base", scene.lab)
    machines: dict[str, lab.Machine] = {}
    for plan in scene.blueprint.sites:
        segments = [item for item in scene.blueprint.segments if item.site == plan.name]
        inside = [item for item in scene.blueprint.machines if item.site == plan.name]
        machines.update(Site(SiteArgs(plan, segments, inside, scene.lab, base.base)).machines)
    links: dict[str, list[lab.Link]] = {}
    for link in scene.blueprint.links:
        laid = _link(scene, link, machines)
        for end in (link.near, link.far):
            links.setdefault(end.machine, []).append(laid)
    return Ground(machines, links)


def _link(scene: Scene, link: Link, machines: dict[str, lab.Machine]) -> lab.Link:
    props = {
        "ends": [_end(link, end) for end in (link.near, link.far)],
        "rate_mbps": link.capacity.mbps,
        # A router that is made anew has lost its end of the line.
        "instances": [machines[end.machine].instance for end in (link.near, link.far)],
    }
    needed = [machines[end.machine] for end in (link.near, link.far)]
    return lab.Link(link.id, scene.lab, props, pulumi.ResourceOptions(depends_on=needed))


def _end(link: Link, end: LinkEnd) -> dict[str, object]:
    addresses = [f"{end.ipv4}/{link.ipv4.prefixlen}", f"{end.ipv6}/{link.ipv6.prefixlen}"]
    return {"machine": end.machine, "nic": end.interface, "addresses": addresses}
