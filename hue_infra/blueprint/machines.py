"""Segments, machines, cameras and rooms of every site, each with its addresses."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address

from hue_infra.blueprint import naming, sizing
from hue_infra.blueprint.addressing import SiteNeed
from hue_infra.blueprint.lock import GATEWAY, Lock, SiteLock
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.plan import Camera, Interface, Machine, Room, Segment
from hue_infra.model.kinds import Role, ZoneKind
from hue_infra.model.province import MachineSpec, Province
from hue_infra.model.resolve import ResolvedSite
from hue_infra.words import say

PREFIXES = {"cameras": "cam", "rooms": "room"}
"""A camera and a room of classes named alike are told apart by what their names begin with."""


def need(site: ResolvedSite, virtual: Mapping[str, str]) -> SiteNeed:
    """What a site asks of the address plan: its zones and the hosts in each.

    Args:
        site: The site.
        virtual: Hosts that are no machine of their own, each with a machine that may bear it.
    """
    hosts: dict[str, list[str]] = {zone: [] for zone in site.zones}
    routers = [name for name, spec in site.machines.items() if Role.ROUTER in spec.roles]
    for zone in hosts.values():
        zone.extend(routers)
    for name, spec in site.machines.items():
        if name not in routers:
            hosts[_zone_of(site, name, spec)].append(name)
    for name, bearer in virtual.items():
        if bearer in site.machines:
            hosts[_zone_of(site, bearer, site.machines[bearer])].append(name)
    for counts, kind, part in _things(site):
        if any(counts.values()):
            hosts[_zone(site, kind, part)].extend(_numbered(PREFIXES[part], counts))
    return SiteNeed(
        name=site.name,
        source=site.source,
        zones=site.zones,
        zones_source=f"site_classes.{site.kind}.zones",
        hosts={zone: tuple(names) for zone, names in hosts.items()},
        routers=tuple(routers),
    )


def _things(site: ResolvedSite) -> Iterator[tuple[dict[str, int], ZoneKind, str]]:
    yield dict(site.rooms), ZoneKind.CONFERENCE, "rooms"
    yield dict(site.cameras), ZoneKind.CAMERA, "cameras"


def _numbered(prefix: str, counts: dict[str, int]) -> Iterator[str]:
    for kind, count in counts.items():
        for number in range(1, count + 1):
            yield naming.numbered(f"{prefix}-{kind}", number)


def _zone_of(site: ResolvedSite, name: str, spec: MachineSpec) -> str:
    if spec.zone in site.zones:
        return spec.zone
    raise PlacedError(
        say("blueprint.no-zone-of-machine", machine=name, site=site.name, zone=spec.zone),
        f"{site.source}.machines.{name}.zone",
        hint=say("blueprint.zones-there", zones=", ".join(site.zones)),
    )


def _zone(site: ResolvedSite, kind: ZoneKind, part: str) -> str:
    for name, zone in site.zones.items():
        if zone.kind is kind:
            return name
    raise PlacedError(
        say("blueprint.no-zone-of-kind", site=site.name, kind=str(kind), part=part),
        f"{site.source}.{part}",
        hint=say("blueprint.no-zone-of-kind-hint", kind=str(kind), class_=site.kind),
    )


def segments(site: ResolvedSite, lock: SiteLock) -> Iterator[Segment]:
    """The zones of a site as VLANs with their prefixes."""
    for zone, spec in site.zones.items():
        prefixes = lock.segments[zone]
        yield Segment(
            id=f"{site.name}/{zone}",
            site=site.name,
            zone=zone,
            kind=spec.kind,
            vlan=spec.vlan,
            ipv4=prefixes.ipv4,
            ipv6=prefixes.ipv6,
            gateway4=prefixes.ipv4.network_address + GATEWAY,
            gateway6=prefixes.ipv6.network_address + GATEWAY,
        )


def machines(site: ResolvedSite, lock: SiteLock, domain: str) -> Iterator[Machine]:
    """The machines of a site; a router has a port in every zone, that of its own zone first."""
    for name, spec in site.machines.items():
        is_router = Role.ROUTER in spec.roles
        _zone_of(site, name, spec)
        zones = [spec.zone]
        if is_router:
            zones += [zone for zone in site.zones if zone != spec.zone]
        yield Machine(
            name=naming.machine_name(site.name, name),
            fqdn=naming.fqdn(name, naming.site_domain(site.name, domain)),
            site=site.name,
            zone=spec.zone,
            roles=tuple(str(role) for role in spec.roles),
            interfaces=tuple(_port(site, lock, zone, (name, is_router)) for zone in zones),
            is_router=is_router,
            source=f"{site.source}.machines.{name}",
            address=spec.address,
        )


def _port(site: ResolvedSite, lock: SiteLock, zone: str, machine: tuple[str, bool]) -> Interface:
    name, is_router = machine
    ipv4, ipv6 = address(lock, zone, name)
    port = f"vlan{site.zones[zone].vlan}" if is_router else "eth0"
    return Interface(port, f"{site.name}/{zone}", ipv4, ipv6)


def address(lock: SiteLock, zone: str, host: str) -> tuple[IPv4Address, IPv6Address]:
    """Addresses of a host in a zone: its number in both prefixes; the gateway is number one."""
    segment = lock.segments[zone]
    number = GATEWAY if host == lock.router else segment.hosts.held[host]
    return (
        IPv4Address(int(segment.ipv4.network_address) + number),
        IPv6Address(int(segment.ipv6.network_address) + number),
    )


def cameras(province: Province, site: ResolvedSite, lock: Lock) -> Iterator[Camera]:
    """The cameras of a site, class by class, numbered from one."""
    for kind, count in site.cameras.items():
        spec = province.camera_classes[kind]
        stream = sizing.camera_stream(spec)
        zone = _zone(site, ZoneKind.CAMERA, "cameras") if count else ""
        for number in range(1, count + 1):
            host = naming.numbered(f"{PREFIXES['cameras']}-{kind}", number)
            ipv4, ipv6 = address(lock.sites[site.name], zone, host)
            name = naming.machine_name(site.name, host)
            yield Camera(name, site.name, kind, spec, stream, ipv4, ipv6)


def rooms(province: Province, site: ResolvedSite, lock: Lock) -> Iterator[Room]:
    """The meeting rooms of a site, class by class, numbered from one."""
    for kind, count in site.rooms.items():
        spec = province.room_classes[kind]
        stream = sizing.room_stream(spec)
        zone = _zone(site, ZoneKind.CONFERENCE, "rooms") if count else ""
        for number in range(1, count + 1):
            host = naming.numbered(f"{PREFIXES['rooms']}-{kind}", number)
            ipv4, ipv6 = address(lock.sites[site.name], zone, host)
            name = naming.machine_name(site.name, host)
            yield Room(name, site.name, kind, spec, stream, ipv4, ipv6)
