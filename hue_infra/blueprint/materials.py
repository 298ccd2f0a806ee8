"""The bill of materials: what must be bought or already stand, counted from the model.

TSLCD terminals by TT 06/2026/TT-BKHCN, Appendix I: level I at least 8 LAN and 4
WAN ports, level II at least 4 LAN and 1 WAN.
"""

import math
from collections import Counter
from collections.abc import Iterator

from hue_infra.blueprint import sizing
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.plan import Camera, Material, StorageNeed
from hue_infra.model.kinds import Access, Resolution
from hue_infra.units import DataSize

TERMINAL_PORTS = {
    Access.LEVEL_1: "8 LAN + 4 WAN",
    Access.LEVEL_2: "4 LAN + 1 WAN",
    Access.DATA_CENTRE: "8 LAN + 4 WAN",
}

DISK = DataSize(18.0)
"""A nearline disk of recording storage; change it to what is on offer."""

SWITCH_PORTS = 48
"""Ports of an access switch with power for cameras and telephones."""


def storage(draft: Draft) -> Iterator[StorageNeed]:
    """Recording storage by camera class."""
    counts = Counter(camera.kind for camera in draft.cameras)
    for kind, spec in draft.province.camera_classes.items():
        if counts[kind]:
            stream = sizing.camera_stream(spec)
            raw = sizing.recording(stream, counts[kind], spec.retention_days)
            yield StorageNeed(kind, counts[kind], spec.retention_days, raw, sizing.installed(raw))


def materials(draft: Draft, needs: tuple[StorageNeed, ...]) -> Iterator[Material]:
    """Every line of the bill, in the order of the rooms: data centre, network, ends, storage."""
    lines = (
        *_data_centre(draft),
        *_network(draft),
        *_cameras(draft),
        *_meetings(draft),
        *_disks(needs),
    )
    yield from (line for line in lines if line.count)


def _data_centre(draft: Draft) -> Iterator[Material]:
    centre = draft.province.data_centre
    racks = Counter((rack.units, str(rack.power)) for rack in centre.racks.values())
    for (units, power), count in racks.items():
        yield Material("blueprint.item-rack", count, f"{units}U, {power}")
    servers = Counter(
        f"{one.height}U, {one.cpus} CPU, {one.memory}, {one.disk}, {one.power}"
        for one in centre.servers.values()
    )
    for detail, count in servers.items():
        yield Material("blueprint.item-server", count, detail)


def _network(draft: Draft) -> Iterator[Material]:
    terminals: Counter[Access] = Counter()
    ports = Counter(camera.site for camera in draft.cameras)
    ports.update(room.site for room in draft.rooms)
    switches = 0
    for site in draft.sites:
        # Two routes end in two terminals, so that one may fail.
        terminals[site.access] += site.uplink.routes if site.uplink else 1
        ends = ports[site.name] + site.users + site.voice_lines + len(site.machines)
        switches += math.ceil(ends / SWITCH_PORTS)
    for access, detail in TERMINAL_PORTS.items():
        yield Material(f"blueprint.item-terminal-{access}", terminals[access], detail)
    yield Material("blueprint.item-switch", switches, f"{SWITCH_PORTS} x 1 Gbps, PoE+")
    phones = sum(site.voice_lines for site in draft.sites)
    yield Material("blueprint.item-phone", phones)


def _cameras(draft: Draft) -> Iterator[Material]:
    counts = Counter(camera.kind for camera in draft.cameras)
    first: dict[str, Camera] = {}
    for camera in draft.cameras:
        first.setdefault(camera.kind, camera)
    for kind, camera in first.items():
        spec = camera.spec
        detail = f"{kind}: {spec.megapixels:g} MP, {spec.codec}, {spec.fps} fps, {camera.stream}"
        yield Material("blueprint.item-camera", counts[kind], detail)


def _meetings(draft: Draft) -> Iterator[Material]:
    counts = Counter(room.kind for room in draft.rooms)
    for kind, count in counts.items():
        spec = draft.province.room_classes[kind]
        detail = f"{kind}: {spec.resolution}, {spec.codec}"
        yield Material("blueprint.item-codec", count, detail)
    full_hd = sum(room.spec.resolution is Resolution.FULL_HD for room in draft.rooms)
    hd = len(draft.rooms) - full_hd
    yield Material("blueprint.item-bridge-port", sizing.bridge_ports(full_hd, hd), "720p")


def _disks(needs: tuple[StorageNeed, ...]) -> Iterator[Material]:
    total = sum(need.installed.tb for need in needs)
    yield Material("blueprint.item-disk", math.ceil(total / DISK.tb), str(DISK))
