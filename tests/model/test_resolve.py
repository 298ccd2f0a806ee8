import datetime
from collections import Counter
from pathlib import Path

import pytest

from hue_infra.model.administration import Tier
from hue_infra.model.kinds import ZoneKind
from hue_infra.model.load import load
from hue_infra.model.resolve import data_centre, sites

PROVINCES = Path(__file__).parent.parent.parent / "provinces"
SEEDS = datetime.date(2022, 1, 5)
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def hue():
    return load(PROVINCES / "hue" / "province.yaml", TODAY)


def by_name(hue, date):
    return {site.name: site for site in sites(hue.province, date)}


def test_hue_today_is_the_named_sites_and_40_communes(hue):
    tiers = Counter(site.tier for site in sites(hue.province, TODAY))

    assert tiers == {None: 5, Tier.COMMUNE: 40}


def test_hue_of_2022_has_four_levels_from_the_same_file(hue):
    found = by_name(hue, SEEDS)

    assert Counter(site.tier for site in found.values()) == {
        None: 5,
        Tier.DISTRICT: 9,
        Tier.COMMUNE: 141,
    }
    assert found["xahuongphong-aluoi"].parent == "aluoi"
    assert found["aluoi"].parent == "dc"
    assert found["dc"].parent is None


def test_communes_hang_below_the_data_centre_today(hue):
    parents = {site.parent for site in sites(hue.province, TODAY) if site.tier}

    assert parents == {"dc"}


def test_hue_has_its_650_cameras_and_a_room_in_every_commune(hue):
    found = sites(hue.province, TODAY)

    assert sum(sum(site.cameras.values()) for site in found) >= 650
    assert all(sum(site.rooms.values()) >= 1 for site in found if site.tier)
    assert all(sum(site.cameras.values()) >= 10 for site in found if site.tier)


def test_override_changes_what_it_names_and_nothing_else(hue):
    found = by_name(hue, TODAY)
    usual, special = found["phuho"], found["phuxuan"]

    assert special.cameras == {"street": 40, "counter": 1}
    assert (special.uplink.capacity.mbps, usual.uplink.capacity.mbps) == (500, 200)
    assert (special.machines, special.users) == (usual.machines, usual.users)
    assert special.source == "units.commune.except.19753 Phường Phú Xuân"
    assert usual.source == "units.commune"


def test_override_does_not_follow_a_code_to_another_unit(hue):
    """19753 was Phường Thuận Lộc until 2025-06-30: not the ward the file speaks of."""
    before = next(site for site in sites(hue.province, SEEDS) if site.unit == "19753")

    assert before.title == "Phường Thuận Lộc"
    assert before.cameras == {"street": 12, "counter": 1}


def test_unit_without_a_site_is_left_out(hue):
    entry = hue.province.units["commune"].model_copy(update={"without": ("19918", "19753")})
    province = hue.province.model_copy(update={"units": {"commune": entry}})

    assert len(sites(province, TODAY)) == 5 + 38


def test_data_centre_has_the_zones_of_level_3(hue):
    centre = by_name(hue, TODAY)[data_centre(hue.province)]

    assert {zone.kind for zone in centre.zones.values()} >= {
        ZoneKind.BORDER,
        ZoneKind.DMZ,
        ZoneKind.SERVER,
        ZoneKind.DATABASE,
        ZoneKind.MANAGEMENT,
        ZoneKind.INTERNAL,
    }


@pytest.mark.parametrize("date", [SEEDS, TODAY], ids=str)
def test_names_are_unique_and_important_sites_have_two_routes(hue, date):
    found = sites(hue.province, date)

    assert len({site.name for site in found}) == len(found)
    assert {site.uplink.routes for site in found if site.access == "level-1"} == {2}
