"""Rules about the address ranges given to the province."""

import itertools
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from hue_infra.model.document import KeyPath, Problem, Values
from hue_infra.model.draft import Draft

_LARGEST = {"ipv6": 48, "pods": 56, "services": 112, "ipv4": 22}
"""Longest prefix that holds: a /56 for each of 256 sites; nodes of /64; services; one site."""


def _ranges(draft: Draft) -> Iterator[tuple[KeyPath, IPv4Network | IPv6Network]]:
    given = draft.province.allocations
    for index, network in enumerate(given.ipv4):
        yield ("allocations", "ipv4", index), network
    yield ("allocations", "transit"), given.transit
    yield ("allocations", "published"), given.published
    yield ("allocations", "ipv6"), given.ipv6
    for index in range(2):
        yield ("allocations", "pods", index), given.pods[index]
        yield ("allocations", "services", index), given.services[index]


def ranges_are_disjoint(draft: Draft) -> Iterator[Problem]:
    """No range overlaps another."""
    for (path, one), (other_path, other) in itertools.combinations(_ranges(draft), 2):
        if one.version == other.version and one.overlaps(other):
            place = draft.document.place(path)
            values: Values = {"one": str(other), "other": str(one), "line": place.line}
            yield Problem(other_path, "overlap", values)


def ranges_are_large_enough(draft: Draft) -> Iterator[Problem]:
    """Each range holds at least what is carved from it first."""
    for path, network in _ranges(draft):
        largest = _LARGEST.get(str(path[1]))
        is_checked = network.version == 6 or path[1] == "ipv4"  # noqa: PLR2004  the protocol
        if largest is not None and is_checked and network.prefixlen > largest:
            values = {"value": str(network), "largest": f"/{largest}"}
            yield Problem(path, "range-small", values)
