"""Words of the province's file that are one of several."""

from enum import StrEnum


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


class Engine(StrEnum):
    """What deploys the stacks."""

    EMBEDDED = "embedded"
    PULUMI = "pulumi"
