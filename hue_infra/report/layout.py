"""Where things stand in the province's diagram; all in pixels."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hue_infra.blueprint.plan import Blueprint, SitePlan
from hue_infra.model.administration import Tier
from hue_infra.model.kinds import Access

WIDTH = 1600.0
MARGIN = 40.0
HEADER = 104.0
GAP = 10.0

ZONE_WIDTH = 182.0
ZONE_HEIGHT = 104.0
CENTRE_HEAD = 44.0
GATEWAY_HEIGHT = 30.0

BAND_GAP = 34.0
BAND_HEIGHT = 30.0

CARD_HEIGHT = 132.0
CARDS_A_ROW = 4

TRUNK = 58.0
"""The trunk's place from the left edge."""
PANEL_LEFT = 76.0
HEAD_WIDTH = 178.0
TILE_HEIGHT = 56.0
TILES_A_ROW = 8
LANE = 18.0
"""Room above a row of tiles, for the line that feeds it."""

FOOTER = 78.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The middle of its upper edge."""
        return self.x + self.width / 2

    @property
    def place(self) -> tuple[float, float, float, float]:
        """As x, y, width, height."""
        return self.x, self.y, self.width, self.height


@dataclass(frozen=True, slots=True)
class Panel:
    """A group of units: the district they belong to, or none, and the units below."""

    head: SitePlan | None
    units: tuple[SitePlan, ...]

    @property
    def rows(self) -> int:
        """How many rows of tiles it has; a district alone still takes one."""
        return max(1, math.ceil(len(self.units) / TILES_A_ROW))


def centre(blueprint: Blueprint) -> SitePlan:
    """The data centre."""
    return next(site for site in blueprint.sites if site.access == Access.DATA_CENTRE)


def own_sites(blueprint: Blueprint) -> tuple[SitePlan, ...]:
    """Sites of the province itself but for the data centre."""
    middle = centre(blueprint)
    return tuple(site for site in blueprint.sites if site.tier is None and site is not middle)


def panels(blueprint: Blueprint) -> tuple[Panel, ...]:
    """The units in groups: one for each district, one for those of none."""
    heads = {site.name: site for site in blueprint.sites if site.tier == Tier.DISTRICT}
    below: dict[str, list[SitePlan]] = {name: [] for name in ("", *heads)}
    for site in blueprint.sites:
        if site.tier == Tier.COMMUNE:
            below[site.parent if site.parent in heads else ""].append(site)
    return tuple(
        Panel(heads.get(name), tuple(units)) for name, units in below.items() if name or units
    )


def centre_box(zones: int) -> Box:
    """The data centre's card."""
    rows = math.ceil(zones / 8)
    height = CENTRE_HEAD + rows * (ZONE_HEIGHT + GAP) + GATEWAY_HEIGHT + 12
    return Box(MARGIN, HEADER, WIDTH - 2 * MARGIN, height)


def zone_boxes(card: Box, zones: int) -> Iterator[Box]:
    """The zones inside the data centre's card."""
    columns = min(zones, 8)
    width = (card.width - 2 * 14 - (columns - 1) * GAP) / columns
    for number in range(zones):
        row, column = divmod(number, columns)
        yield Box(
            card.x + 14 + column * (width + GAP),
            card.y + CENTRE_HEAD + row * (ZONE_HEIGHT + GAP),
            width,
            ZONE_HEIGHT,
        )


def band_box(card: Box) -> Box:
    """The band that stands for the TSLCD."""
    return Box(MARGIN, card.bottom + BAND_GAP, WIDTH - 2 * MARGIN, BAND_HEIGHT)


def card_boxes(top: float, count: int) -> Iterator[Box]:
    """The province's own sites, so many a row, below *top*."""
    left = PANEL_LEFT
    columns = min(max(count, 1), CARDS_A_ROW)
    width = (WIDTH - MARGIN - left - (columns - 1) * 14) / columns
    for number in range(count):
        row, column = divmod(number, columns)
        yield Box(
            left + column * (width + 14), top + row * (CARD_HEIGHT + LANE + 8), width, CARD_HEIGHT
        )


def panel_box(top: float, panel: Panel) -> Box:
    """A group's ground."""
    height = panel.rows * (TILE_HEIGHT + LANE) + 10
    return Box(PANEL_LEFT, top, WIDTH - MARGIN - PANEL_LEFT, height)


def head_box(ground: Box) -> Box:
    """The head of a group, left of its tiles."""
    return Box(ground.x + 10, ground.y + LANE, HEAD_WIDTH, TILE_HEIGHT)


def tile_boxes(ground: Box, count: int) -> Iterator[Box]:
    """The tiles of a group, row by row."""
    left = ground.x + 10 + HEAD_WIDTH + GAP
    width = (ground.right - 10 - left - (TILES_A_ROW - 1) * GAP) / TILES_A_ROW
    for number in range(count):
        row, column = divmod(number, TILES_A_ROW)
        yield Box(
            left + column * (width + GAP),
            ground.y + LANE + row * (TILE_HEIGHT + LANE),
            width,
            TILE_HEIGHT,
        )
