"""Addresses of a province: one /22 and one /56 a site, one VLAN and one /64 a zone.

Everything is taken from the allocations that the province file states (ranges on
the TSLCD are given by Cục Bưu điện Trung ương: TT 06/2026/TT-BKHCN, Điều 7), and
whatever the lock holds is kept. The last /56 of the IPv6 range carries what
belongs to no site: its first /64 the links, its second the published services.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from hue_infra.blueprint import blocks, lockcheck
from hue_infra.blueprint.lock import GATEWAY, Lock, SegmentLock, SiteLock
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.pool import Book, ExhaustedError, allocate
from hue_infra.model.province import Allocations, Zone
from hue_infra.words import say

SITE_LENGTH4 = 22
SITE_LENGTH6 = 56
SEGMENT_LENGTH6 = 64
SUBNETS = 256
"""How many /64 a site's /56 holds."""

LINKS_SUBNET = 0
PUBLISHED_SUBNET = 1
"""Numbers of the /64 in the last /56."""

RESERVED = 3
"""Addresses of a subnet that no host gets: network, broadcast, gateway."""

BCD_LIMIT = 100
"""VLANs below it give the /64 the same digits: VLAN 50 is subnet 0x50."""

OTHER_SUBNETS = range(0xA0, SUBNETS)
"""Subnets of VLANs whose digits do not fit."""


@dataclass(frozen=True, slots=True)
class SiteNeed:
    """What one site asks of the address plan."""

    name: str
    source: str
    zones: Mapping[str, Zone]
    zones_source: str
    hosts: Mapping[str, tuple[str, ...]]
    """Names in each zone but for the gateway."""
    routers: tuple[str, ...]
    """Machines that may be the gateway, first choice first."""


def allocate_sites(allocations: Allocations, needs: Iterable[SiteNeed], lock: Lock) -> Lock:
    """Give every site, zone and host its place; keep what *lock* holds.

    Raises:
        PlacedError: A range is exhausted, or the lock holds an address outside the ranges.
    """
    wanted = list(needs)
    lockcheck.check(allocations, lock)
    names = [need.name for need in wanted]
    prefixes4 = _site_book(lock, 4, names, _site_prefixes4(allocations), wanted)
    prefixes6 = _site_book(lock, 6, names, _site_prefixes6(allocations), wanted)
    sites = {}
    for need in wanted:
        ipv4 = IPv4Network((prefixes4.held[need.name], SITE_LENGTH4))
        ipv6 = IPv6Network((prefixes6.held[need.name], SITE_LENGTH6))
        earlier = lock.sites.get(need.name) or lock.released.get(need.name)
        sites[need.name] = _site(need, earlier or SiteLock(ipv4, ipv6))
    return Lock(sites, _released(lock, prefixes4, prefixes6), lock.links, lock.published)


def _site_book(
    lock: Lock, version: int, names: list[str], candidates: Iterable[int], wanted: list[SiteNeed]
) -> Book:
    held, released = (
        {name: _base(site, version) for name, site in part.items()}
        for part in (lock.sites, lock.released)
    )
    try:
        return allocate(Book(held, released), names, candidates)
    except ExhaustedError as error:
        source = next(need.source for need in wanted if need.name == error.owner)
        raise PlacedError(
            say("blueprint.sites-exhausted", site=error.owner, version=version, sites=len(names)),
            source,
            hint=say("blueprint.sites-exhausted-hint", version=version),
        ) from error


def _base(site: SiteLock, version: int) -> int:
    return int((site.ipv4 if version == 4 else site.ipv6).network_address)  # noqa: PLR2004 – IP version


def _released(lock: Lock, prefixes4: Book, prefixes6: Book) -> dict[str, SiteLock]:
    # A site whose /22 or /56 went to another is forgotten whole.
    known = {**lock.released, **lock.sites}
    both = (name for name in prefixes4.released if name in prefixes6.released)
    return {name: known[name] for name in both}


def _site_prefixes4(allocations: Allocations) -> Iterator[int]:
    step = 1 << (32 - SITE_LENGTH4)
    for network in allocations.ipv4:
        first = int(network.network_address)
        yield from range(first, first + network.num_addresses - step + 1, step)


def _site_prefixes6(allocations: Allocations) -> Iterator[int]:
    step = 1 << (128 - SITE_LENGTH6)
    first = int(allocations.ipv6.network_address)
    yield from range(first, infrastructure(allocations), step)


def infrastructure(allocations: Allocations) -> int:
    """First address of the /56 that carries what belongs to no site: the last of the range."""
    return int(allocations.ipv6.broadcast_address) + 1 - (1 << (128 - SITE_LENGTH6))


def _site(need: SiteNeed, earlier: SiteLock) -> SiteLock:
    router = earlier.router if earlier.router in need.routers else ""
    router = router or next(iter(need.routers), "")
    hosts = {
        zone: tuple(name for name in need.hosts.get(zone, ()) if name != router)
        for zone in need.zones
    }
    segments, released = _segments(need, earlier, hosts)
    return SiteLock(earlier.ipv4, earlier.ipv6, router, segments, released)


