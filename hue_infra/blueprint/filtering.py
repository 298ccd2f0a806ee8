"""A machine's packet filter from the blueprint's flows: the variables of the role ``firewall``.

Every machine lets in what targets it and lets out what starts in its zones; a router
lets through what passes its site; the data centre's routers, at the hub, everything
declared. A flow from lines alone is a talk of neighbours, which nobody else must know
of. Default deny both ways: TCVN 14423:2026 5.12.2.4d, 5.12.2.4f.
"""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_network,
)

from hue_infra.blueprint.plan import Blueprint, Flow, Link, Machine, Publication, Segment

LINK = "link:"
PUBLISHED = "published:"

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def collapse(networks: Iterable[Network]) -> tuple[str, ...]:
    """The fewest prefixes that hold exactly *networks*, IPv4 first."""
    return _collapse(frozenset(networks))


# Many machines ask for the same groups, and a group of a whole province takes milliseconds.
@functools.lru_cache(maxsize=4096)
def _collapse(every: frozenset[Network]) -> tuple[str, ...]:
    ipv4 = collapse_addresses(one for one in every if isinstance(one, IPv4Network))
    ipv6 = collapse_addresses(one for one in every if isinstance(one, IPv6Network))
    return (*map(str, ipv4), *map(str, ipv6))


@dataclass(slots=True)
class Sets:
    """Named groups of prefixes, each group once however many rules speak of it."""

    names: dict[tuple[str, ...], str] = field(default_factory=dict)

    def name(self, wish: str, networks: Iterable[Network]) -> str:
        """Name of the set of *networks*: the first wish it was asked for by."""
        return self.names.setdefault(collapse(networks), re.sub(r"[^a-z0-9]+", "_", wish))

    def variables(self) -> list[dict[str, object]]:
        """The sets as the role takes them."""
        return [{"name": name, "prefixes": list(group)} for group, name in self.names.items()]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """The blueprint's pieces by name."""

    segments: dict[str, Segment]
    machines: dict[str, Machine]
    links: dict[str, Link]
    publications: dict[str, Publication]
    sources: dict[str, frozenset[str]]
    """Of each flow, by its id."""
    neighbourly: frozenset[str]
    """Flows from lines alone: talks of neighbours, which nobody else must know of."""
    hosts: dict[str, tuple[Network, ...]]
    """Addresses of each machine, those on its links among them, as prefixes of one."""
    lines: dict[str, set[str]]
    """Of each router, its links as sources of flows."""
    places: dict[str, set[str]]
    """Of each site, what lies there as sources of flows."""

    def prefixes(self, source: str) -> tuple[Network, Network]:
        """Prefixes of a flow's source: a segment's, or a link's."""
        if source.startswith(LINK):
            link = self.links[source.removeprefix(LINK)]
            return link.ipv4, link.ipv6
        return self.segments[source].ipv4, self.segments[source].ipv6

    def published(self, flow: Flow) -> list[Publication]:
        """Published services among a flow's targets."""
        return [
            self.publications[one.removeprefix(PUBLISHED)]
            for one in flow.targets
            if one.startswith(PUBLISHED)
        ]

    def starts_at(self, machine: Machine) -> set[str]:
        """Sources of flows that the machine itself is part of."""
        ports = {port.segment for port in machine.interfaces}
        return ports | self.lines.get(machine.name, set())


def _hosts(*addresses: Address) -> Iterator[Network]:
    return map(_host, addresses)


@functools.lru_cache(maxsize=65536)
def _host(address: Address) -> Network:
    return ip_network(address)


