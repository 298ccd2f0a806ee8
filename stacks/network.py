"""The lab's network: base image, sites, and the lines between them."""

import pulumi

from hue_infra.blueprint.plan import Link, LinkEnd
from hue_infra.providers import lab
from hue_infra.stacks.components.site import Site, SiteArgs
from hue_infra.stacks.scene import Scene


def lay(scene: Scene) -> dict[str, Site]:
    """Lay the network of every site; by name."""
    base = lab.BaseImage("base", scene.lab)
    return {
        plan.name: Site(
            SiteArgs(
                plan.name,
                [item for item in scene.blueprint.segments if item.site == plan.name],
                scene.lab,
                base.base,
            )
        )
        for plan in scene.blueprint.sites
    }


def connect(scene: Scene, machines: dict[str, lab.Machine]) -> dict[str, list[lab.Link]]:
    """Lay the lines between sites; by router, those of each."""
    links: dict[str, list[lab.Link]] = {}
    for link in scene.blueprint.links:
        laid = _link(scene, link, machines)
        for end in (link.near, link.far):
            links.setdefault(end.machine, []).append(laid)
    return links


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
