"""The province as one drawing: tiers, sites, zones, and links with their load.

The data centre with its zones stands on top, over the band of the TSLCD; below it
the province's own sites, then the units, by district where there are districts.
Resting the pointer on a site shows its figures.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from hue_infra.blueprint.plan import Blueprint, Link, LinkLoad, Machine, Segment, SitePlan
from hue_infra.blueprint.sizing import LINK_DESIGN
from hue_infra.report import layout, palette, svg
from hue_infra.report.layout import Box, Panel
from hue_infra.report.numbers import number, percent, rate, short
from hue_infra.report.picture import Picture
from hue_infra.report.titles import title
from hue_infra.units import Bandwidth
from hue_infra.words import language, say

ZONE_MACHINES = 3
"""Machines that fit side by side in a zone of the data centre."""

LEGEND_INDENT = 150.0
SUMMARY_SIZE = 15
"""Letters of a group's summary, where they fit beside its tiles."""


def diagram(blueprint: Blueprint) -> str:
    """The drawing as an SVG document, in the reader's language."""
    picture = Picture.of(blueprint)
    middle = layout.centre(blueprint)
    card = layout.centre_box(len(picture.segments[middle.name]))
    band = layout.band_box(card)
    own = layout.own_sites(blueprint)
    boxes = tuple(layout.card_boxes(band.bottom + 30, len(own)))
    top = max((box.bottom for box in boxes), default=band.bottom) + 26
    grounds: list[tuple[Panel, Box]] = []
    for panel in layout.panels(blueprint):
        ground = layout.panel_box(top, panel)
        grounds.append((panel, ground))
        top = ground.bottom + 12
    body = (
        *_header(blueprint),
        *_trunk(picture, band, grounds),
        *_centre(picture, middle, card, band),
        *_band(band),
        *_own_lines(picture, band, list(zip(own, boxes, strict=True))),
        *(_own(picture, site, box) for site, box in zip(own, boxes, strict=True)),
        *(part for panel, ground in grounds for part in _panel(picture, panel, ground)),
        *_legend(top + 8),
    )
    return _document(body, top + layout.FOOTER)


