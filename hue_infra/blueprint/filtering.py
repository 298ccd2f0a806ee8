"""A machine's packet filter from the blueprint's flows: the variables of the role ``firewall``.

Every machine lets in what targets it and lets out what starts in its zones; a router
lets through what passes its site; the data centre's routers, at the hub, everything
declared. A flow from lines alone is a talk of neighbours, which nobody else must know
of. Default deny both ways: TCVN 14423:2026 5.12.2.4d, 5.12.2.4f.
"""

import functools
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from hue_infra.blueprint.flows import LINK, MACHINE, PUBLISHED
from hue_infra.blueprint.plan import Blueprint, Flow, Machine, Publication

IPV4_BITS, IPV6_BITS = 32, 128

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


Prefixes = tuple[str, ...]
"""The fewest that hold a group's addresses exactly, IPv4 first."""


def collapse(networks: Iterable[Network]) -> Prefixes:
    """The fewest prefixes that hold exactly *networks*, IPv4 first.

    As `ipaddress.collapse_addresses` has it, in a fraction of its time: the filters of a whole
    province are a thousand groups.
    """
    found: dict[int, set[tuple[int, int]]] = {IPV4_BITS: set(), IPV6_BITS: set()}
    for one in networks:
        found[one.max_prefixlen].add((int(one.network_address), one.prefixlen))
    return tuple(
        _text(first, length, bits)
        for bits, some in found.items()
        for first, length in _fewest(sorted(some), bits)
    )


def _fewest(every: Iterable[tuple[int, int]], bits: int) -> list[tuple[int, int]]:
    """First address and length of the prefixes that are left, given all in their order."""
    left: list[tuple[int, int]] = []
    for one in every:
        if left and _is_inside(one[0], left[-1], bits):
            continue
        left.append(one)
        # Two halves are a whole, which may itself be the second half of a larger one.
        while len(left) > 1 and left[-2][1] == left[-1][1]:
            whole = left[-2][0], left[-2][1] - 1
            if not _is_inside(left[-1][0], whole, bits):
                break
            left[-2:] = [whole]
    return left


def _is_inside(address: int, prefix: tuple[int, int], bits: int) -> bool:
    return (address ^ prefix[0]) >> (bits - prefix[1]) == 0


@functools.lru_cache(maxsize=65536)
def _text(first: int, length: int, bits: int) -> str:
    family = socket.AF_INET if bits == IPV4_BITS else socket.AF_INET6
    return f"{socket.inet_ntop(family, first.to_bytes(bits // 8, 'big'))}/{length}"


@dataclass(slots=True)
class Sets:
    """Named groups of prefixes, each group once however many rules speak of it."""

    names: dict[Prefixes, str] = field(default_factory=dict)

    def name(self, wish: str, group: Prefixes) -> str:
        """Name of the set of *group*: the first wish it was asked for by."""
        return self.names.setdefault(group, re.sub(r"[^a-z0-9]+", "_", wish))

    def variables(self) -> list[dict[str, object]]:
        """The sets as the role takes them."""
        return [{"name": name, "prefixes": list(group)} for group, name in self.names.items()]


@dataclass(frozen=True, slots=True)
class _Talk:
    """A flow, with what it comes to for every machine alike."""

    flow: Flow
    sources: frozenset[str]
    targets: tuple[str, ...]
    """Machines among its targets."""
    published: tuple[Publication, ...]
    """Published services among them."""
    everybody: Prefixes
    """All its sources."""
    aim: Prefixes
    """All its machines."""
    is_neighbourly: bool
    """Whether it comes from lines alone: a talk of neighbours, which nobody else hears of."""


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """The blueprint's pieces by name."""

    ranges: dict[str, tuple[Network, ...]]
    """Prefixes of each source of flows: a segment's, a link's or a machine's."""
    machines: dict[str, Machine]
    services: dict[str, tuple[Prefixes, Prefixes]]
    """Of each publication, its own addresses, and those of the machine behind it."""
    hosts: dict[str, tuple[Network, ...]]
    """Addresses of each machine, those on its links among them, as prefixes of one."""
    lines: dict[str, set[str]]
    """Of each router, its links as sources of flows."""
    places: dict[str, set[str]]
    """Of each site, what lies there as sources of flows."""
    talks: list[_Talk] = field(default_factory=list)

    def group(self, sources: Iterable[str]) -> Prefixes:
        """The prefixes of *sources*."""
        return collapse(prefix for one in sources for prefix in self.ranges[one])

    def aim(self, machines: Iterable[str]) -> Prefixes:
        """The addresses of *machines*."""
        return collapse(address for one in machines for address in self.hosts[one])

    def starts_at(self, machine: Machine) -> set[str]:
        """Sources of flows that the machine itself is part of."""
        ports = {port.segment for port in machine.interfaces}
        return ports | self.lines.get(machine.name, set()) | {f"{MACHINE}{machine.name}"}


