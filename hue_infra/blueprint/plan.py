"""The blueprint's pieces: everything that follows from the model, as plain frozen data."""

import datetime
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

from hue_infra.model.kinds import ZoneKind
from hue_infra.model.province import CameraClass, RoomClass
from hue_infra.units import Bandwidth, DataSize

Protocol = Literal["tcp", "udp", "icmp", "vrrp"]
INGRESS = "ingress"
"""The chart that leads to published platforms, the namespace and the name of its release."""
OBSERVABILITY = "observability"
"""The chart that watches the cluster it runs in, and every machine of the province."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One zone of one site: a VLAN with its prefixes; the gateway is the site's router."""

    id: str
    """``<site>/<zone>``, such as ``dc/server``."""
    site: str
    zone: str
    kind: ZoneKind
    vlan: int
    ipv4: IPv4Network
    ipv6: IPv6Network
    gateway4: IPv4Address
    gateway6: IPv6Address


@dataclass(frozen=True, slots=True)
class Interface:
    """A machine's port on a segment."""

    name: str
    segment: str
    ipv4: IPv4Address
    ipv6: IPv6Address


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine with its roles; routers have a port on every segment of their site."""

    name: str
    """``<site>-<machine>``, such as ``dc-core1``; unique in the province."""
    fqdn: str
    site: str
    zone: str
    roles: tuple[str, ...]
    """As the file names them: router, dns, time, pki, log, kubernetes, edge…"""
    interfaces: tuple[Interface, ...]
    """The first is the one other machines know it by."""
    is_router: bool
    source: str
    """Key path in province.yaml, for errors: ``sites.dc.machines.core1``."""
    address: str | None = None
    """Management address of a real machine."""


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """One end of a link: the router, its port, its addresses."""

    machine: str
    interface: str
    ipv4: IPv4Address
    ipv6: IPv6Address


@dataclass(frozen=True, slots=True)
class LinkLoad:
    """What a link must carry at the busy hour, Mbps by use."""

    conference: Bandwidth
    cameras: Bandwidth
    users: Bandwidth
    voice: Bandwidth

    @property
    def total(self) -> Bandwidth:
        """Sum of all uses."""
        parts = (self.conference, self.cameras, self.users, self.voice)
        return Bandwidth(sum(part.mbps for part in parts))


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the TSLCD between a site's router and the data centre's."""

    id: str
    """``<site>-1``, and ``<site>-2`` for the second route."""
    site: str
    route: int
    capacity: Bandwidth
    near: LinkEnd
    far: LinkEnd
    ipv4: IPv4Network
    ipv6: IPv6Network
    load: LinkLoad
    """Load when this link alone carries the site."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One allowed conversation between zones; whatever no flow names is dropped."""

    id: str
    sources: tuple[str, ...]
    """Segment ids; ``link:<id>`` are the two routers of that link at their link addresses,
    ``machine:<name>`` is one machine."""
    targets: tuple[str, ...]
    """Machine names; a target ``published:<name>`` is a published address."""
    protocol: Protocol
    ports: tuple[int, ...]
    """Empty: the protocol has none (icmp), or every one (a flow of the file that names none)."""
    why: str
    """Message name of the reason, such as ``blueprint.flow-resolve``."""
    reason: str = ""
    """The file's own words for a flow that the file declares."""
    source: str = ""
    """Key path of such a flow."""
    is_silent: bool = False
    """Whether nobody answers a stranger here, so that the conversation is proved otherwise."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A service reached at an address of its own, which the core firewall translates."""

    name: str
    """The platform."""
    hosts: tuple[str, ...]
    ipv4: IPv4Address
    ipv6: IPv6Address
    port: int
    machine: str
    target_port: int


@dataclass(frozen=True, slots=True)
class Record:
    """One DNS record of the province; ``name`` is fully qualified without the last dot."""

    name: str
    type: Literal["A", "AAAA", "CNAME", "NS", "PTR"]
    value: str


@dataclass(frozen=True, slots=True)
class DnsZone:
    """A zone the province's servers answer for, with its records."""

    name: str
    servers: tuple[str, ...]
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate the province CA must issue to a machine or a platform."""

    owner: str
    names: tuple[str, ...]
    addresses: tuple[IPv4Address | IPv6Address, ...]


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera with its name and addresses."""

    name: str
    site: str
    kind: str
    spec: CameraClass
    stream: Bandwidth
    ipv4: IPv4Address
    ipv6: IPv6Address


@dataclass(frozen=True, slots=True)
class Room:
    """One meeting room with its name and addresses."""

    name: str
    site: str
    kind: str
    spec: RoomClass
    stream: Bandwidth
    ipv4: IPv4Address
    ipv6: IPv6Address