def _segments(
    need: SiteNeed, earlier: SiteLock, hosts: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, SegmentLock], dict[str, SegmentLock]]:
    known = {**earlier.released, **earlier.segments}
    sizes = {
        zone: blocks.length_for(max(spec.hosts, len(hosts[zone])) + RESERVED)
        for zone, spec in need.zones.items()
    }
    try:
        prefixes4, kept = blocks.place(
            earlier.ipv4, {zone: one.ipv4 for zone, one in known.items()}, sizes
        )
    except ExhaustedError as error:
        raise _zone_error(need, error.owner, "blueprint.zone-exhausted") from error
    except blocks.GrowthError as error:
        raise _zone_error(need, error.owner, "blueprint.zone-cannot-grow") from error
    subnets = _subnets(need, earlier.ipv6, known)
    segments = {
        zone: SegmentLock(
            prefixes4[zone],
            subnets[zone],
            _hosts(need, zone, hosts[zone], (known.get(zone), prefixes4[zone])),
        )
        for zone in need.zones
    }
    rest = {zone: one for zone, one in known.items() if zone not in segments and zone in kept}
    return segments, rest


def _zone_error(need: SiteNeed, zone: str, message: str) -> PlacedError:
    return PlacedError(
        say(message, site=need.name, zone=zone, hosts=len(need.hosts.get(zone, ()))),
        f"{need.zones_source}.{zone}",
        hint=say(f"{message}-hint", site=need.name, zone=zone),
    )


def _subnets(
    need: SiteNeed, site: IPv6Network, known: Mapping[str, SegmentLock]
) -> dict[str, IPv6Network]:
    base = int(site.network_address)
    shift = 128 - SEGMENT_LENGTH6
    found = {zone: known[zone].ipv6 for zone in need.zones if zone in known}
    taken = {(int(one.ipv6.network_address) - base) >> shift for one in known.values()}
    for zone, spec in need.zones.items():
        if zone not in found:
            number = _subnet(spec.vlan, taken)
            taken.add(number)
            found[zone] = IPv6Network((base + (number << shift), SEGMENT_LENGTH6))
    return found


def _subnet(vlan: int, taken: set[int]) -> int:
    if vlan < BCD_LIMIT and int(str(vlan), 16) not in taken:
        return int(str(vlan), 16)
    return next(number for number in OTHER_SUBNETS if number not in taken)


def _hosts(
    need: SiteNeed,
    zone: str,
    names: tuple[str, ...],
    where: tuple[SegmentLock | None, IPv4Network],
) -> Book:
    earlier, network = where
    numbers = range(GATEWAY + 1, network.num_addresses - 1)
    try:
        return allocate(earlier.hosts if earlier else Book(), names, numbers)
    except ExhaustedError as error:
        raise _zone_error(need, zone, "blueprint.zone-exhausted") from error


def allocate_links(allocations: Allocations, links: Mapping[str, str], lock: Lock) -> Book:
    """Give every link (its name and key path) a /31 of the transit range.

    Raises:
        PlacedError: The range is exhausted.
    """
    first = int(allocations.transit.network_address)
    numbers = range(first, first + allocations.transit.num_addresses - 1, 2)
    return _allocate(lock.links, links, numbers, "blueprint.transit-exhausted")


def allocate_published(allocations: Allocations, services: Mapping[str, str], lock: Lock) -> Book:
    """Give every published service (its name and key path) an address of its own.

    Raises:
        PlacedError: The range is exhausted.
    """
    network = allocations.published
    first = int(network.network_address)
    numbers = range(first + 1, first + max(network.num_addresses - 1, 2))
    return _allocate(lock.published, services, numbers, "blueprint.published-exhausted")


def _allocate(book: Book, owners: Mapping[str, str], numbers: range, message: str) -> Book:
    try:
        return allocate(book, owners, numbers)
    except ExhaustedError as error:
        raise PlacedError(
            say(message, name=error.owner), owners[error.owner], hint=say(f"{message}-hint")
        ) from error


def link_prefixes(allocations: Allocations, number: int) -> tuple[IPv4Network, IPv6Network]:
    """The /31 that begins at *number*, and the /127 of the same place."""
    offset = number - int(allocations.transit.network_address)
    ipv6 = infrastructure(allocations) + (LINKS_SUBNET << 64) + offset
    return IPv4Network((number, 31)), IPv6Network((ipv6, 127))


def published_addresses(allocations: Allocations, number: int) -> tuple[IPv4Address, IPv6Address]:
    """The published address *number* and its IPv6 twin."""
    offset = number - int(allocations.published.network_address)
    ipv6 = infrastructure(allocations) + (PUBLISHED_SUBNET << 64) + offset
    return IPv4Address(number), IPv6Address(ipv6)
