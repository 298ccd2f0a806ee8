"""How large everything is: loads of links, recordings, materials, totals, with sources.

`size` gives the figures, `tables` the same as words in the reader's language.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hue_infra.blueprint import sizing
from hue_infra.blueprint.plan import Blueprint, Link, Material, StorageNeed
from hue_infra.model.kinds import Resolution
from hue_infra.report.numbers import number, percent, rate, short, storage
from hue_infra.report.titles import title
from hue_infra.units import Bandwidth, DataSize
from hue_infra.words import say

NAMES_SHOWN = 3
"""How many sites a row of alike links names; of the rest it gives the number."""

SOURCES = (
    "camera",
    "recording",
    "room",
    "user",
    "voice",
    "limit",
    "bridge",
    "terminal",
)
"""Formulas used, by the message that states each and where it comes from."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link: what each use asks of it at the busy hour."""

    link: str
    site: str
    capacity: Bandwidth
    conference: Bandwidth
    cameras: Bandwidth
    users: Bandwidth
    voice: Bandwidth
    total: Bandwidth
    share: float
    """Of the capacity, 0 to 1."""
    burst_share: float
    """The same with every camera at its peak at once."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the province."""

    sites: int
    links: int
    machines: int
    segments: int
    cameras: int
    rooms: int
    users: int
    voice_lines: int
    camera_rate: Bandwidth
    """All cameras' main streams, as the recorders take them in."""
    conference_rate: Bandwidth
    """All rooms in one meeting, at the bridge, each direction."""
    bridge_ports: int
    """Counted in 720p ports."""
    raw: DataSize
    installed: DataSize
    busiest: str
    """The link with the largest share."""


@dataclass(frozen=True, slots=True)
class Size:
    """Everything `hue-infra size` tells."""

    links: tuple[LinkRow, ...]
    storage: tuple[StorageNeed, ...]
    materials: tuple[Material, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Column:
    """Heading of a table's column, and whether numbers stand in it."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to print."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def size(blueprint: Blueprint) -> Size:
    """The figures of a blueprint."""
    rows = tuple(map(link_row, blueprint.links))
    return Size(rows, blueprint.storage, blueprint.materials, _totals(blueprint, rows))


def link_row(link: Link) -> LinkRow:
    """What one link must carry, and which share of its capacity that is."""
    load = link.load
    extra = load.cameras.mbps * (sizing.PEAK_FACTOR - 1)
    return LinkRow(
        link=link.id,
        site=link.site,
        capacity=link.capacity,
        conference=load.conference,
        cameras=load.cameras,
        users=load.users,
        voice=load.voice,
        total=load.total,
        share=load.total.mbps / link.capacity.mbps,
        burst_share=(load.total.mbps + extra) / link.capacity.mbps,
    )


def _totals(blueprint: Blueprint, rows: tuple[LinkRow, ...]) -> Totals:
    rooms = blueprint.rooms
    full_hd = sum(room.spec.resolution is Resolution.FULL_HD for room in rooms)
    meeting = sum(room.stream.mbps for room in rooms) * sizing.IP_OVERHEAD
    return Totals(
        sites=len(blueprint.sites),
        links=len(blueprint.links),
        machines=len(blueprint.machines),
        segments=len(blueprint.segments),
        cameras=len(blueprint.cameras),
        rooms=len(rooms),
        users=sum(site.users for site in blueprint.sites),
        voice_lines=sum(site.voice_lines for site in blueprint.sites),
        camera_rate=Bandwidth(sum(camera.stream.mbps for camera in blueprint.cameras)),
        conference_rate=Bandwidth(meeting),
        bridge_ports=sizing.bridge_ports(full_hd, len(rooms) - full_hd),
        raw=DataSize(sum(need.raw.tb for need in blueprint.storage)),
        installed=DataSize(sum(need.installed.tb for need in blueprint.storage)),
        busiest=max(rows, key=lambda row: row.share).link if rows else "",
    )


def tables(blueprint: Blueprint) -> tuple[Table, ...]:
    """Every table in the reader's language; alike links share a row."""
    figures = size(blueprint)
    return (
        _totals_table(blueprint, figures.totals),
        _links_table(blueprint, figures.links),
        _storage_table(figures.storage),
        _materials_table(figures.materials),
        _sources_table(),
    )


def _columns(*names: str) -> tuple[Column, ...]:
    """Columns by message name; a name that ends in ``#`` holds numbers."""
    return tuple(
        Column(say(f"report.column-{name.rstrip('#')}"), name.endswith("#")) for name in names
    )


def _totals_table(blueprint: Blueprint, totals: Totals) -> Table:
    sites = {link.id: link.site for link in blueprint.links}
    titles = {site.name: title(site) for site in blueprint.sites}
    figures = {
        "sites": number(totals.sites),
        "links": number(totals.links),
        "machines": number(totals.machines),
        "segments": number(totals.segments),
        "users": number(totals.users),
        "voice-lines": number(totals.voice_lines),
        "cameras": number(totals.cameras),
        "camera-rate": rate(totals.camera_rate),
        "rooms": number(totals.rooms),
        "conference-rate": rate(totals.conference_rate),
        "bridge-ports": number(totals.bridge_ports),
        "raw": storage(totals.raw),
        "installed": storage(totals.installed),
        "busiest": titles[sites[totals.busiest]] if totals.busiest else "",
    }
    rows = tuple((say(f"report.total-{name}"), text) for name, text in figures.items())
    return Table(say("report.totals"), _columns("what", "value#"), rows)


def _links_table(blueprint: Blueprint, rows: tuple[LinkRow, ...]) -> Table:
    titles = {site.name: title(site) for site in blueprint.sites}
    kinds = {site.name: site.kind for site in blueprint.sites}
    alike: dict[tuple[object, ...], list[LinkRow]] = {}
    for row in rows:
        alike.setdefault((kinds[row.site], row.capacity, row.total, row.cameras), []).append(row)
    columns = _columns(
        "site", "links#", "capacity#", "conference#", "cameras#", "users#", "voice#", "total#",
        "share#",
    )  # fmt: skip
    ordered = sorted(alike.values(), key=lambda group: -group[0].share)
    lines = tuple(tuple(_link_cells(group, titles)) for group in ordered)
    return Table(say("report.links"), columns, lines)


def _link_cells(group: list[LinkRow], titles: dict[str, str]) -> Iterator[str]:
    first = group[0]
    names = list(dict.fromkeys(titles[row.site] for row in group))
    shown = ", ".join(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        shown = say("report.and-others", names=shown, count=len(names) - NAMES_SHOWN)
    yield shown
    yield number(len(group))
    yield rate(first.capacity)
    for part in (first.conference, first.cameras, first.users, first.voice, first.total):
        yield short(part.mbps)
    yield percent(first.share)


def _storage_table(needs: Iterable[StorageNeed]) -> Table:
    rows = tuple(
        (
            need.kind,
            number(need.cameras),
            number(need.retention_days),
            storage(need.raw),
            storage(need.installed),
        )
        for need in needs
    )
    columns = _columns("class", "count#", "days#", "raw#", "installed#")
    return Table(say("report.storage"), columns, rows)


def _materials_table(materials: Iterable[Material]) -> Table:
    rows = tuple((say(one.item), number(one.count), one.detail) for one in materials)
    return Table(say("report.materials"), _columns("item", "count#", "detail"), rows)


def _sources_table() -> Table:
    rows = tuple((say(f"report.formula-{name}"), say(f"report.source-{name}")) for name in SOURCES)
    return Table(say("report.sources"), _columns("formula", "source"), rows)
