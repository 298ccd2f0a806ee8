"""Administrative units of Viet Nam by date, from the data files in ``data/units/``.

A unit is known by its code of the national list; codes outlive mergers with
another meaning, so a code is only unique at one date.  Where the data come
from, under which licence and how their periods were dated stands in
``data/units/sources.json``; ``scripts/make_units.py`` writes both.

    >>> import datetime
    >>> [u.title for u in units_at("46", datetime.date(2026, 1, 1)) if u.code == "19753"]
    ['Phường Phú Xuân']
"""

import datetime
import functools
import itertools
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

DATA = Path(__file__).parent / "data" / "units"

FIRST_DATE = datetime.date(2021, 7, 1)
"""The data know no unit before this day."""
TWO_TIERS_SINCE = datetime.date(2025, 7, 1)
"""The day local government lost its district tier."""

_LABEL_LIMIT = 31
"""Longest codename: a site's name in the province file is no longer."""


class Regime(StrEnum):
    """How many levels of government there are, the centre counted."""

    FOUR_LEVEL = "four-level"
    """Centre, province, district, commune: until 2025-06-30."""
    THREE_LEVEL = "three-level"
    """Centre, province, commune: from 2025-07-01."""

    @classmethod
    def at(cls, date: datetime.date) -> "Regime":
        """The regime of that day."""
        return cls.THREE_LEVEL if date >= TWO_TIERS_SINCE else cls.FOUR_LEVEL


class Tier(StrEnum):
    """Level of a unit."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class Kind(StrEnum):
    """Kind of a unit, as its full name begins with it, unaccented."""

    PROVINCE = "tinh"
    CENTRAL_CITY = "thanh-pho-trung-uong"
    CITY = "thanh-pho"
    URBAN_DISTRICT = "quan"
    RURAL_DISTRICT = "huyen"
    TOWN = "thi-xa"
    WARD = "phuong"
    COMMUNE = "xa"
    TOWNSHIP = "thi-tran"
    SPECIAL_ZONE = "dac-khu"

    @property
    def tier(self) -> Tier:
        """The level units of this kind belong to."""
        return _TIERS[self]

    @property
    def prefix(self) -> str:
        """The word a unit's full name begins with."""
        return _PREFIXES[self]


_TIERS = {
    Kind.PROVINCE: Tier.PROVINCE,
    Kind.CENTRAL_CITY: Tier.PROVINCE,
    Kind.CITY: Tier.DISTRICT,
    Kind.URBAN_DISTRICT: Tier.DISTRICT,
    Kind.RURAL_DISTRICT: Tier.DISTRICT,
    Kind.TOWN: Tier.DISTRICT,
    Kind.WARD: Tier.COMMUNE,
    Kind.COMMUNE: Tier.COMMUNE,
    Kind.TOWNSHIP: Tier.COMMUNE,
    Kind.SPECIAL_ZONE: Tier.COMMUNE,
}

_PREFIXES = {
    Kind.PROVINCE: "Tỉnh",
    Kind.CENTRAL_CITY: "Thành phố",
    Kind.CITY: "Thành phố",
    Kind.URBAN_DISTRICT: "Quận",
    Kind.RURAL_DISTRICT: "Huyện",
    Kind.TOWN: "Thị xã",
    Kind.WARD: "Phường",
    Kind.COMMUNE: "Xã",
    Kind.TOWNSHIP: "Thị trấn",
    Kind.SPECIAL_ZONE: "Đặc khu",
}

