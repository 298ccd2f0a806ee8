"""The province's DNS: one zone for its domain, reverse zones for its ranges.

Every name has A and AAAA (NĐ 224/2026/NĐ-CP, Điều 11.4 asks IPv6 of portals; the
province gives it to all). Services are named by what they do, so that a machine
can be replaced without a word to anybody: ``ns1``, ``time``, ``pki``, ``log``.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from hue_infra.blueprint import naming
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.plan import (
    Camera,
    ClusterPlan,
    DnsZone,
    Link,
    LinkEnd,
    Machine,
    Record,
    Room,
)
from hue_infra.words import say

SERVICES = {"time": "time", "pki": "pki", "log": "log"}
"""Name of a service under the province's domain, by the role that gives it."""

Pair = tuple[str, IPv4Address, IPv6Address]


def service_names(draft: Draft, machine: Machine) -> tuple[str, ...]:
    """Names of the services a machine gives, under the province's domain."""
    names = [SERVICES[role] for role in machine.roles if role in SERVICES]
    servers = draft.with_role("dns")
    if machine in servers:
        names.append(f"ns{servers.index(machine) + 1}")
    return tuple(f"{name}.{draft.domain}" for name in names)


def zones(
    draft: Draft, links: tuple[Link, ...], clusters: tuple[ClusterPlan, ...]
) -> tuple[DnsZone, ...]:
    """Every zone of the province with its records.

    Raises:
        PlacedError: A platform's host name is outside the province's domain.
    """
    servers = tuple(
        f"ns{number}.{draft.domain}" for number, _ in enumerate(draft.with_role("dns"), 1)
    )
    hosts = [*_machines(draft), *_ports(draft, links), *_things(draft)]
    aliases = [*_services(draft), *_clusters(clusters), *_published(draft)]
    forward = DnsZone(
        draft.domain, servers, (*_name_servers(draft.domain, servers), *_forward(hosts + aliases))
    )
    published = [alias for alias in _published(draft) if alias[0] == _first_host(draft, alias)]
    return (forward, *_reverse(draft, servers, hosts + published))


def _name_servers(zone: str, servers: tuple[str, ...]) -> Iterator[Record]:
    for server in servers:
        yield Record(zone, "NS", server)


def _forward(pairs: Iterable[Pair]) -> Iterator[Record]:
    for name, ipv4, ipv6 in pairs:
        yield Record(name, "A", str(ipv4))
        yield Record(name, "AAAA", str(ipv6))


def _machines(draft: Draft) -> Iterator[Pair]:
    for machine in draft.machines:
        first = machine.interfaces[0]
        yield machine.fqdn, first.ipv4, first.ipv6


def _ports(draft: Draft, links: tuple[Link, ...]) -> Iterator[Pair]:
    """Routers' other ports, so that a traced route reads as names."""
    for machine in draft.machines:
        for port in machine.interfaces[1:]:
            yield f"{port.name}.{machine.fqdn}", port.ipv4, port.ipv6
    for link in links:
        for end in (link.near, link.far):
            yield _end_name(draft, end), end.ipv4, end.ipv6


def _end_name(draft: Draft, end: LinkEnd) -> str:
    return f"{end.interface}.{draft.by_name[end.machine].fqdn}"


def _things(draft: Draft) -> Iterator[Pair]:
    things: tuple[Room | Camera, ...] = (*draft.rooms, *draft.cameras)
    for thing in things:
        host = thing.name.removeprefix(f"{thing.site}-")
        domain = naming.site_domain(thing.site, draft.domain)
        yield naming.fqdn(host, domain), thing.ipv4, thing.ipv6


def _services(draft: Draft) -> Iterator[Pair]:
    for machine in draft.machines:
        first = machine.interfaces[0]
        for name in service_names(draft, machine):
            yield name, first.ipv4, first.ipv6


def _clusters(clusters: tuple[ClusterPlan, ...]) -> Iterator[Pair]:
    for cluster in clusters:
        yield cluster.api_names[0], *cluster.api_addresses


def _published(draft: Draft) -> Iterator[Pair]:
    for one in draft.publications:
        for host in one.hosts:
            if host != draft.domain and not host.endswith(f".{draft.domain}"):
                raise PlacedError(
                    say("blueprint.host-outside", host=host, domain=draft.domain),
                    f"platforms.{one.name}.hosts",
                    hint=say("blueprint.host-outside-hint", domain=draft.domain),
                )
            yield host, one.ipv4, one.ipv6


def _first_host(draft: Draft, alias: Pair) -> str:
    return next(one.hosts[0] for one in draft.publications if one.ipv4 == alias[1])


def _reverse(draft: Draft, servers: tuple[str, ...], pairs: list[Pair]) -> Iterator[DnsZone]:
    allocations = draft.province.allocations
    names4 = {
        name: 4 - network_labels
        for network in (*allocations.ipv4, allocations.transit, allocations.published)
        for name, network_labels in reverse_zones4(network)
    }
    records: dict[str, list[Record]] = {name: [] for name in names4}
    name6 = reverse_zone6(allocations.ipv6)
    records[name6] = []
    depths = sorted(set(names4.values()))
    for name, ipv4, ipv6 in pairs:
        pointer = _pointer4(ipv4)
        for depth in depths:
            zone = pointer.split(".", depth)[-1]
            if names4.get(zone) == depth:
                records[zone].append(Record(pointer, "PTR", name))
                break
        records[name6].append(Record(_pointer6(ipv6), "PTR", name))
    for zone, found in records.items():
        yield DnsZone(zone, servers, (*_name_servers(zone, servers), *found))


def reverse_zones4(network: IPv4Network) -> Iterator[tuple[str, int]]:
    """Reverse zones that cover *network*, at octet borders, with their octets.

    >>> list(reverse_zones4(IPv4Network("10.46.0.0/15")))
    [('46.10.in-addr.arpa', 2), ('47.10.in-addr.arpa', 2)]
    """
    octets = max(1, min(3, -(-network.prefixlen // 8)))
    step = 1 << (32 - 8 * octets)
    first = int(network.network_address) // step * step
    for base in range(first, int(network.broadcast_address) + 1, step):
        yield _pointer4(IPv4Address(base)).split(".", 4 - octets)[-1], octets


def reverse_zone6(network: IPv6Network) -> str:
    """The reverse zone that covers *network*, at a nibble border.

    >>> reverse_zone6(IPv6Network("2001:db8:46::/48"))
    '6.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa'
    """
    nibbles = network.prefixlen // 4
    return _pointer6(network.network_address).split(".", 32 - nibbles)[-1]


def _pointer4(address: IPv4Address) -> str:
    number = int(address)
    return f"{number & 255}.{number >> 8 & 255}.{number >> 16 & 255}.{number >> 24}.in-addr.arpa"


def _pointer6(address: IPv6Address) -> str:
    # Several times as quick as ipaddress's reverse_pointer, which reads its own text again.
    return ".".join(f"{int(address):032x}"[::-1]) + ".ip6.arpa"
