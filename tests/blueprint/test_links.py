import datetime
from pathlib import Path

import pytest

from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lock import Lock
from hue_infra.errors import InputError
from hue_infra.model.load import load

HUE = Path(__file__).parents[2] / "provinces" / "hue"
TODAY = datetime.date(2026, 11, 22)


def test_the_load_of_a_commune(document, plan):
    """One room 6.3, ten cameras of 2, 40 users of 1, five lines of 0.1: 66.8 Mbps of 200."""
    blueprint, _ = plan(document(a={"cameras": {"street": 10}}))

    (link,) = blueprint.links

    assert link.load.conference.mbps == pytest.approx(6.3)
    assert link.load.cameras.mbps == 20
    assert link.load.users.mbps == 40
    assert link.load.voice.mbps == pytest.approx(0.5)
    assert link.load.total.mbps == pytest.approx(66.8)


def test_a_link_above_ninety_percent_is_refused_with_its_line(document, plan):
    """134 x 1 + 6.3 + 6 + 0.5 = 146.8 of 160 is 92 %; 60 % of 250 is enough."""
    site = {"users": 134, "uplink": {"capacity": "160 Mbps"}}

    with pytest.raises(InputError, match=r"sites\.a\.uplink\.capacity: Link a-1 .* 92 %") as caught:
        plan(document(a=site))

    assert "250 Mbps" in caught.value.hint


def test_the_line_told_is_the_one_to_change(tmp_path):
    """Phú Xuân has a capacity of its own in the file: that line, not its class's, is told."""
    text = (HUE / "province.yaml").read_text("utf-8")
    lines = text.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "19753 Phường Phú Xuân:" in line)
    lines[number - 1] = lines[number - 1].replace("500 Mbps", "100 Mbps")
    path = tmp_path / "province.yaml"
    path.write_text("\n".join(lines), "utf-8")
    loaded = load(path, TODAY)

    with pytest.raises(InputError, match=rf"province\.yaml:{number}:\d+: Link phuxuan-1 would"):
        derive(loaded, loaded.date, Lock.empty())


def test_a_link_at_ninety_percent_is_let_be(document, plan):
    """6.3 + 6 + 167.2: as near below 180 as whole users come."""
    blueprint, _ = plan(document(a={"users": 167, "voice_lines": 7}))

    assert blueprint.links[0].load.total.mbps == pytest.approx(180.0)


def test_two_routes_have_two_links_with_the_whole_load_each(document, plan):
    blueprint, _ = plan(document(a={"uplink": {"capacity": "200 Mbps", "routes": 2}}))

    first, second = blueprint.links

    assert (first.id, second.id) == ("a-1", "a-2")
    assert first.load == second.load
    assert (first.near.interface, second.near.interface) == ("up1", "up2")
    assert first.far.interface != second.far.interface


def test_the_second_route_ends_at_the_second_router(document, plan):
    data = document(a={"uplink": {"capacity": "200 Mbps", "routes": 2}})
    data["site_classes"]["centre"]["machines"]["fw2"] = {"roles": ["router"], "zone": "mgmt"}

    blueprint, _ = plan(data)

    assert [link.far.machine for link in blueprint.links] == ["dc-fw1", "dc-fw2"]


def test_a_site_without_a_router_is_refused(document, plan):
    data = document(a={})
    del data["site_classes"]["office"]["machines"]["gw"]

    with pytest.raises(InputError, match=r"sites\.a\.uplink: Site a needs a machine with role"):
        plan(data)


def test_port_names_fit_linux(hue_of_seeds):
    names = {link.far.interface for link in hue_of_seeds.links}

    assert len(names) == len(hue_of_seeds.links)
    assert max(map(len, names)) <= 15
