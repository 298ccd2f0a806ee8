"""What a lock must hold to before anything is taken from it.

A lock is merged by hand or by Git: two branches that each added a site took the same
prefix, and the merged text has both. That must be said, never given out twice.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from hue_infra.blueprint.lock import Lock, SegmentLock, SiteLock
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.pool import Book
from hue_infra.model.province import Allocations
from hue_infra.words import say

Network = IPv4Network | IPv6Network


def check(allocations: Allocations, lock: Lock) -> None:
    """See that everything lies inside the province's ranges and nothing is held twice.

    Raises:
        PlacedError: Something does not; names it and what to do.
    """
    sites = {**lock.sites, **lock.released}
    for name, site in sites.items():
        _check_inside(name, site.ipv4, allocations.ipv4)
        _check_inside(name, site.ipv6, (allocations.ipv6,))
        _check_site(name, site)
    _check_apart({name: site.ipv4 for name, site in sites.items()})
    _check_apart({name: site.ipv6 for name, site in sites.items()})
    for book, network, length in (
        (lock.links, allocations.transit, 31),
        (lock.published, allocations.published, 32),
    ):
        numbers = {**book.held, **book.released}
        prefixes = {name: IPv4Network((number, length)) for name, number in numbers.items()}
        for name, prefix in prefixes.items():
            _check_inside(name, prefix, (network,))
        _check_apart(prefixes)


def _check_site(name: str, site: SiteLock) -> None:
    segments: Mapping[str, SegmentLock] = {**site.segments, **site.released}
    for zone, segment in segments.items():
        _check_inside(f"{name}/{zone}", segment.ipv4, (site.ipv4,))
        _check_inside(f"{name}/{zone}", segment.ipv6, (site.ipv6,))
        for host, twin in _twins(segment.hosts):
            address = IPv4Address(int(segment.ipv4.network_address) + segment.hosts.held[host])
            raise _twice(f"{name}/{zone}/{host}", f"{name}/{zone}/{twin}", str(address))
    _check_apart({f"{name}/{zone}": one.ipv4 for zone, one in segments.items()})
    _check_apart({f"{name}/{zone}": one.ipv6 for zone, one in segments.items()})


def _twins(hosts: Book) -> Iterator[tuple[str, str]]:
    owners: dict[int, str] = {}
    for name, number in hosts.held.items():
        if owners.setdefault(number, name) != name:
            yield name, owners[number]


def _bounds(network: Network) -> tuple[int, int]:
    first = int(network.network_address)
    return first, first + network.num_addresses - 1


def _check_inside(name: str, prefix: Network, ranges: Iterable[Network]) -> None:
    first, last = _bounds(prefix)
    if any(low <= first and last <= high for low, high in map(_bounds, ranges)):
        return
    raise PlacedError(
        say("blueprint.lock-outside", name=name, prefix=str(prefix)),
        "allocations",
        hint=say("blueprint.lock-outside-hint"),
    )


def _check_apart(prefixes: Mapping[str, Network]) -> None:
    ordered = sorted((*_bounds(prefix), name) for name, prefix in prefixes.items())
    for (_, end, name), (first, _, other) in itertools.pairwise(ordered):
        if first <= end:
            raise _twice(other, name, str(prefixes[other]))


def _twice(name: str, other: str, prefix: str) -> PlacedError:
    return PlacedError(
        say("blueprint.lock-twice", name=name, other=other, prefix=prefix),
        "allocations",
        hint=say("blueprint.lock-twice-hint", name=name),
    )
