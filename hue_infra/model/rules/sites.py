"""Rules about sites and their classes."""

from collections import Counter
from collections.abc import Iterator

from hue_infra.model.administration import codenames, is_known, known_units
from hue_infra.model.document import KeyPath, Problem, Values
from hue_infra.model.draft import Draft
from hue_infra.model.kinds import Access, ZoneKind
from hue_infra.model.mismatch import suggestion
from hue_infra.model.province import SiteClass, SiteOverride, Uplink
from hue_infra.model.resolve import data_centre

_TWO_ROUTES = {Access.LEVEL_1: "TT 06/2026 Đ5.2", Access.DATA_CENTRE: "TT 06/2026 Đ5.4"}
"""Accesses that need two physical routes, and where the law says so."""


def kinds_exist(draft: Draft) -> Iterator[Problem]:
    """Every site names a class that the file has."""
    entries = {("sites", name): site.kind for name, site in draft.province.sites.items()}
    entries |= {("units", tier): units.kind for tier, units in draft.province.units.items()}
    for path, kind in entries.items():
        yield from draft.unknown((*path, "kind"), kind, "site-class", ("site_classes",))


def one_data_centre(draft: Draft) -> Iterator[Problem]:
    """One site is the data centre, and it is a named one."""
    classes = draft.province.site_classes
    centres = [
        name
        for name, site in draft.province.sites.items()
        if site.kind in classes and classes[site.kind].access is Access.DATA_CENTRE
    ]
    if not centres and len(classes) == len(draft.document.names("site_classes")):
        yield Problem(("sites",), "no-data-centre", on_key=True)
    for name in centres[1:]:
        values = {"first": centres[0], "name": name}
        yield Problem(("sites", name), "second-data-centre", values, on_key=True)
    for tier, units in draft.province.units.items():
        if units.kind in classes and classes[units.kind].access is Access.DATA_CENTRE:
            yield Problem(("units", tier, "kind"), "unit-data-centre", {"kind": units.kind})


def every_site_has_an_uplink(draft: Draft) -> Iterator[Problem]:
    """Every site but the data centre says how it is connected to it."""
    places: list[tuple[KeyPath, str, Uplink | None]] = [
        (("sites", name), site.kind, site.uplink) for name, site in draft.province.sites.items()
    ]
    places += [(("units", t), units.kind, None) for t, units in draft.province.units.items()]
    for path, kind, uplink in places:
        base = draft.province.site_classes.get(kind)
        if base is None or base.access is Access.DATA_CENTRE or base.uplink or uplink:
            continue
        if not draft.document.holds(("site_classes", kind, "uplink")):
            yield Problem(path, "no-uplink", {"site": str(path[-1]), "kind": kind}, on_key=True)


def important_sites_have_two_routes(draft: Draft) -> Iterator[Problem]:
    """Access of level 1 and the data centre have two physical routes."""
    places: list[tuple[KeyPath, Access, Uplink | None]] = [
        (("site_classes", name), base.access, base.uplink)
        for name, base in draft.province.site_classes.items()
    ]
    places += [(path, base.access, site.uplink) for path, base, site in draft.classed()]
    for path, access, uplink in places:
        if access in _TWO_ROUTES and uplink is not None and uplink.routes < len(_TWO_ROUTES):
            values = {"access": access.value, "clause": _TWO_ROUTES[access]}
            yield Problem((*path, "uplink", "routes"), "two-routes", values)


def counted_classes_exist(draft: Draft) -> Iterator[Problem]:
    """Cameras and rooms that a site counts are of classes that the file has."""
    for path, site in _all(draft):
        for kind in site.cameras or {}:
            place = (*path, "cameras", kind)
            yield from _unknown_key(draft, place, "camera-class", "camera_classes")
        for kind in site.rooms or {}:
            yield from _unknown_key(draft, (*path, "rooms", kind), "room-class", "room_classes")