def _document(body: Iterable[str], height: float) -> str:
    size = {"width": layout.WIDTH, "height": height, "viewBox": f"0 0 {layout.WIDTH:g} {height:g}"}
    root = svg.element(
        "svg",
        svg.element("desc", say("report.diagram-about")),
        svg.element("style", palette.STYLE),
        svg.element("rect", width="100%", height="100%", fill=palette.GROUND),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        lang=language(),
        **size,
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'


def _width(mbps: float) -> float:
    """Thickness of a line that carries so much: 1 px and one more for each tenfold."""
    return 1.0 + math.log10(1 + mbps) * 0.8


def _colour(link: Link) -> str:
    share = link.load.total.mbps / link.capacity.mbps
    return palette.BELOW if share < LINK_DESIGN else palette.ABOVE


def _header(blueprint: Blueprint) -> Iterator[str]:
    yield svg.words(
        layout.MARGIN, 52, say("report.diagram-title", province=title(blueprint)), "title"
    )
    facts = say(
        "report.diagram-facts",
        sites=number(len(blueprint.sites)),
        links=number(len(blueprint.links)),
        machines=number(len(blueprint.machines)),
        cameras=number(len(blueprint.cameras)),
        rooms=number(len(blueprint.rooms)),
        regime=say(f"report.regime-{blueprint.regime}"),
        date=f"{blueprint.date:%d/%m/%Y}" if language() == "vi" else f"{blueprint.date}",
    )
    yield svg.words(layout.MARGIN, 78, facts, "facts")


def _centre(picture: Picture, site: SitePlan, card: Box, band: Box) -> Iterator[str]:
    yield svg.box(card.place, "lab" if site.in_lab else "card", rx=10)
    yield svg.words(card.x + 16, card.y + 28, title(site), "h1")
    yield svg.words(card.right - 16, card.y + 27, _published(picture), "small", text_anchor="end")
    segments = picture.segments[site.name]
    machines = picture.machines[site.name]
    for segment, box in zip(segments, layout.zone_boxes(card, len(segments)), strict=True):
        yield svg.group(*_zone(segment, box, machines))
    bar = Box(
        card.x + 14, card.bottom - layout.GATEWAY_HEIGHT - 10, card.width - 28,
        layout.GATEWAY_HEIGHT,
    )  # fmt: skip
    yield svg.box(bar.place, "machine", rx=6)
    routers = ", ".join(one.name for one in machines if one.is_router)
    yield svg.words(
        bar.middle, bar.y + 20, f"{routers} – {say('report.gateway')}", "h2", text_anchor="middle"
    )
    width = _width(picture.load(picture.blueprint.sites))
    yield svg.path([(bar.middle, bar.bottom), (bar.middle, band.y)], palette.INK, width)


def _published(picture: Picture) -> str:
    parts = (
        f"{one.hosts[0] if one.hosts else one.name} → {one.ipv4}, {one.ipv6}"
        for one in picture.blueprint.publications
    )
    text = "; ".join(parts)
    return f"{say('report.published')}: {text}" if text else ""


def _zone(segment: Segment, box: Box, machines: list[Machine]) -> Iterator[str]:
    yield svg.box(box.place, "chip", rx=6)
    yield svg.box((box.x, box.y, box.width, 5), "", rx=2, fill=palette.ZONES[segment.kind])
    name = svg.fitted(say(f"report.zone-{segment.kind}"), box.width - 66, 11.5)
    yield svg.words(box.x + 9, box.y + 22, name, "h2")
    yield svg.words(box.right - 8, box.y + 22, f"VLAN {segment.vlan}", "small", text_anchor="end")
    yield svg.words(box.x + 9, box.y + 37, str(segment.ipv4), "mono")
    yield svg.words(box.x + 9, box.y + 50, str(segment.ipv6), "mono")
    here = [one for one in machines if one.zone == segment.zone and not one.is_router]
    yield from _zone_machines(here, Box(box.x + 8, box.y + 60, box.width - 16, 34))


def _zone_machines(machines: list[Machine], box: Box) -> Iterator[str]:
    """Up to three machines side by side; where there are more, the last says how many."""
    columns = min(max(len(machines), 2), ZONE_MACHINES)
    width = (box.width - 4 * (columns - 1)) / columns
    for place, machine in enumerate(machines[:ZONE_MACHINES]):
        middle = box.x + place * (width + 4) + width / 2
        yield svg.box((middle - width / 2, box.y, width, box.height), "machine", rx=5)
        rest = len(machines) - place
        if place == ZONE_MACHINES - 1 and rest > 1:
            yield svg.words(middle, box.y + 21, f"+{rest}", "number", text_anchor="middle")
            return
        label = svg.fitted(machine.name.removeprefix(f"{machine.site}-"), width - 8, 10)
        yield svg.words(middle, box.y + 14, label, "number", text_anchor="middle")
        roles = svg.fitted(", ".join(machine.roles), width - 2, 9)
        yield svg.words(middle, box.y + 27, roles, "mono", text_anchor="middle")


def _band(band: Box) -> Iterator[str]:
    yield svg.box(band.place, "band", rx=band.height / 2)
    yield svg.words(band.middle, band.y + 20, say("report.network"), "white", text_anchor="middle")


def _trunk(picture: Picture, band: Box, grounds: list[tuple[Panel, Box]]) -> Iterator[str]:
    """The line down the left edge, thinner after each group that it feeds."""
    top = band.bottom - 4
    rest = [picture.load(_members(panel)) for panel, _ in grounds]
    for place, (panel, ground) in enumerate(grounds):
        x = layout.TRUNK
        lanes = [
            ground.y + layout.LANE / 2 + row * (layout.TILE_HEIGHT + layout.LANE)
            for row in range(panel.rows)
        ]
        width = _width(sum(rest[place:]))
        yield svg.path([(x, top), (x, lanes[-1])], palette.LINE, width)
        top = lanes[-1]


def _members(panel: Panel) -> tuple[SitePlan, ...]:
    return (*((panel.head,) if panel.head else ()), *panel.units)


def _panel(picture: Picture, panel: Panel, ground: Box) -> Iterator[str]:
    yield svg.box(ground.place, "panel", rx=8)
    tiles = tuple(layout.tile_boxes(ground, len(panel.units)))
    rows = [
        list(zip(panel.units, tiles, strict=True))[start : start + layout.TILES_A_ROW]
        for start in range(0, max(1, len(tiles)), layout.TILES_A_ROW)
    ]
    head = layout.head_box(ground)
    for row in rows:
        fed = [*row]
        if panel.head is not None and row is rows[0]:
            fed.insert(0, (panel.head, head))
        yield from _lane(picture, fed)
    if panel.head is not None:
        yield _tile(picture, panel.head, head, "head")
    else:
        yield from _summary(picture, panel, head)
    for unit, box in zip(panel.units, tiles, strict=True):
        yield _tile(picture, unit, box, "card")


def _lane(picture: Picture, fed: list[tuple[SitePlan, Box]]) -> Iterator[str]:
    """The line above a row, with a drop to each site of it."""
    if not fed:
        return
    y = fed[0][1].y - layout.LANE / 2
    total = picture.load(site for site, _ in fed)
    ends = [(layout.TRUNK, y), (max(box.middle for _, box in fed), y)]
    yield svg.path(ends, palette.LINE, _width(total))
    for site, box in fed:
        yield from _drops(picture.links[site.name], box, y)


def _drops(links: list[Link], box: Box, top: float) -> Iterator[str]:
    for place, link in enumerate(links):
        x = box.middle + 7 * (place - (len(links) - 1) / 2)
        yield svg.path([(x, top), (x, box.y)], _colour(link), _width(link.load.total.mbps))


def _summary(picture: Picture, panel: Panel, box: Box) -> Iterator[str]:
    cameras = sum(picture.cameras[site.name] for site in panel.units)
    units = say("report.units-commune", count=len(panel.units))
    kind = "h1" if svg.measure(units) * SUMMARY_SIZE <= box.width else "h3"
    yield svg.words(box.x + 2, box.y + 22, units, kind)
    load = rate(Bandwidth(picture.load(panel.units)))
    text = f"{say('report.cameras', count=cameras)} · {load}"
    yield svg.words(box.x + 2, box.y + 42, text, "small")


def _tile(picture: Picture, site: SitePlan, box: Box, style: str) -> str:
    parts = [
        svg.box(box.place, "lab" if site.in_lab else style, rx=6),
        svg.words(box.x + 8, box.y + 17, svg.fitted(title(site), box.width - 12, 11.5), "h2"),
    ]
    links = picture.links[site.name]
    if links:
        parts += _load(links[0], Box(box.x + 8, box.y + 22, box.width - 16, 26))
    return svg.group(*parts, tip=_tip(picture, site))


def _load(link: Link, box: Box) -> Iterator[str]:
    """A line of figures over a bar of uses, with marks at 60 and 90 % of the capacity."""
    share = link.load.total.mbps / link.capacity.mbps
    text = f"{short(link.load.total.mbps)} / {rate(link.capacity)}"
    yield svg.words(box.x, box.y + 10, text, "small")
    yield svg.words(
        box.right,
        box.y + 10,
        percent(share),
        "number",
        text_anchor="end",
        style=f"fill:{_colour(link)}",
    )
    top = box.bottom - 8
    yield svg.box((box.x, top, box.width, 7), "bar", rx=2)
    yield from _uses(link.load, link.capacity, (box.x, top, box.width))
    mark = box.x + box.width * LINK_DESIGN
    yield svg.path([(mark, top - 1.5), (mark, top + 8.5)], palette.MUTED, 0.8)


def _uses(load: LinkLoad, capacity: Bandwidth, place: tuple[float, float, float]) -> Iterator[str]:
    x, top, width = place
    for use, colour in palette.USES.items():
        part = getattr(load, use).mbps / capacity.mbps * width
        yield svg.box((x, top, part, 7), "", fill=colour)
        x += part


def _tip(picture: Picture, site: SitePlan) -> str:
    lines = [f"{title(site)} ({site.domain})"]
    for link in picture.links[site.name]:
        load = say("report.load-of", load=rate(link.load.total), capacity=rate(link.capacity))
        lines.append(f"{link.id}: {load}; {link.ipv4}, {link.ipv6}")
    lines += [
        f"VLAN {one.vlan} {one.zone}: {one.ipv4}, {one.ipv6}" for one in picture.segments[site.name]
    ]
    lines.append(say("report.cameras", count=picture.cameras[site.name]))
    return "\n".join(lines)


def _own_lines(picture: Picture, band: Box, sites: list[tuple[SitePlan, Box]]) -> Iterator[str]:
    """Lines to the province's own sites: from the band to the first row, else by the trunk."""
    for start in range(0, len(sites), layout.CARDS_A_ROW):
        row = sites[start : start + layout.CARDS_A_ROW]
        if start == 0:
            for site, box in row:
                yield from _drops(picture.links[site.name], box, band.bottom)
        else:
            width = _width(picture.load(site for site, _ in row))
            y = row[0][1].y - layout.LANE / 2
            yield svg.path([(layout.TRUNK, band.bottom), (layout.TRUNK, y)], palette.LINE, width)
            yield from _lane(picture, row)


def _own(picture: Picture, site: SitePlan, box: Box) -> str:
    """A site of the province: its title, links, load, zones and machines."""
    links = picture.links[site.name]
    parts = [
        svg.box(box.place, "lab" if site.in_lab else "card", rx=8),
        svg.words(box.x + 12, box.y + 22, svg.fitted(title(site), box.width - 24, 12.5), "h3"),
    ]
    if links:
        facts = (
            say("report.routes", count=len(links)),
            say("report.cameras", count=picture.cameras[site.name]),
        )
        parts.append(svg.words(box.x + 12, box.y + 38, " · ".join(facts), "small"))
        parts += _load(links[0], Box(box.x + 12, box.y + 42, box.width - 24, 26))
    parts += _zone_row(picture.segments[site.name], Box(box.x + 12, box.y + 80, box.width - 24, 18))
    parts += _machine_row(
        picture.machines[site.name], Box(box.x + 12, box.y + 104, box.width - 24, 20)
    )
    return svg.group(*parts, tip=_tip(picture, site))


def _zone_row(segments: list[Segment], box: Box) -> Iterator[str]:
    width = (box.width - 4 * (len(segments) - 1)) / max(1, len(segments))
    kinds = Counter(segment.kind for segment in segments)
    for place, segment in enumerate(segments):
        x = box.x + place * (width + 4)
        yield svg.box((x, box.y, width, box.height), "", rx=3, fill=palette.ZONES[segment.kind])
        label = say(f"report.zone-{segment.kind}")
        if kinds[segment.kind] > 1:
            label += f" {segment.vlan}"
        label = svg.fitted(label, width - 2, 9.5)
        yield svg.words(x + width / 2, box.y + 12.5, label, "tag", text_anchor="middle")


def _machine_row(machines: list[Machine], box: Box) -> Iterator[str]:
    width = min(110.0, (box.width - 6 * (len(machines) - 1)) / max(1, len(machines)))
    for place, machine in enumerate(machines):
        x = box.x + place * (width + 6)
        yield svg.box((x, box.y, width, box.height), "machine", rx=4)
        label = svg.fitted(machine.name, width - 6, 10)
        yield svg.words(x + width / 2, box.y + 14, label, "number", text_anchor="middle")


def _legend(y: float) -> Iterator[str]:
    x = layout.MARGIN
    yield svg.words(x, y + 14, say("report.legend-load"), "h2")
    x += LEGEND_INDENT
    for use, colour in palette.USES.items():
        x, drawn = _swatch(x, y + 5, say(f"report.column-{use}"), colour)
        yield drawn
    line = say("report.legend-line")
    yield svg.words(x + 20, y + 14, line, "h2")
    x += 36 + svg.measure(line) * 11.5
    for name, colour in (("below", palette.BELOW), ("above", palette.ABOVE)):
        x, drawn = _swatch(x, y + 5, say(f"report.legend-{name}"), colour)
        yield drawn
    x += 20
    yield svg.box((x, y + 3, 22, 14), "lab", rx=3)
    yield svg.words(x + 30, y + 14, say("report.in-lab"), "small")
    yield svg.words(layout.MARGIN, y + 42, say("report.legend-zones"), "h2")
    x = layout.MARGIN + LEGEND_INDENT
    for kind, colour in palette.ZONES.items():
        x, drawn = _swatch(x, y + 33, say(f"report.zone-{kind}"), colour)
        yield drawn


def _swatch(x: float, y: float, text: str, colour: str) -> tuple[float, str]:
    parts = svg.box((x, y, 12, 10), "", rx=2, fill=colour) + svg.words(x + 17, y + 9, text, "small")
    return x + 36 + svg.measure(text) * 10, parts