def site_prefixes(blueprint: Blueprint, site: str) -> Prefixes:
    """The prefixes of all that lies on *site*, lines aside."""
    around = _around(Same(blueprint))
    places = around.places.get(site, ())
    return around.group(one for one in places if not one.startswith((LINK, MACHINE)))


def _hosts(*addresses: Address) -> Iterator[Network]:
    return map(_host, addresses)


@functools.lru_cache(maxsize=65536)
def _host(address: Address) -> Network:
    return IPv4Network(address) if isinstance(address, IPv4Address) else IPv6Network(address)


class Same:
    """A blueprint as a key of what is remembered of it.

    The same object, not an equal one, whose hash would cost more.
    """

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.blueprint is self.blueprint

    def __hash__(self) -> int:
        return id(self.blueprint)


@functools.lru_cache(maxsize=2)
def _around(same: Same) -> _Surroundings:
    """The surroundings that all machines of one blueprint share."""
    blueprint = same.blueprint
    ranges: dict[str, tuple[Network, ...]] = {
        one.id: (one.ipv4, one.ipv6) for one in blueprint.segments
    }
    lines: dict[str, set[str]] = {}
    places: dict[str, set[str]] = {}
    hosts = {
        one.name: [net for port in one.interfaces for net in _hosts(port.ipv4, port.ipv6)]
        for one in blueprint.machines
    }
    for segment in blueprint.segments:
        places.setdefault(segment.site, set()).add(segment.id)
    for link in blueprint.links:
        ranges[f"{LINK}{link.id}"] = link.ipv4, link.ipv6
        places.setdefault(link.site, set()).add(f"{LINK}{link.id}")
        for end in (link.near, link.far):
            lines.setdefault(end.machine, set()).add(f"{LINK}{link.id}")
            hosts[end.machine].extend(_hosts(end.ipv4, end.ipv6))
    for cluster in blueprint.clusters:
        for name in cluster.control_plane if cluster.shares_address else ():
            hosts[name].extend(_hosts(*cluster.api_addresses))
    for one in blueprint.machines:
        ranges[f"{MACHINE}{one.name}"] = tuple(hosts[one.name])
        places.setdefault(one.site, set()).add(f"{MACHINE}{one.name}")
    around = _Surroundings(
        ranges=ranges,
        machines={one.name: one for one in blueprint.machines},
        services={
            one.name: (collapse(_hosts(one.ipv4, one.ipv6)), collapse(hosts[one.machine]))
            for one in blueprint.publications
        },
        hosts={name: tuple(networks) for name, networks in hosts.items()},
        lines=lines,
        places=places,
    )
    around.talks.extend(_talks(around, blueprint))
    return around


def _talks(around: _Surroundings, blueprint: Blueprint) -> Iterator[_Talk]:
    publications = {f"{PUBLISHED}{one.name}": one for one in blueprint.publications}
    for flow in blueprint.flows:
        targets = tuple(one for one in flow.targets if one not in publications)
        yield _Talk(
            flow=flow,
            sources=frozenset(flow.sources),
            targets=targets,
            published=tuple(publications[one] for one in flow.targets if one in publications),
            everybody=around.group(flow.sources),
            aim=around.aim(targets),
            is_neighbourly=all(source.startswith(LINK) for source in flow.sources),
        )


def is_hub(blueprint: Blueprint, machine: Machine) -> bool:
    """Whether the machine is a router of the site where all lines end, or of the only one."""
    far = {link.far.machine for link in blueprint.links}
    sites = {one.site for one in blueprint.machines if one.name in far}
    return machine.is_router and (machine.site in sites or not far)