def _unknown_key(draft: Draft, path: KeyPath, thing: str, section: str) -> Iterator[Problem]:
    for problem in draft.unknown(path, str(path[-1]), thing, (section,)):
        yield Problem(problem.path, problem.message, problem.values, on_key=True)


def _all(draft: Draft) -> Iterator[tuple[KeyPath, SiteClass | SiteOverride]]:
    for name, base in draft.province.site_classes.items():
        yield ("site_classes", name), base
    for path, _, special in draft.overrides():
        yield path, special


def devices_have_a_zone(draft: Draft) -> Iterator[Problem]:
    """Cameras, rooms and telephones have a zone of their kind, with room for all of them."""
    classes = draft.province.site_classes
    nothing = SiteOverride()
    places = [(("site_classes", name), base, nothing) for name, base in classes.items()]
    for path, base, special in [*places, *draft.classed()]:
        kind = path[1] if special is nothing else draft.document.value(*path[:2], "kind")
        if len(base.zones) != len(draft.document.names("site_classes", str(kind), "zones")):
            continue  # a zone has errors of its own
        usual = _counts(base, nothing)
        for thing, count in _counts(base, special).items():
            zone = _ZONES[thing]
            room = sum(spec.hosts for spec in base.zones.values() if spec.kind is zone)
            # What does not fit in the class is told there, not again at each of its sites.
            if count > room and (special is nothing or usual[thing] <= room):
                values: Values = {"thing": thing, "kind": zone, "count": count, "room": room}
                message = "zone-full" if room else "no-zone"
                yield Problem((*path, thing), message, values, on_key=True)


_ZONES = {
    "cameras": ZoneKind.CAMERA,
    "rooms": ZoneKind.CONFERENCE,
    "voice_lines": ZoneKind.VOICE,
}
"""The kind of zone that each countable thing stands in."""


def _counts(base: SiteClass, special: SiteOverride) -> dict[str, int]:
    voice = base.voice_lines if special.voice_lines is None else special.voice_lines
    return {
        "cameras": sum((base.cameras | (special.cameras or {})).values()),
        "rooms": sum((base.rooms | (special.rooms or {})).values()),
        "voice_lines": voice,
    }


def vlans_differ(draft: Draft) -> Iterator[Problem]:
    """No two zones of a class share a VLAN: agencies and purposes are kept apart."""
    for name, base in draft.province.site_classes.items():
        first: dict[int, str] = {}
        for zone_name, zone in base.zones.items():
            path = ("site_classes", name, "zones", zone_name, "vlan")
            if zone.vlan in first:
                values: Values = {"vlan": zone.vlan, "first": first[zone.vlan], "zone": zone_name}
                yield Problem(path, "vlan-twice", values)
            first.setdefault(zone.vlan, zone_name)


def lab_sites_exist(draft: Draft) -> Iterator[Problem]:
    """The lab realises sites that there are on some day, the data centre among them."""
    if not is_known(draft.province.province.code):
        return
    names = set(draft.document.names("sites")) | _unit_site_names(draft)
    counts = Counter(draft.province.lab.sites)
    for index, name in enumerate(draft.province.lab.sites):
        if name not in names:
            values = {"thing": "site", "name": name, **suggestion(name, sorted(names))}
            yield Problem(("lab", "sites", index), "unknown-name", values)
        elif counts[name] > 1:
            yield Problem(("lab", "sites", index), "listed-twice", {"name": name})
    centre, listed = data_centre(draft.province), draft.province.lab.sites
    if centre is not None and listed and centre not in listed:
        yield Problem(("lab", "sites"), "lab-without-centre", {"name": centre}, on_key=True)


def _unit_site_names(draft: Draft) -> set[str]:
    code = draft.province.province.code
    days = {unit.valid_from for unit in known_units(code)} | {draft.date}
    return {name for day in days for name in codenames(code, day).values()}