_ENGLISH = {
    Kind.PROVINCE: "province",
    Kind.CENTRAL_CITY: "city",
    Kind.CITY: "city",
    Kind.URBAN_DISTRICT: "urban district",
    Kind.RURAL_DISTRICT: "district",
    Kind.TOWN: "town",
    Kind.WARD: "ward",
    Kind.COMMUNE: "commune",
    Kind.TOWNSHIP: "township",
    Kind.SPECIAL_ZONE: "special zone",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit over the time it was the same."""

    code: str
    """Two digits a province, three a district, five a commune."""
    name: str
    """Without its kind: ``Phú Xuân``."""
    kind: Kind
    parent: str | None
    """Code of the unit above; None for a province."""
    valid_from: datetime.date
    valid_to: datetime.date | None = None
    """Last day; None: still so."""
    successors: tuple[str, ...] = field(default=(), repr=False)
    """Codes of the communes of 2025-07-01 that took over its land, the main one first."""

    @property
    def tier(self) -> Tier:
        """Its level."""
        return self.kind.tier

    @property
    def title(self) -> str:
        """Its full name: ``Phường Phú Xuân``."""
        return f"{self.kind.prefix} {self.name}"

    @property
    def title_en(self) -> str:
        """Its full name for English readers: ``Phú Xuân ward``; names keep their accents."""
        return f"{self.name} {_ENGLISH[self.kind]}"

    def is_valid(self, date: datetime.date) -> bool:
        """Whether the unit is so on that day."""
        return self.valid_from <= date and (self.valid_to is None or date <= self.valid_to)


def is_known(province_code: str) -> bool:
    """Whether there is or was a province of that code."""
    return re.fullmatch(r"\d{2}", province_code) is not None and _file(province_code).is_file()


@functools.cache
def all_units(province_code: str) -> tuple[Unit, ...]:
    """Every unit the province has had since `FIRST_DATE`, itself included, by code and time.

    Raises:
        KeyError: No province has or had that code.
    """
    if not is_known(province_code):
        raise KeyError(province_code)
    document = json.loads(_file(province_code).read_text("utf-8"))
    spans = {
        name: (_date(span["from"]), _date(span["to"]) if span["to"] else None)
        for name, span in document["periods"].items()
    }
    return tuple(
        Unit(
            code=code,
            name=name,
            kind=Kind(kind),
            parent=parent or None,
            valid_from=spans[periods[0]][0],
            valid_to=spans[periods[-1]][1],
            successors=tuple(successors),
        )
        for code, kind, parent, name, periods, *successors in document["units"]
    )


@functools.cache
def units_at(province_code: str, date: datetime.date) -> tuple[Unit, ...]:
    """The units of the province on that day, itself first, then districts, then communes.

    Empty when the province did not exist then.

    Raises:
        KeyError: No province has or had that code.
    """
    order = list(Tier)
    valid = (unit for unit in all_units(province_code) if unit.is_valid(date))
    return tuple(sorted(valid, key=lambda unit: (order.index(unit.tier), unit.code)))


@functools.cache
def codenames(province_code: str, date: datetime.date) -> dict[str, str]:
    """A short unaccented name for each district and commune of that day, by unit code.

    The rule: the plain name (``phuxuan``); if it begins with a digit or a unit
    of the same tier, or any district, has the same, the kind before it
    (``thitranaluoi``, ``quan3``); if that too is shared, the district's
    codename behind it (``phuong1-quan3``); at last the code behind it
    (``phuonghuongvan-20008``, for there is a Hương Văn too).
    Districts choose before communes.  A name never has more than 31 letters.
    """
    units = units_at(province_code, date)
    names: dict[str, str] = {}
    for tier in (Tier.DISTRICT, Tier.COMMUNE):
        pending = [unit for unit in units if unit.tier is tier]
        for candidates in zip(*(_candidates(unit, names) for unit in pending), strict=True):
            counts = Counter(candidates)
            taken = set(names.values())
            names |= {
                unit.code: name
                for unit, name in zip(pending, candidates, strict=True)
                if unit.code not in names
                and _fits(name)
                and counts[name] == 1
                and name not in taken
            }
    return {unit.code: names[unit.code] for unit in units if unit.code in names}


def _candidates(unit: Unit, names: dict[str, str]) -> Iterator[str]:
    name, kind = plain(unit.name), plain(unit.kind.prefix)
    above = names.get(unit.parent or "", unit.parent or "")
    yield from (name, f"{kind}{name}", f"{kind}{name}-{above}", f"{kind}{name[:18]}-{unit.code}")


def _fits(name: str) -> bool:
    return name[0].isalpha() and len(name) <= _LABEL_LIMIT


def plain(text: str) -> str:
    """Vietnamese text as a label: lower case, no accents, letters and digits only.

    >>> plain("Chân Mây - Lăng Cô"), plain("Đan Điền")
    ('chanmaylangco', 'dandien')
    """
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", letters)


def known_units(province_code: str) -> Iterable[Unit]:
    """Districts and communes of any date, the newest meaning of a code last."""
    return itertools.filterfalse(lambda unit: unit.tier is Tier.PROVINCE, all_units(province_code))


def _file(province_code: str) -> Path:
    return DATA / f"{province_code}.json"


def _date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)