class _Same:
    """A blueprint as a key: the same object, not an equal one, whose hash would cost more."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.blueprint is self.blueprint

    def __hash__(self) -> int:
        return id(self.blueprint)


@functools.lru_cache(maxsize=2)
def _around(same: _Same) -> _Surroundings:
    """The surroundings that all machines of one blueprint share."""
    blueprint = same.blueprint
    lines: dict[str, set[str]] = {}
    places: dict[str, set[str]] = {}
    hosts = {
        one.name: [net for port in one.interfaces for net in _hosts(port.ipv4, port.ipv6)]
        for one in blueprint.machines
    }
    for segment in blueprint.segments:
        places.setdefault(segment.site, set()).add(segment.id)
    for link in blueprint.links:
        places.setdefault(link.site, set()).add(f"{LINK}{link.id}")
        for end in (link.near, link.far):
            lines.setdefault(end.machine, set()).add(f"{LINK}{link.id}")
            hosts[end.machine].extend(_hosts(end.ipv4, end.ipv6))
    return _Surroundings(
        segments={one.id: one for one in blueprint.segments},
        machines={one.name: one for one in blueprint.machines},
        links={one.id: one for one in blueprint.links},
        publications={one.name: one for one in blueprint.publications},
        sources={flow.id: frozenset(flow.sources) for flow in blueprint.flows},
        neighbourly=frozenset(
            flow.id
            for flow in blueprint.flows
            if all(source.startswith(LINK) for source in flow.sources)
        ),
        hosts={name: tuple(networks) for name, networks in hosts.items()},
        lines=lines,
        places=places,
    )


def is_hub(blueprint: Blueprint, machine: Machine) -> bool:
    """Whether the machine is a router of the site where all lines end, or of the only one."""
    far = {link.far.machine for link in blueprint.links}
    sites = {one.site for one in blueprint.machines if one.name in far}
    return machine.is_router and (machine.site in sites or not far)


def variables(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    """Variables of the role ``firewall`` for *machine*."""
    around, sets = _around(_Same(blueprint)), Sets()
    hub = is_hub(blueprint, machine)
    found: dict[str, object] = {
        "firewall_input": list(_input(around, blueprint.flows, machine, sets)),
        "firewall_output": list(_output(around, blueprint.flows, machine, sets)),
        "firewall_forward": [],
        "firewall_ports": [],
        "firewall_publications": [],
        "firewall_pods": _pods(blueprint, machine),
    }
    if machine.is_router:
        forward = _forward(around, blueprint.flows, machine, sets, hub=hub)
        found["firewall_forward"] = list(forward)
        found["firewall_ports"] = [
            {"interface": port.name, "prefixes": list(map(str, around.prefixes(port.segment)))}
            for port in machine.interfaces
        ]
    if hub:
        found["firewall_publications"] = [
            _publication(around, one) for one in blueprint.publications
        ]
    return {"firewall_sets": sets.variables(), **found}


def _rule(flow: Flow, ports: Iterable[int], **more: str | bool) -> dict[str, object]:
    return {"id": flow.id, "protocol": flow.protocol, "ports": list(ports), **more}


def _sources(around: _Surroundings, flow: Flow, only: set[str] | None = None) -> list[Network]:
    chosen = flow.sources if only is None else only & around.sources[flow.id]
    return [prefix for one in chosen for prefix in around.prefixes(one)]


def _input(
    around: _Surroundings, flows: Iterable[Flow], machine: Machine, sets: Sets
) -> Iterator[dict[str, object]]:
    own = around.starts_at(machine)
    for flow in flows:
        behind = [one for one in around.published(flow) if one.machine == machine.name]
        aimed = [flow.ports] if machine.name in flow.targets else []
        for ports in (*aimed, *((one.target_port,) for one in behind)):
            sources = _sources(around, flow, own if flow.id in around.neighbourly else None)
            yield _rule(flow, ports, sources=sets.name(f"from_{flow.id}", sources))


def _output(
    around: _Surroundings, flows: Iterable[Flow], machine: Machine, sets: Sets
) -> Iterator[dict[str, object]]:
    own = around.starts_at(machine)
    for flow in flows:
        if own.isdisjoint(around.sources[flow.id]):
            continue
        if targets := _plain_targets(flow):
            if flow.id in around.neighbourly:
                addresses = _sources(around, flow, own)
            else:
                addresses = [prefix for one in targets for prefix in around.hosts[one]]
            yield _rule(flow, flow.ports, targets=sets.name(f"to_{flow.id}", addresses))
        for published in around.published(flow):
            yield from _both_sides(around, flow, published, sets)


def _plain_targets(flow: Flow) -> list[str]:
    return [one for one in flow.targets if not one.startswith(PUBLISHED)]


def _both_sides(
    around: _Surroundings, flow: Flow, published: Publication, sets: Sets, **groups: str
) -> Iterator[dict[str, object]]:
    """A published service's flow as it is sent, and as the hub's translation leaves it."""
    before = sets.name(f"{published.name}_published", _hosts(published.ipv4, published.ipv6))
    yield _rule(flow, (published.port,), targets=before, **groups)
    after = sets.name(f"{published.name}_behind", around.hosts[published.machine])
    yield _rule(flow, (published.target_port,), targets=after, translated=True, **groups)


def _forward(
    around: _Surroundings, flows: Iterable[Flow], machine: Machine, sets: Sets, *, hub: bool
) -> Iterator[dict[str, object]]:
    here = around.places.get(machine.site, set())
    for flow in (one for one in flows if one.id not in around.neighbourly):
        targets = _plain_targets(flow)
        inside = [one for one in targets if hub or around.machines[one].site == machine.site]
        every = (f"from_{flow.id}", _sources(around, flow) if inside or hub else [])
        leaving = every if hub else (f"from_{flow.id}_here", _sources(around, flow, here))
        if inside:
            yield _pass(around, flow, every, inside, sets)
        if targets and leaving[1] and not hub:
            yield _pass(around, flow, leaving, targets, sets)
        if leaving[1]:
            for published in around.published(flow):
                yield from _both_sides(around, flow, published, sets, sources=sets.name(*leaving))


def _pass(
    around: _Surroundings,
    flow: Flow,
    sources: tuple[str, list[Network]],
    targets: list[str],
    sets: Sets,
) -> dict[str, object]:
    addresses = [prefix for one in targets for prefix in around.hosts[one]]
    return _rule(
        flow,
        flow.ports,
        sources=sets.name(*sources),
        targets=sets.name(f"to_{flow.id}_{len(targets)}", addresses),
    )


def _pods(blueprint: Blueprint, machine: Machine) -> list[str]:
    """Pod prefixes of the cluster the machine is a node of."""
    for cluster in blueprint.clusters:
        if machine.name in {*cluster.control_plane, *cluster.workers}:
            return [*map(str, cluster.pods), *map(str, cluster.services)]
    return []


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
        "hairpin": list(map(str, around.prefixes(port.segment))),
    }
