"""Counts are those of the official lists as two independent sources give them."""

import datetime
import json
from collections import Counter

import pytest

from hue_infra.model import administration
from hue_infra.model.administration import Kind, Regime, Tier, codenames, plain, units_at

SEEDS = datetime.date(2022, 1, 5)
TODAY = datetime.date(2026, 11, 22)
ALL = sorted(path.stem for path in administration.DATA.glob("[0-9][0-9].json"))


def count(code, date, tier):
    return sum(unit.tier is tier for unit in units_at(code, date))


def test_hue_today_has_40_communes():
    kinds = Counter(unit.kind for unit in units_at("46", TODAY))

    assert kinds == {Kind.CENTRAL_CITY: 1, Kind.WARD: 21, Kind.COMMUNE: 19}


def test_hue_of_the_seeds_has_9_districts_and_141_communes():
    kinds = Counter(unit.kind for unit in units_at("46", SEEDS))

    assert kinds == {
        Kind.PROVINCE: 1,
        Kind.RURAL_DISTRICT: 6,
        Kind.TOWN: 2,
        Kind.CITY: 1,
        Kind.COMMUNE: 95,
        Kind.WARD: 39,
        Kind.TOWNSHIP: 7,
    }


@pytest.mark.parametrize(
    ("code", "districts", "communes"),
    [("35", 6, 109), ("94", 11, 109), ("79", 22, 312), ("49", 18, 241)],
    ids=["hanam", "soctrang", "hochiminh", "quangnam"],
)
def test_provinces_of_the_seeds_in_2022(code, districts, communes):
    date = datetime.date(2022, 4, 29)

    assert (count(code, date, Tier.DISTRICT), count(code, date, Tier.COMMUNE)) == (
        districts,
        communes,
    )


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (SEEDS, (63, 705, 10599)),
        (datetime.date(2025, 6, 30), (63, 696, 10035)),
        (TODAY, (34, 0, 3321)),
    ],
    ids=["2022", "last-day-of-districts", "today"],
)
def test_country_is_whole(date, expected):
    tiers = Counter(unit.tier for code in ALL for unit in units_at(code, date))

    assert (tiers[Tier.PROVINCE], tiers[Tier.DISTRICT], tiers[Tier.COMMUNE]) == expected


def test_merged_province_is_gone_today():
    assert units_at("35", TODAY) == ()


def test_before_the_data_begin_there_is_nothing():
    assert units_at("46", administration.FIRST_DATE - datetime.timedelta(days=1)) == ()


def test_unknown_province_is_a_key_error():
    with pytest.raises(KeyError):
        units_at("47", TODAY)


@pytest.mark.parametrize("date", [SEEDS, datetime.date(2025, 6, 30), TODAY], ids=str)
def test_every_unit_of_the_country_has_a_codename_of_its_own(date):
    for code in ALL:
        below = [unit.code for unit in units_at(code, date) if unit.tier is not Tier.PROVINCE]
        names = codenames(code, date)

        assert sorted(names) == sorted(below)
        assert len(set(names.values())) == len(below)
        assert all(name[0].isalpha() and len(name) <= 31 for name in names.values())


def test_codenames_say_no_more_than_they_must():
    now, then = codenames("46", TODAY), codenames("46", SEEDS)

    assert (now["19753"], now["20056"], now["20137"]) == ("phuxuan", "aluoi1", "chanmaylangco")
    assert (then["481"], then["20044"]) == ("aluoi", "thitranaluoi")
    assert (then["20002"], then["20080"]) == ("xahuongphong-hue", "xahuongphong-aluoi")
    assert (then["20008"], then["20011"]) == ("phuonghuongvan-20008", "phuonghuongvan-20011")


def test_numbered_wards_are_told_apart_by_their_district():
    names = codenames("79", SEEDS)
    units = {unit.code: unit for unit in units_at("79", SEEDS)}
    wards = [code for code in names if units[code].title == "Phường 1"]

    assert len(wards) > 1
    assert all(names[code].startswith("phuong1-") for code in wards)
    assert "phuong1-quan3" in {names[code] for code in wards}


def test_successors_of_a_code_that_was_passed_on():
    before = {unit.code: unit for unit in units_at("46", datetime.date(2025, 6, 30))}

    assert before["20002"].title == "Phường Hương Phong"
    assert before["20002"].successors == ("20014",)


def test_every_successor_is_a_commune_of_today():
    today = {unit.code for code in ALL for unit in units_at(code, TODAY)}
    heirs = {
        heir for code in ALL for unit in administration.all_units(code) for heir in unit.successors
    }

    assert heirs <= today
    assert len(heirs) > 3200


@pytest.mark.parametrize(
    ("date", "regime"),
    [("2025-06-30", Regime.FOUR_LEVEL), ("2025-07-01", Regime.THREE_LEVEL)],
)
def test_regime_changes_overnight(date, regime):
    assert Regime.at(datetime.date.fromisoformat(date)) is regime


def test_plain_takes_every_vietnamese_letter():
    assert plain("Đặc khu Thổ Châu ỷ ữ ẵ ợ") == "dackhuthochauyuao"


def test_sources_are_recorded():
    record = json.loads((administration.DATA / "sources.json").read_text("utf-8"))

    assert {source["licence"] for source in record["sources"]} == {"MIT"}
    assert all("Copyright (c)" in source["notice"] for source in record["sources"])
    assert {span["regime"] for span in record["periods"].values()} == set(Regime)
