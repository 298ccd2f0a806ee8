"""Rules about sites and their classes."""

from collections import Counter
from collections.abc import Iterator

from hue_infra.model.administration import codenames, is_known, known_units
from hue_infra.model.document import KeyPath, Problem, Values
from hue_infra.model.draft import Draft
from hue_infra.model.mismatch import suggestion
from hue_infra.model.province import Access, SiteClass, SiteOverride, Uplink, ZoneKind

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
    places = [
        (("site_classes", name), base, SiteOverride())
        for name, base in draft.province.site_classes.items()
    ]
    for path, base, special in [*places, *draft.classed()]:
        if len(base.zones) != len(draft.document.names("site_classes", *_class_of(draft, path))):
            continue
        for key, kind, count in _devices(path, base, special):
            room = sum(zone.hosts for zone in base.zones.values() if zone.kind is kind)
            values: Values = {"kind": kind.value, "count": count, "room": room}
            if not room:
                yield Problem((*path, key), "no-zone", values, on_key=True)
            elif count > room:
                yield Problem((*path, key), "zone-full", values, on_key=True)


def _class_of(draft: Draft, path: KeyPath) -> KeyPath:
    name = path[1] if path[0] == "site_classes" else draft.document.value(*path[:2], "kind")
    return (str(name), "zones")


def _devices(
    path: KeyPath, base: SiteClass, special: SiteOverride
) -> Iterator[tuple[str, ZoneKind, int]]:
    """Key, kind of zone and number of what this place of the file itself counts."""
    is_class = path[0] == "site_classes"
    cameras = base.cameras | (special.cameras or {})
    rooms = base.rooms | (special.rooms or {})
    voice = base.voice_lines if special.voice_lines is None else special.voice_lines
    if (is_class or special.cameras) and (count := sum(cameras.values())):
        yield "cameras", ZoneKind.CAMERA, count
    if (is_class or special.rooms) and (count := sum(rooms.values())):
        yield "rooms", ZoneKind.CONFERENCE, count
    if (is_class or special.voice_lines) and voice:
        yield "voice_lines", ZoneKind.VOICE, voice


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
    names = set(draft.document.names("sites")) | _unit_site_names(draft)
    counts = Counter(draft.province.lab.sites)
    for index, name in enumerate(draft.province.lab.sites):
        if name not in names:
            values = {"thing": "site", "name": name, **suggestion(name, sorted(names))}
            yield Problem(("lab", "sites", index), "unknown-name", values)
        elif counts[name] > 1:
            yield Problem(("lab", "sites", index), "listed-twice", {"name": name})
    yield from _lab_without_centre(draft)


def _lab_without_centre(draft: Draft) -> Iterator[Problem]:
    classes = draft.province.site_classes
    for name, site in draft.province.sites.items():
        base = classes.get(site.kind)
        is_centre = base is not None and base.access is Access.DATA_CENTRE
        if is_centre and draft.province.lab.sites and name not in draft.province.lab.sites:
            yield Problem(("lab", "sites"), "lab-without-centre", {"name": name}, on_key=True)


def _unit_site_names(draft: Draft) -> set[str]:
    code = draft.province.province.code
    if not is_known(code):
        return set()
    days = {unit.valid_from for unit in known_units(code)} | {draft.date}
    return {name for day in days for name in codenames(code, day).values()}
