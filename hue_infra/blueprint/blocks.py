"""Blocks of different sizes inside one prefix: placed largest first, never moved again."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from hue_infra.blueprint.pool import ExhaustedError


class GrowthError(LookupError):
    """The block of *owner* cannot grow where it lies."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


def length_for(addresses: int) -> int:
    """Length of the smallest IPv4 prefix with so many addresses.

    >>> length_for(63), length_for(64), length_for(65)
    (26, 26, 25)
    """
    return 32 - (addresses - 1).bit_length()


def place(
    inside: IPv4Network, known: Mapping[str, IPv4Network], lengths: Mapping[str, int]
) -> tuple[dict[str, IPv4Network], set[str]]:
    """Give every name of *lengths* a block of that prefix length.

    Blocks of *known* stay where they are; one that must grow does so in place, upwards.
    Those of names that ask no more are kept free for their return as long as there is room.

    Returns:
        The blocks, and the names of *known* whose blocks still stand.

    Raises:
        ExhaustedError: No room for a new block.
        GrowthError: A known block must grow and its neighbour is taken.
    """
    spans = {name: _span(network) for name, network in known.items()}
    bounds = _span(inside)
    for name, length in lengths.items():
        if name in spans and length < known[name].prefixlen:
            spans[name] = _grown(name, length, spans, lengths)
            if not _within(spans[name], bounds):
                raise GrowthError(name)
    for name in sorted(lengths, key=lambda one: lengths[one]):
        if name not in spans:
            spans[name] = _free(name, 1 << (32 - lengths[name]), (bounds, spans, lengths))
    blocks = {
        name: IPv4Network((spans[name][0], 32 - (spans[name][1] - spans[name][0]).bit_length() + 1))
        for name in lengths
    }
    return blocks, set(spans)


Span = tuple[int, int]


def _span(network: IPv4Network) -> Span:
    first = int(network.network_address)
    return first, first + network.num_addresses


def _within(span: Span, bounds: Span) -> bool:
    return bounds[0] <= span[0] and span[1] <= bounds[1]


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _grown(name: str, length: int, spans: dict[str, Span], lengths: Mapping[str, int]) -> Span:
    size = 1 << (32 - length)
    first = spans[name][0]
    wanted = (first, first + size)
    others = [one for one in spans if one != name and _overlap(spans[one], wanted)]
    if first % size or any(one in lengths for one in others):
        raise GrowthError(name)
    for one in others:
        del spans[one]
    return wanted


def _free(name: str, size: int, room: tuple[Span, dict[str, Span], Mapping[str, int]]) -> Span:
    bounds, spans, lengths = room
    while True:
        # A place with as much free behind it comes first, so that the block can grow.
        for step in (2 * size, size):
            for first in range(bounds[0], bounds[1] - step + 1, step):
                span = (first, first + step)
                if not any(_overlap(span, other) for other in spans.values()):
                    return first, first + size
        idle = next((one for one in spans if one not in lengths), None)
        if idle is None:
            raise ExhaustedError(name)
        del spans[idle]
