"""Lines of the TSLCD between the sites and the data centre, with what each must carry."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from hue_infra.blueprint import sizing
from hue_infra.blueprint.addressing import link_prefixes
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.plan import Camera, Link, LinkEnd, LinkLoad, Machine, Room
from hue_infra.blueprint.pool import Book
from hue_infra.model.kinds import Access
from hue_infra.model.resolve import ResolvedSite
from hue_infra.units import Bandwidth
from hue_infra.words import say


def wanted(sites: tuple[ResolvedSite, ...]) -> dict[str, str]:
    """Name and key path of every link that the sites' uplinks ask for."""
    return {
        link_name(site, route): f"{site.source}.uplink"
        for site in sites
        if site.access is not Access.DATA_CENTRE and site.uplink is not None
        for route in range(1, site.uplink.routes + 1)
    }


def link_name(site: ResolvedSite, route: int) -> str:
    """Name of the *route*-th link of a site."""
    return f"{site.name}-{route}"


def links(draft: Draft, numbers: Book) -> tuple[Link, ...]:
    """Every link; routes alternate between the routers of each end where there are two.

    Raises:
        PlacedError: An end has no router, or the site's load is above what a link may carry.
    """
    loads = _loads(draft)
    return tuple(
        link
        for site in draft.sites
        if site.access is not Access.DATA_CENTRE and site.uplink is not None
        for link in _of_site(draft, site, loads[site.name], numbers.held)
    )


def _of_site(
    draft: Draft, site: ResolvedSite, load: LinkLoad, numbers: Mapping[str, int]
) -> Iterator[Link]:
    if site.uplink is None:
        return
    centre = next(iter(sorted(draft.centres)), "")
    near, far = _routers(draft, site.name, site), _routers(draft, centre, site)
    for route in range(1, site.uplink.routes + 1):
        name = link_name(site, route)
        ipv4, ipv6 = link_prefixes(draft.province.allocations, numbers[name])
        _check_load(site, name, load, site.uplink.capacity)
        # The port's number is the link's place in the transit range: stable, and short enough
        # for the 15 letters that Linux allows.
        first = int(draft.province.allocations.transit.network_address)
        port = f"ts{(numbers[name] - first) // 2}"
        yield Link(
            id=name,
            site=site.name,
            route=route,
            capacity=site.uplink.capacity,
            near=LinkEnd(near[(route - 1) % len(near)].name, f"up{route}", ipv4[1], ipv6[1]),
            far=LinkEnd(far[(route - 1) % len(far)].name, port, ipv4[0], ipv6[0]),
            ipv4=ipv4,
            ipv6=ipv6,
            load=load,
        )


def _routers(draft: Draft, end: str, site: ResolvedSite) -> tuple[Machine, ...]:
    found = draft.routers(end)
    if found:
        return found
    raise PlacedError(
        say("blueprint.no-router", site=end, link=site.name),
        f"{site.source}.uplink",
        hint=say("blueprint.no-router-hint"),
    )


def _check_load(site: ResolvedSite, name: str, load: LinkLoad, capacity: Bandwidth) -> None:
    if load.total.mbps > capacity.mbps * sizing.LINK_LIMIT:
        raise PlacedError(
            say(
                "blueprint.link-overloaded",
                link=name,
                load=str(load.total),
                capacity=str(capacity),
                percent=round(100 * load.total.mbps / capacity.mbps),
            ),
            f"{site.source}.uplink.capacity",
            hint=say("blueprint.link-overloaded-hint", need=str(_enough(load))),
        )


def _enough(load: LinkLoad) -> Bandwidth:
    # The next full ten above what the design share asks for.
    return Bandwidth(-(-load.total.mbps // (10 * sizing.LINK_DESIGN)) * 10)


def _loads(draft: Draft) -> dict[str, LinkLoad]:
    rooms: dict[str, list[Room]] = defaultdict(list)
    cameras: dict[str, list[Camera]] = defaultdict(list)
    for room in draft.rooms:
        rooms[room.site].append(room)
    for camera in draft.cameras:
        cameras[camera.site].append(camera)
    return {site.name: load(site, rooms[site.name], cameras[site.name]) for site in draft.sites}


def load(site: ResolvedSite, rooms: list[Room], cameras: list[Camera]) -> LinkLoad:
    """What a site's line carries at the busy hour.

    ``rooms x (rate x 1.2 + 1.5) + cameras x rate + users x 1 + lines x 0.1``, in Mbps; the
    sources of each figure stand in `hue_infra.blueprint.sizing`.
    """
    return LinkLoad(
        conference=Bandwidth(sum(sizing.room_demand(room.stream).mbps for room in rooms)),
        cameras=Bandwidth(sum(camera.stream.mbps for camera in cameras)),
        users=sizing.user_demand(site.users),
        voice=sizing.voice_demand(site.voice_lines),
    )
