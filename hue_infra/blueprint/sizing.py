"""How much cameras, meetings, people and telephones need: each formula with its source.

Every figure here is a planner's default. The province file overrides a camera's
or a room's rate by ``bitrate``; the other constants are changed here, in one place.
"""

import math

from hue_infra.model.kinds import Codec, Resolution
from hue_infra.model.province import CameraClass, RoomClass
from hue_infra.units import Bandwidth, DataSize

MBPS_PER_MEGAPIXEL = 2.0
"""H.264, 15 frames a second, medium activity: 1 MP 2, 2 MP 4, 4 MP 8, 8 MP 16 Mbps.
Public camera calculators (redzilla.aiscnet.com, edgetrace.ai) agree on this row."""

BASE_FPS = 15
CODEC_FACTOR = {Codec.H264: 1.0, Codec.H265: 0.5}
"""H.265 needs half of H.264 for the same picture; same calculators."""

PEAK_FACTOR = 1.25
"""Bursts of I-frames above the mean rate; planner's default, applied where bursts matter."""

GB_PER_DAY_PER_MBPS = 10.8
"""1 Mbps x 86 400 s / 8 bits = 10.8 GB a day, in powers of ten."""

RAID_FACTOR = 1.25
"""Eight data disks and two of parity (8+2): 10/8."""

STORAGE_HEADROOM = 1.2
"""Free space for rebuilds, indexes and growth; planner's default."""

ROOM_MBPS = {
    (Resolution.FULL_HD, Codec.H264): 4.0,
    (Resolution.FULL_HD, Codec.H265): 2.0,
    (Resolution.HD, Codec.H264): 2.0,
    (Resolution.HD, Codec.H265): 1.0,
}
"""Rates of room codecs: 1080p 4 Mbps by H.264, about half by H.265; 720p capped at 2 Mbps
(Zoom and Webex SDK documentation, practice of room systems)."""

CONTENT_MBPS = 1.5
"""A shared screen beside the room's picture (Zoom 1-1.5, Webex SDK 1.5 Mbps)."""

IP_OVERHEAD = 1.2
"""Headers above the coded rate: plan 20 % more (Cisco, Quality of Service for video)."""

USER_MBPS = 1.0
"""One concurrent user of the administration's network: 0.5-1 Mbps in practice; the upper end."""

VOICE_MBPS = 0.1
"""One call by G.711 with headers: 87 kbps, rounded up."""

LINK_LIMIT = 0.9
"""95th percentile of a TSLCD link, each direction: at most 90 % of its capacity
(TT 06/2026/TT-BKHCN, Điều 5.6)."""

LINK_DESIGN = 0.6
"""What a new link is designed for, so that growth fits; planner's default."""

CASCADE_ABOVE = 100
"""Endpoints in one meeting above which conference bridges are cascaded; practice."""

BRIDGE_SPARE = 1.1
"""Ports of the conference bridge above the largest meeting: 10 % more; practice."""


def camera_stream(spec: CameraClass) -> Bandwidth:
    """Mean rate of a camera's main stream.

    ``2 Mbps x megapixels x fps/15 x codec``: public camera calculators, medium
    activity; the class overrides it by ``bitrate``.
    """
    if spec.bitrate is not None:
        return spec.bitrate
    rate = MBPS_PER_MEGAPIXEL * spec.megapixels * spec.fps / BASE_FPS
    return Bandwidth(rate * CODEC_FACTOR[spec.codec])


def room_stream(spec: RoomClass) -> Bandwidth:
    """Coded rate of a room's picture, without headers and shared screen."""
    if spec.bitrate is not None:
        return spec.bitrate
    return Bandwidth(ROOM_MBPS[spec.resolution, spec.codec])


def room_demand(stream: Bandwidth) -> Bandwidth:
    """What one room asks of its link: ``rate x 1.2 + content`` (Cisco's 20 % for headers)."""
    return Bandwidth(stream.mbps * IP_OVERHEAD + CONTENT_MBPS)


def user_demand(users: int) -> Bandwidth:
    """What *users* at work at the same time ask of a link."""
    return Bandwidth(users * USER_MBPS)


def voice_demand(lines: int) -> Bandwidth:
    """What *lines* in use at the same time ask of a link."""
    return Bandwidth(lines * VOICE_MBPS)


def recording(stream: Bandwidth, cameras: int, days: int) -> DataSize:
    """Raw storage of recordings: ``rate x 10.8 GB/day x days x cameras``, in terabytes."""
    return DataSize(stream.mbps * GB_PER_DAY_PER_MBPS * days * cameras / 1000)


def installed(raw: DataSize) -> DataSize:
    """Storage to buy for *raw*: RAID 8+2 and 20 % of headroom."""
    return DataSize(raw.tb * RAID_FACTOR * STORAGE_HEADROOM)


def bridge_ports(full_hd: int, hd: int) -> int:
    """Ports of the conference bridge, counted in 720p ports.

    Every endpoint of the largest meeting and 10 % more; a 1080p port counts two (practice
    of bridge makers).
    """
    # Rounded before ceil: 60 x 1.1 is 66.00000000000001 in binary.
    return math.ceil(round((2 * full_hd + hd) * BRIDGE_SPARE, 6))