@dataclass(frozen=True, slots=True)
class SitePlan:
    """One site: who it belongs to and what lies there."""

    name: str
    title: str
    kind: str
    unit: str | None
    """Code of its administrative unit."""
    tier: str | None
    parent: str | None
    """Name of the site above it in the tiers."""
    domain: str
    users: int
    country: str
    source: str
    in_lab: bool
    title_en: str = ""
    access: str = ""
    """Access level on the TSLCD."""
    voice_lines: int = 0


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """Machines of a cluster that run what is of one security level, and nothing else."""

    name: str
    level: int
    workers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """A door of a cluster: where it leads the hosts of published platforms in."""

    name: str
    level: int
    """The level whose machines it runs on alone; 0 where it runs on those that are for any."""
    port: int
    """TCP port on each of those machines."""
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """A Kubernetes cluster with its addresses."""

    name: str
    level: int
    control_plane: tuple[str, ...]
    workers: tuple[str, ...]
    api_names: tuple[str, ...]
    api_port: int
    pods: tuple[IPv4Network, IPv6Network]
    services: tuple[IPv4Network, IPv6Network]
    api_addresses: tuple[IPv4Address, IPv6Address]
    """Of its API server; where several machines are in control they go from one to another."""
    pools: tuple[PoolPlan, ...] = ()
    gateways: tuple[GatewayPlan, ...] = ()

    @property
    def shares_address(self) -> bool:
        """Whether several machines are in control."""
        return len(self.control_plane) > 1

    @property
    def server(self) -> str:
        """URL of its API server inside the province."""
        return f"https://{self.api_addresses[0]}:{self.api_port}"

    @property
    def door(self) -> str:
        """Name of the way from the operator's machine into the lab's API server."""
        return f"api-{self.name}"

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every machine of it; the cluster begins on the first."""
        apart = (name for pool in self.pools for name in pool.workers)
        return (*self.control_plane, *self.workers, *apart)

    def level_of(self, machine: str) -> int:
        """The level that *machine* is set apart for; 0 when it is for any."""
        return next((pool.level for pool in self.pools if machine in pool.workers), 0)

    @property
    def takers(self) -> tuple[str, ...]:
        """The machines that platforms of any level run on."""
        return self.workers or self.control_plane

    def takes(self, machine: str) -> bool:
        """Whether platforms run on *machine*."""
        return machine in self.takers or self.level_of(machine) > 0


@dataclass(frozen=True, slots=True)
class PlatformPlan:
    """A platform as its chart will run it."""

    name: str
    chart: str
    cluster: str
    namespace: str
    level: int
    hosts: tuple[str, ...]
    country: str
    gateway: str
    """Name of the gateway that leads its hosts in; empty where it is not published."""
    values: dict[str, object]
    source: str
    apart: bool = False
    """Whether its cluster has machines for its level alone."""


@dataclass(frozen=True, slots=True)
class StorageNeed:
    """Storage that recordings of one camera class need over their retention."""

    kind: str
    cameras: int
    retention_days: int
    raw: DataSize
    installed: DataSize
    """With RAID and headroom."""


@dataclass(frozen=True, slots=True)
class Material:
    """One line of the bill of materials."""

    item: str
    """Message name."""
    count: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """All that follows from one province file at one date."""

    codename: str
    title: str
    domain: str
    date: datetime.date
    regime: str
    sites: tuple[SitePlan, ...]
    segments: tuple[Segment, ...]
    machines: tuple[Machine, ...]
    links: tuple[Link, ...]
    flows: tuple[Flow, ...]
    publications: tuple[Publication, ...]
    dns: tuple[DnsZone, ...]
    certificates: tuple[Certificate, ...]
    cameras: tuple[Camera, ...]
    rooms: tuple[Room, ...]
    clusters: tuple[ClusterPlan, ...]
    platforms: tuple[PlatformPlan, ...]
    storage: tuple[StorageNeed, ...]
    materials: tuple[Material, ...]
    title_en: str = ""
    ranges: tuple[IPv4Network | IPv6Network, ...] = ()
    """Every address range given to the province for its sites and lines, as the file has it."""

    def machine(self, name: str) -> Machine:
        """The machine of that name.

        Raises:
            KeyError: There is none.
        """
        for machine in self.machines:
            if machine.name == name:
                return machine
        raise KeyError(name)

    def cluster_of(self, machine: str) -> ClusterPlan | None:
        """The cluster that *machine* is a node of."""
        return next((one for one in self.clusters if machine in one.nodes), None)
