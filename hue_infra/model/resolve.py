"""The sites of a province at a date: those it names, and one for each unit of its tiers."""

import datetime
from collections.abc import Container, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hue_infra.model.administration import Tier, Unit, codenames, units_at
from hue_infra.model.kinds import Access
from hue_infra.model.province import (
    MachineSpec,
    Province,
    SiteClass,
    SiteEntry,
    SiteOverride,
    Uplink,
    Zone,
)


@dataclass(frozen=True, slots=True)
class ResolvedSite:
    """One site with its class and its overrides merged: nothing left to look up."""

    name: str
    """Unique in the province at the date; also its DNS label."""
    title: str
    """Vietnamese."""
    title_en: str
    """English; the Vietnamese title where the file has no other."""
    kind: str
    """The site class."""
    unit: str | None
    """Code of its administrative unit; None for a site of the province itself."""
    tier: Tier | None
    parent: str | None
    """The site of the unit above, else the data centre; None for the data centre."""
    access: Access
    zones: Mapping[str, Zone]
    uplink: Uplink | None
    machines: Mapping[str, MachineSpec]
    rooms: Mapping[str, int]
    """Meeting rooms by room class."""
    cameras: Mapping[str, int]
    """Cameras by camera class."""
    users: int
    voice_lines: int
    country: str
    source: str
    """Key path in the file: ``sites.dc``, ``units.commune`` or
    ``units.commune.except.19753 Phường Phú Xuân``."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a site stands in the province, before its class is read."""

    name: str
    title: str
    title_en: str
    unit: Unit | None
    parent: str | None
    source: str


def sites(province: Province, date: datetime.date) -> tuple[ResolvedSite, ...]:
    """Every site of that day: the named ones in the file's order, then districts, then communes.

    A site of a unit is named by the unit's codename.  Units that the province
    does not have on that day have no site, whatever the file says of them.
    """
    centre = data_centre(province)
    named = [_named(province, name, entry, centre) for name, entry in province.sites.items()]
    return (*named, *_unit_sites(province, date, centre))


def data_centre(province: Province) -> str | None:
    """Name of the first site whose class has the access of a data centre."""
    for name, entry in province.sites.items():
        kind = province.site_classes.get(entry.kind)
        if kind is not None and kind.access is Access.DATA_CENTRE:
            return name
    return None


def _named(province: Province, name: str, entry: SiteEntry, centre: str | None) -> ResolvedSite:
    place = _Place(
        name=name,
        title=entry.title,
        title_en=entry.title_en or entry.title,
        unit=None,
        parent=None if name == centre else centre,
        source=f"sites.{name}",
    )
    return _merge(place, entry.kind, province.site_classes[entry.kind], entry)


def _unit_sites(
    province: Province, date: datetime.date, centre: str | None
) -> tuple[ResolvedSite, ...]:
    code = province.province.code
    names = codenames(code, date)
    listed = {
        unit.code: unit
        for unit in units_at(code, date)
        if unit.tier in province.units
        and _key(unit, province.units[unit.tier].without) not in province.units[unit.tier].without
    }
    found = []
    for unit in listed.values():
        entry = province.units[unit.tier]
        key = _key(unit, entry.except_)
        special = entry.except_.get(key)
        source = f"units.{unit.tier}"
        place = _Place(
            name=names[unit.code],
            title=unit.title,
            title_en=unit.title_en,
            unit=unit,
            parent=names[unit.parent] if unit.parent in listed else centre,
            source=source if special is None else f"{source}.except.{key}",
        )
        found.append(_merge(place, entry.kind, province.site_classes[entry.kind], special))
    return tuple(found)


def _key(unit: Unit, keys: Container[str]) -> str:
    """How the file names the unit: its code with its name, or its code alone."""
    full = f"{unit.code} {unit.title}"
    return full if full in keys else unit.code


def _merge(place: _Place, kind: str, base: SiteClass, special: SiteOverride | None) -> ResolvedSite:
    """The class with what the site says otherwise; machines, rooms and cameras key by key."""
    special = special or SiteOverride()
    return ResolvedSite(
        name=place.name,
        title=place.title,
        title_en=place.title_en,
        kind=kind,
        unit=place.unit.code if place.unit else None,
        tier=place.unit.tier if place.unit else None,
        parent=place.parent,
        access=base.access,
        zones=MappingProxyType(base.zones),
        uplink=special.uplink or base.uplink,
        machines=MappingProxyType(base.machines | (special.machines or {})),
        rooms=MappingProxyType(base.rooms | (special.rooms or {})),
        cameras=MappingProxyType(base.cameras | (special.cameras or {})),
        users=base.users if special.users is None else special.users,
        voice_lines=base.voice_lines if special.voice_lines is None else special.voice_lines,
        country=special.country or base.country,
        source=place.source,
    )
