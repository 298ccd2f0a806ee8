"""The province as its file tells it: frozen, typed, unknown keys refused."""

import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hue_infra.model.kinds import Access, Codec, Engine, Resolution, Role, ZoneKind
from hue_infra.units import Bandwidth, DataSize, Memory, Power

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Level = Annotated[int, Field(ge=1, le=5)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """Base of every piece of the file: a key it does not know is an error."""

    # Built on first use: a command that reads one file needs one validator, not one a part.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Identity(Part):
    """Which province this is."""

    code: Annotated[str, Field(pattern=r"^\d{2}$", examples=['"46"'])]
    """Code of the national list of units; in quotes, for 01 is not the number 1."""
    codename: Annotated[Name, Field(examples=["hue"])]
    """Short unaccented name: stacks, machines and files are called by it."""
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.gov\.vn$", examples=["hue.gov.vn"])]
    """Domain of the province (NĐ 224/2026 Đ11.4)."""
    organ: Annotated[str, Field(pattern=r"^[A-Y]\d{2}$", examples=["H57"])]
    """Organisation code of level 1 (QĐ 20/2020/QĐ-TTg)."""
    date: datetime.date | None = None
    """Day to resolve administrative units at, such as 2022-01-05; without it, today."""


class Allocations(Part):
    """Address ranges given to the province; input, never invented (TT 06/2026 Đ7)."""

    ipv4: Annotated[tuple[IPv4Network, ...], Field(min_length=1, examples=["[10.46.0.0/16]"])]
    """Ranges that sites are carved from, in this order."""
    transit: IPv4Network
    """Range of the lines between routers."""
    ipv6: IPv6Network
    """Range of all sites and lines: a /48 holds 256 sites, a /44 sixteen times that."""
    published: IPv4Network
    """Range of addresses at which published platforms are reached."""
    pods: tuple[IPv4Network, IPv6Network]
    """Ranges of the pods of every cluster, IPv4 then IPv6."""
    services: tuple[IPv4Network, IPv6Network]
    """Ranges of the services of every cluster, IPv4 then IPv6."""


class Zone(Part):
    """One network zone of a kind of site, and the VLAN that carries it."""

    kind: ZoneKind
    """What the rules of the security levels call it."""
    vlan: Annotated[int, Field(ge=2, le=4094, examples=["10"])]
    """VLAN id, of its own within the site."""
    hosts: Annotated[int, Field(ge=2, le=1000)] = 60
    """How many addresses it must hold."""


class CameraClass(Part):
    """What one kind of camera is; sites say how many they have."""

    megapixels: Annotated[float, Field(gt=0, le=32, examples=["2"])]
    """Picture size, in millions of pixels."""
    codec: Codec
    """Coding of the recorded stream."""
    fps: Annotated[int, Field(ge=1, le=60, examples=["15"])]
    """Pictures a second."""
    purpose: str
    """What it watches, in words."""
    retention_days: Annotated[int, Field(ge=1, le=730)] = 30
    """How long recordings are kept, in days."""
    bitrate: Bandwidth | None = None
    """Rate of the recorded stream where it is known; else reckoned from the rest."""


class RoomClass(Part):
    """What one kind of meeting room is."""

    resolution: Resolution
    """Picture size of the conference."""
    codec: Codec = Codec.H264
    """Coding of the conference."""
    bitrate: Bandwidth | None = None
    """Rate of the room's stream where it is known; else reckoned from the rest."""
    seats: Annotated[int, Field(ge=1)] = 20
    """How many people it seats."""


class Uplink(Part):
    """A site's line to the data centre on the TSLCD."""

    capacity: Bandwidth
    """What the line carries in each direction."""
    routes: Annotated[int, Field(ge=1, le=2)] = 1
    """Physical routes: two for level 1 and the data centre (TT 06/2026 Đ5)."""
    carrier: str = ""
    """Who runs the line."""


class MachineSpec(Part):
    """One machine of a site: what it does and what it needs."""

    roles: Annotated[tuple[Role, ...], Field(min_length=1, examples=["[edge]"])]
    """What it does; one machine of each class is the router."""
    zone: Name
    """The zone of its site that it stands in; a router has a port in all of them."""
    cpus: Annotated[int, Field(ge=1)] = 2
    """Processor cores."""
    memory: Memory = Memory(2.0)
    """Working memory."""
    disk: DataSize = DataSize(0.1)
    """Storage."""
    rack: str | None = None
    """The rack of the data centre it stands in."""
    address: str | None = None
    """Management address of a real machine (target ``ssh``); the lab makes its own."""


class SiteClass(Part):
    """What a kind of site has; written once, named by sites, which override what differs."""

    access: Access = Access.LEVEL_2
    """Access level on the TSLCD; one class is that of the data centre."""
    zones: dict[Name, Zone]
    """Network zones by name."""
    uplink: Uplink | None = None
    """Line to the data centre."""
    machines: dict[Name, MachineSpec] = {}
    """Machines by name."""
    rooms: dict[Name, Count] = {}
    """How many meeting rooms of each class."""
    cameras: dict[Name, Count] = {}
    """How many cameras of each class."""
    users: Count = 0
    """People at work at the same time."""
    voice_lines: Count = 0
    """Calls at the same time."""
    country: Country = "VN"
    """Where its data lie."""


class SiteOverride(Part):
    """What one site says otherwise than its class.

    Machines, rooms and cameras are merged key by key; anything else replaces
    what the class says.
    """

    uplink: Uplink | None = None
    """Line to the data centre, instead of the class's."""
    machines: dict[Name, MachineSpec] | None = None
    """Machines to add, or to have instead of the class's of the same name."""
    rooms: dict[Name, Count] | None = None
    """How many meeting rooms of each class, where it differs."""
    cameras: dict[Name, Count] | None = None
    """How many cameras of each class, where it differs."""
    users: Count | None = None
    """People at work at the same time."""
    voice_lines: Count | None = None
    """Calls at the same time."""
    country: Country | None = None
    """Where its data lie."""


class SiteEntry(SiteOverride):
    """A site of its own name (data centre, operations centre, committee…)."""

    kind: Name
    """The site class it names."""
    title: str
    """Its Vietnamese name."""
    title_en: str = ""
    """Its English name."""


class UnitSites(Part):
    """One site for every administrative unit of a tier."""

    kind: Name
    """The site class of all of them."""
    except_: Annotated[dict[str, SiteOverride], Field(alias="except")] = {}
    """Overrides by unit: its code, then its name (``19753 Phường Phú Xuân``).

    A code alone will do where it has had one meaning only; many codes passed to
    another unit in the mergers.
    """
    without: tuple[str, ...] = ()
    """Units that have no site (yet), named in the same way."""


class Rack(Part):
    """A rack of the data centre."""

    units: Annotated[int, Field(ge=1, le=60)] = 42
    """Height in rack units (U)."""
    power: Power = Power(6000.0)
    """Power it may draw."""


class Server(Part):
    """A physical server of the data centre."""

    rack: str
    """The rack it stands in."""
    height: Annotated[int, Field(ge=1, le=20)] = 2
    """Rack units (U)."""
    power: Power
    """Power it draws at full load."""
    cpus: Annotated[int, Field(ge=1, examples=["64"])]
    """Processor cores."""
    memory: Memory
    """Working memory."""
    disk: DataSize
    """Storage."""


class DataCentre(Part):
    """Racks and the physical servers in them."""

    racks: dict[str, Rack]
    """Racks by name."""
    servers: dict[Name, Server]
    """Servers by name."""


class Pool(Part):
    """Machines of a cluster that are set apart for platforms of one security level."""

    level: Level
    """The level; what is of another one does not come here."""
    workers: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The machines."""


class Cluster(Part):
    """A Kubernetes cluster on machines of one site."""

    site: Name
    """Where its machines stand."""
    control_plane: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Machines in control: one, three or five."""
    workers: tuple[Name, ...] = ()
    """Machines that run the workloads; none: those in control do."""
    pools: dict[Name, Pool] = {}
    """Machines set apart by security level, by the pool's name."""
    level: Level = 3
    """Highest security level of what runs on it."""

    @property
    def groups(self) -> tuple[tuple[tuple[str, ...], tuple[Name, ...]], ...]:
        """Its machines as they are declared, each group with where it stands in the cluster."""
        pools = ((("pools", name, "workers"), pool.workers) for name, pool in self.pools.items())
        return (
            (("control_plane",), self.control_plane),
            (("workers",), self.workers),
            *pools,
        )

    def takers(self, level: int) -> tuple[Name, ...]:
        """The machines that run what is of *level*: those set apart for it, else the others."""
        apart = tuple(
            name for pool in self.pools.values() if pool.level == level for name in pool.workers
        )
        return apart or self.workers or self.control_plane


class Platform(Part):
    """A shared platform that a cluster runs by a chart."""

    chart: Name
    """The Helm chart."""
    cluster: Name
    """The cluster it runs on."""
    level: Level
    """Its security level (NĐ 331/2026)."""
    hosts: tuple[str, ...]
    """Names it is reached by, in the province's domain; the first is the main one."""
    published: bool = False
    """Whether it is reached from outside, through the DMZ."""
    country: Country = "VN"
    """Where its data lie."""
    values: dict[str, object] = {}
    """Values of the chart."""


class System(Part):
    """An information system and the security level declared for it."""

    title: str
    """Its Vietnamese name."""
    level: Level
    """The level declared (NĐ 331/2026 Đ11-Đ15)."""
    zones: tuple[Name, ...] = ()
    """Zones of the data centre it lives in; empty: all."""
    data_country: Country = "VN"
    """Where its data lie."""


class Registry(Part):
    """Image registries that workloads may use."""

    allowed: Annotated[tuple[str, ...], Field(examples=["[registry.hue.gov.vn]"])]
    """Hosts as images name them."""


class DeclaredFlow(Part):
    """A conversation the province allows beside those that follow from the roles."""

    sources: tuple[str, ...]
    """``<site>/<zone>``, ``<site class>:<zone>`` for every site of a class, or ``*``."""
    targets: tuple[str, ...]
    """Machine names such as ``dc-core1``, or ``*``."""
    protocol: Literal["tcp", "udp"] = "tcp"
    """Transport."""
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = ()
    """Empty: every port, which the gate refuses from ``*``."""
    reason: str
    """Why it is allowed, for the auditor."""


class Lab(Part):
    """Which sites the lab on one machine realises."""

    sites: tuple[Name, ...] = ()
    """Sites by name; those of units by codename (``phuxuan``), passed over when not of the date."""
    memory: Memory = Memory(6.0)
    """Working memory the lab may take."""


class Province(Part):
    """A whole province: the root of ``province.yaml``."""

    province: Identity
    """Which province this is."""
    allocations: Allocations
    """Address ranges given to the province."""
    camera_classes: dict[Name, CameraClass] = {}
    """Kinds of cameras by name."""
    room_classes: dict[Name, RoomClass] = {}
    """Kinds of meeting rooms by name."""
    site_classes: dict[Name, SiteClass]
    """Kinds of sites by name."""
    sites: dict[Name, SiteEntry]
    """Sites of their own, by name."""
    units: dict[Name, UnitSites] = {}
    """Sites of the administrative units, by tier: district, commune."""
    data_centre: DataCentre
    """Racks and servers of the data centre."""
    clusters: dict[Name, Cluster] = {}
    """Kubernetes clusters by name."""
    platforms: dict[Name, Platform] = {}
    """Shared platforms by name."""
    systems: dict[Name, System] = {}
    """Information systems and their levels, by name."""
    flows: dict[Name, DeclaredFlow] = {}
    """Conversations allowed beside those that follow from the roles, by name."""
    images: Registry
    """Where images may come from."""
    lab: Lab = Lab()
    """What the lab on one machine realises."""
    engine: Engine = Engine.EMBEDDED
    """What deploys the stacks: the engine that comes along, or Pulumi's own command line."""
