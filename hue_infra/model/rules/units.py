"""Rules about administrative units: the province itself, its tiers, the units a file names."""

from collections.abc import Iterator

from hue_infra.model.administration import (
    Tier,
    Unit,
    all_units,
    codenames,
    is_known,
    known_units,
    plain,
    units_at,
)
from hue_infra.model.document import KeyPath, Problem
from hue_infra.model.draft import Draft
from hue_infra.model.mismatch import suggestion

_TIERS = (Tier.DISTRICT, Tier.COMMUNE)


def province_exists(draft: Draft) -> Iterator[Problem]:
    """There is a province of that code on the day the file is resolved at."""
    code = draft.province.province.code
    path: KeyPath = ("province", "code")
    if not is_known(code):
        yield Problem(path, "province-unknown", {"code": code})
    elif not units_at(code, draft.date):
        lives = [unit for unit in all_units(code) if unit.tier is Tier.PROVINCE]
        first, last = lives[0], lives[-1]
        values = {
            "title": last.title,
            "from": str(first.valid_from),
            "until": str(last.valid_to or "now"),
            "date": str(draft.date),
        }
        yield Problem(path, "province-not-then", values)


def tiers_exist(draft: Draft) -> Iterator[Problem]:
    """Sites are made for districts and communes, nothing else."""
    for tier in draft.province.units:
        if tier not in _TIERS:
            yield Problem(
                ("units", tier), "tier", {"tier": tier, **suggestion(tier, _TIERS)}, on_key=True
            )


def overrides_name_units(draft: Draft) -> Iterator[Problem]:
    """Each unit that the file names exists on some day, and is named without doubt."""
    if not is_known(draft.province.province.code):
        return
    for tier, units in draft.province.units.items():
        known = [u for u in known_units(draft.province.province.code) if u.tier == tier]
        if not known:
            continue
        for key in units.except_:
            yield from _named(("units", tier, "except", key), key, known, on_key=True)
        for index, key in enumerate(units.without):
            yield from _named(("units", tier, "without", index), key, known)
        for key in set(units.without) & set(units.except_):
            yield Problem(("units", tier, "except", key), "unit-both", {"unit": key}, on_key=True)


def _named(
    path: KeyPath, key: str, known: list[Unit], *, on_key: bool = False
) -> Iterator[Problem]:
    code, _, title = key.partition(" ")
    titles = list(dict.fromkeys(unit.title for unit in known if unit.code == code))
    if title in titles or (not title and len(titles) == 1):
        return
    if not titles:
        near = suggestion(key, [_full(unit) for unit in known])
        near = {"unit": key, "near": _by_name(key, known) or near["near"]}
        yield Problem(path, "unit-unknown", near, on_key=on_key)
    elif not title:
        values = {"code": code, "first": f"{code} {titles[0]}", "last": f"{code} {titles[-1]}"}
        yield Problem(path, "unit-ambiguous", values, on_key=on_key)
    else:
        values = {"code": code, "title": title, "right": f"{code} {titles[-1]}"}
        values["other"] = _by_name(title, known) or "none"
        yield Problem(path, "unit-title", values, on_key=on_key)


def _full(unit: Unit) -> str:
    return f"{unit.code} {unit.title}"


def _by_name(key: str, known: list[Unit]) -> str:
    """The newest unit of that name, for who wrote a name where a code belongs."""
    wanted = plain(key)
    found = [unit for unit in known if wanted in {plain(unit.name), plain(unit.title)}]
    return _full(max(found, key=lambda unit: unit.valid_from)) if found else ""


def names_are_free(draft: Draft) -> Iterator[Problem]:
    """No named site has the name that the site of a unit has on that day."""
    code = draft.province.province.code
    if not is_known(code):
        return
    titles = {unit.code: unit for unit in units_at(code, draft.date)}
    for unit_code, name in codenames(code, draft.date).items():
        unit = titles[unit_code]
        if name in draft.province.sites and unit.tier in draft.province.units:
            values = {"name": name, "title": unit.title}
            yield Problem(("sites", name), "name-taken", values, on_key=True)
