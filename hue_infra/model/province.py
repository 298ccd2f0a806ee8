"""The province as its file tells it: frozen, typed, unknown keys refused."""

import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hue_infra.units import Bandwidth, DataSize, Memory, Power

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Level = Annotated[int, Field(ge=1, le=5)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """Base of every piece of the file: a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ZoneKind(StrEnum):
    """Kinds of network zones that the rules of each security level name."""

    BORDER = "border"
    DMZ = "dmz"
    SERVER = "server"
    DATABASE = "database"
    MANAGEMENT = "management"
    INTERNAL = "internal"
    WIRELESS = "wireless"
    CONFERENCE = "conference"
    CAMERA = "camera"
    VOICE = "voice"


class Access(StrEnum):
    """Access level of a site on the state's own network (TSLCD)."""

    LEVEL_1 = "level-1"
    LEVEL_2 = "level-2"
    DATA_CENTRE = "data-centre"


class Codec(StrEnum):
    """Video coding of a camera or a meeting room."""

    H264 = "h264"
    H265 = "h265"


class Resolution(StrEnum):
    """Picture size of a meeting room."""

    HD = "720p"
    FULL_HD = "1080p"


class Role(StrEnum):
    """What a machine does."""

    ROUTER = "router"
    DNS = "dns"
    TIME = "time"
    PKI = "pki"
    LOG = "log"
    KUBERNETES = "kubernetes"
    EDGE = "edge"


class Identity(Part):
    """Which province this is."""

    code: Annotated[str, Field(pattern=r"^\d{2}$")]
    codename: Name
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.gov\.vn$")]
    organ: Annotated[str, Field(pattern=r"^[A-Y]\d{2}$")]
    date: datetime.date | None = None


class Allocations(Part):
    """Address ranges given to the province; input, never invented."""

    ipv4: tuple[IPv4Network, ...]
    transit: IPv4Network
    ipv6: IPv6Network
    published: IPv4Network
    pods: tuple[IPv4Network, IPv6Network]
    services: tuple[IPv4Network, IPv6Network]


class Zone(Part):
    """One network zone of a kind of site, and the VLAN that carries it."""

    kind: ZoneKind
    vlan: Annotated[int, Field(ge=2, le=4094)]
    hosts: Annotated[int, Field(ge=2, le=1000)] = 60


class CameraClass(Part):
    """What one kind of camera is; sites say how many they have."""

    megapixels: Annotated[float, Field(gt=0, le=32)]
    codec: Codec
    fps: Annotated[int, Field(ge=1, le=60)]
    purpose: str
    retention_days: Annotated[int, Field(ge=1, le=730)] = 30
    bitrate: Bandwidth | None = None


class RoomClass(Part):
    """What one kind of meeting room is."""

    resolution: Resolution
    codec: Codec = Codec.H264
    bitrate: Bandwidth | None = None
    seats: Annotated[int, Field(ge=1)] = 20


class Uplink(Part):
    """A site's line to the data centre on the TSLCD."""

    capacity: Bandwidth
    routes: Annotated[int, Field(ge=1, le=2)] = 1
    carrier: str = ""


class MachineSpec(Part):
    """One machine of a site: what it does and what it needs."""

    roles: tuple[Role, ...]
    zone: Name
    cpus: Annotated[int, Field(ge=1)] = 2
    memory: Memory = Memory(2.0)
    disk: DataSize = DataSize(0.1)
    rack: str | None = None
    address: str | None = None
    """Management address of a real machine (target ``ssh``); the lab makes its own."""


class SiteClass(Part):
    """What a kind of site has; written once, named by sites, which override what differs."""

    access: Access = Access.LEVEL_2
    zones: dict[Name, Zone]
    uplink: Uplink | None = None
    machines: dict[Name, MachineSpec] = {}
    rooms: dict[Name, Count] = {}
    cameras: dict[Name, Count] = {}
    users: Count = 0
    voice_lines: Count = 0
    country: Country = "VN"


class SiteOverride(Part):
    """What one site says otherwise than its class."""

    uplink: Uplink | None = None
    machines: dict[Name, MachineSpec] | None = None
    rooms: dict[Name, Count] | None = None
    cameras: dict[Name, Count] | None = None
    users: Count | None = None
    voice_lines: Count | None = None
    country: Country | None = None


class SiteEntry(SiteOverride):
    """A site of its own name (data centre, operations centre, committee…)."""

    kind: Name
    """The site class it names."""
    title: str
    title_en: str = ""


class UnitSites(Part):
    """One site for every administrative unit of a tier."""

    kind: Name
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
    power: Power = Power(6000.0)


class Server(Part):
    """A physical server of the data centre."""

    rack: str
    height: Annotated[int, Field(ge=1, le=20)] = 2
    power: Power
    cpus: Annotated[int, Field(ge=1)]
    memory: Memory
    disk: DataSize


class DataCentre(Part):
    """Racks and the physical servers in them."""

    racks: dict[str, Rack]
    servers: dict[Name, Server]


class Cluster(Part):
    """A Kubernetes cluster on machines of one site."""

    site: Name
    control_plane: tuple[Name, ...]
    workers: tuple[Name, ...] = ()
    level: Level = 3


class Platform(Part):
    """A shared platform that a cluster runs by a chart."""

    chart: Name
    cluster: Name
    level: Level
    hosts: tuple[str, ...]
    published: bool = False
    country: Country = "VN"
    values: dict[str, object] = {}


class System(Part):
    """An information system and the security level declared for it."""

    title: str
    level: Level
    zones: tuple[Name, ...] = ()
    """Zones of the data centre it lives in; empty: all."""
    data_country: Country = "VN"


class Registry(Part):
    """Image registries that workloads may use."""

    allowed: tuple[str, ...]


class DeclaredFlow(Part):
    """A conversation the province allows beside those that follow from the roles."""

    sources: tuple[str, ...]
    """``<site>/<zone>``, ``<site class>:<zone>`` for every site of a class, or ``*``."""
    targets: tuple[Name, ...] | tuple[Literal["*"]]
    """Machine names such as ``dc-core1``."""
    protocol: Literal["tcp", "udp"] = "tcp"
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = ()
    """Empty: every port, which the gate refuses from ``*``."""
    reason: str


class Lab(Part):
    """Which sites the lab on one machine realises."""

    sites: tuple[Name, ...] = ()
    memory: Memory = Memory(6.0)


class Province(Part):
    """A whole province: the root of ``province.yaml``."""

    province: Identity
    allocations: Allocations
    zones: dict[Name, ZoneKind] = {}
    camera_classes: dict[Name, CameraClass] = {}
    room_classes: dict[Name, RoomClass] = {}
    site_classes: dict[Name, SiteClass]
    sites: dict[Name, SiteEntry]
    units: dict[Name, UnitSites] = {}
    data_centre: DataCentre
    clusters: dict[Name, Cluster] = {}
    platforms: dict[Name, Platform] = {}
    systems: dict[Name, System] = {}
    images: Registry
    flows: dict[Name, DeclaredFlow] = {}
    lab: Lab = Lab()