def variables(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    """Variables of the role ``firewall`` for *machine*."""
    around, sets = _around(Same(blueprint)), Sets()
    hub = is_hub(blueprint, machine)
    found: dict[str, object] = {
        "firewall_input": list(_input(around, machine, sets)),
        "firewall_output": list(_output(around, machine, sets)),
        "firewall_forward": [],
        "firewall_ports": [],
        "firewall_publications": [],
        "firewall_pods": _pods(blueprint, machine),
    }
    if machine.is_router:
        found["firewall_forward"] = list(_forward(around, machine, sets, hub=hub))
        found["firewall_ports"] = [
            {"interface": port.name, "prefixes": list(map(str, around.ranges[port.segment]))}
            for port in machine.interfaces
        ]
    if hub:
        found["firewall_publications"] = [
            _publication(around, one) for one in blueprint.publications
        ]
    return {"firewall_sets": sets.variables(), **found}


def _rule(flow: Flow, ports: Iterable[int], **more: str | bool) -> dict[str, object]:
    return {"id": flow.id, "protocol": flow.protocol, "ports": list(ports), **more}


def _input(around: _Surroundings, machine: Machine, sets: Sets) -> Iterator[dict[str, object]]:
    own = around.starts_at(machine)
    for talk in around.talks:
        flow = talk.flow
        behind = [one for one in talk.published if one.machine == machine.name]
        aimed = [flow.ports] if machine.name in talk.targets else []
        for ports in (*aimed, *((one.target_port,) for one in behind)):
            near = talk.is_neighbourly
            sources = around.group(own & talk.sources) if near else talk.everybody
            yield _rule(flow, ports, sources=sets.name(f"from_{flow.id}", sources))


def _output(around: _Surroundings, machine: Machine, sets: Sets) -> Iterator[dict[str, object]]:
    own = around.starts_at(machine)
    for talk in around.talks:
        if own.isdisjoint(talk.sources):
            continue
        flow = talk.flow
        if talk.targets:
            aim = around.group(own & talk.sources) if talk.is_neighbourly else talk.aim
            yield _rule(flow, flow.ports, targets=sets.name(f"to_{flow.id}", aim))
        for published in talk.published:
            yield from _both_sides(around, flow, published, sets)


def _both_sides(
    around: _Surroundings, flow: Flow, published: Publication, sets: Sets, **groups: str
) -> Iterator[dict[str, object]]:
    """A published service's flow as it is sent, and as the hub's translation leaves it."""
    own, behind = around.services[published.name]
    before = sets.name(f"{published.name}_published", own)
    yield _rule(flow, (published.port,), targets=before, **groups)
    after = sets.name(f"{published.name}_behind", behind)
    yield _rule(flow, (published.target_port,), targets=after, translated=True, **groups)


def _forward(
    around: _Surroundings, machine: Machine, sets: Sets, *, hub: bool
) -> Iterator[dict[str, object]]:
    here = around.places.get(machine.site, set())
    for talk in (one for one in around.talks if not one.is_neighbourly):
        flow, targets = talk.flow, talk.targets
        inside = targets if hub else _at(around, machine.site, targets)
        every = (f"from_{flow.id}", talk.everybody)
        leaving = every if hub else (f"from_{flow.id}_here", around.group(here & talk.sources))
        if inside:
            yield _pass(around, talk, every, inside, sets)
        if targets and leaving[1] and not hub:
            yield _pass(around, talk, leaving, targets, sets)
        if leaving[1]:
            for published in talk.published:
                yield from _both_sides(around, flow, published, sets, sources=sets.name(*leaving))


def _at(around: _Surroundings, site: str, machines: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in machines if around.machines[one].site == site)


def _pass(
    around: _Surroundings,
    talk: _Talk,
    sources: tuple[str, Prefixes],
    targets: tuple[str, ...],
    sets: Sets,
) -> dict[str, object]:
    aim = talk.aim if targets == talk.targets else around.aim(targets)
    return _rule(
        talk.flow,
        talk.flow.ports,
        sources=sets.name(*sources),
        targets=sets.name(f"to_{talk.flow.id}_{len(targets)}", aim),
    )


def _pods(blueprint: Blueprint, machine: Machine) -> list[str]:
    """Pod prefixes of the cluster the machine is a node of."""
    cluster = blueprint.cluster_of(machine.name)
    return [str(one) for one in (*cluster.pods, *cluster.services)] if cluster else []


def _publication(around: _Surroundings, one: Publication) -> dict[str, object]:
    port = around.machines[one.machine].interfaces[0]
    return {
        "name": one.name,
        "address4": str(one.ipv4),
        "address6": str(one.ipv6),
        "port": one.port,
        "target4": str(port.ipv4),
        "target6": str(port.ipv6),
        "target_port": one.target_port,
        "hairpin": list(map(str, around.ranges[port.segment])),
    }
