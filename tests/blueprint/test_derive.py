"""The whole of Huế, today and as the seeds tell it."""

import re
import time
from pathlib import Path

import pytest

from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lock import Lock
from hue_infra.blueprint.plan import GatewayPlan
from hue_infra.errors import InputError
from hue_infra.model.load import load

PROVINCE = Path(__file__).parents[2] / "provinces" / "hue"
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def test_hue_of_today_is_whole(hue):
    units = [site for site in hue.sites if site.tier == "commune"]
    with_room = {room.site for room in hue.rooms}

    assert len(units) == 40
    assert len(hue.cameras) >= 650
    assert with_room >= {site.name for site in units}
    assert (hue.title, hue.regime) == ("Thành phố Huế", "three-level")


def test_hue_of_the_seeds_is_whole(hue_of_seeds):
    tiers = [site.tier for site in hue_of_seeds.sites]

    assert (tiers.count("district"), tiers.count("commune")) == (9, 141)
    assert (hue_of_seeds.title, hue_of_seeds.regime) == ("Tỉnh Thừa Thiên Huế", "four-level")


@pytest.mark.parametrize("province", ["hue", "hue_of_seeds"])
def test_names_are_unique_and_valid(request, province):
    blueprint = request.getfixturevalue(province)
    things = (*blueprint.machines, *blueprint.cameras, *blueprint.rooms)
    names = [one.name for one in things]
    domains = [one.fqdn for one in blueprint.machines]

    assert len(set(names)) == len(names)
    assert len(set(domains)) == len(domains)
    for name in domains:
        assert all(LABEL.fullmatch(label) for label in name.split("."))


def test_the_same_input_gives_the_same_output(hue):
    loaded = load(PROVINCE / "province.yaml", hue.date)

    again, lock = derive(loaded, loaded.date, Lock.empty())
    once_more, kept = derive(loaded, loaded.date, lock)

    assert again == hue
    assert once_more == hue
    assert kept == lock


def test_the_committed_lock_is_up_to_date(hue):
    """Addresses are part of the province: change the file, and commit the lock with it."""
    loaded = load(PROVINCE / "province.yaml", hue.date)
    path = PROVINCE / "province.lock"

    _, lock = derive(loaded, loaded.date, Lock.load(path))

    assert lock.text() == path.read_text("utf-8")


def test_both_dates_share_one_lock(hue, hue_of_seeds):
    """What the sites that stand at both dates have, they keep from one to the other."""
    loaded = load(PROVINCE / "province.yaml", hue_of_seeds.date)
    lock = Lock.load(PROVINCE / "province.lock")

    then, _ = derive(loaded, loaded.date, lock)

    assert then.machine("ioc-gw") == hue.machine("ioc-gw")
    assert then.machine("dc-core1") == hue.machine("dc-core1")


@pytest.mark.parametrize("province", ["hue", "hue_of_seeds"])
def test_deriving_takes_well_under_half_a_second(request, province):
    date = request.getfixturevalue(province).date
    loaded = load(PROVINCE / "province.yaml", date)
    times = []
    for _ in range(3):
        start = time.process_time()
        derive(loaded, loaded.date, Lock.empty())
        times.append(time.process_time() - start)

    assert min(times) < 0.5


def test_every_machine_has_a_certificate_with_all_its_addresses(hue):
    owners = {one.owner: one for one in hue.certificates}
    for machine in hue.machines:
        certificate = owners[machine.name]
        assert machine.fqdn in certificate.names
        for port in machine.interfaces:
            assert {port.ipv4, port.ipv6} <= set(certificate.addresses)
    assert "pki.hue.gov.vn" in owners["dc-core1"].names
    assert owners["portal"].names == ("portal.hue.gov.vn", "hue.gov.vn")
    assert "shared.hue.gov.vn" in owners["dc-k8s1"].names


def test_routers_have_a_port_in_every_zone_of_their_site(hue):
    zones: dict[str, set[str]] = {}
    for segment in hue.segments:
        zones.setdefault(segment.site, set()).add(segment.id)
    for machine in hue.machines:
        if machine.is_router:
            assert {port.segment for port in machine.interfaces} == zones[machine.site]
            assert machine.interfaces[0].segment == f"{machine.site}/{machine.zone}"
        else:
            assert len(machine.interfaces) == 1


def test_the_published_service_keeps_its_address_and_port(hue):
    (portal,) = hue.publications

    assert (str(portal.ipv4), portal.port) == ("192.0.2.1", 443)
    assert (portal.machine, portal.target_port) == ("dc-k8s1", 30443)
    assert hue.platforms[0].gateway == "public"
    assert hue.clusters[0].gateways == (GatewayPlan("public", 0, 30443, ("portal",)),)


def test_two_things_of_one_name_are_refused(document, plan):
    """Site a-b with machine c, and site a with machine b-c."""
    data = document(**{"a-b": {}})
    extra = {"b-gw": {"roles": ["edge"], "zone": "staff"}}
    data["sites"]["a"] = {"kind": "office", "title": "a", "machines": extra}

    with pytest.raises(InputError, match="Two things would be named a-b-gw"):
        plan(data)


def test_a_cluster_on_an_unknown_machine_is_refused(document, plan):
    data = document()
    data["clusters"]["shared"]["control_plane"] = ["nobody"]
    del data["platforms"]["portal"]

    with pytest.raises(InputError, match="names machine nobody"):
        plan(data)


def test_materials_count_what_the_file_says(document, plan):
    """Two routes: two terminals of level II at a, one at b, one at the data centre."""
    data = document(a={"uplink": {"capacity": "200 Mbps", "routes": 2}}, b={})
    blueprint, _ = plan(data)

    counts = {(one.item.removeprefix("blueprint.item-")): one.count for one in blueprint.materials}

    assert counts["terminal-level-2"] == 3
    assert counts["terminal-data-centre"] == 1
    assert counts["camera"] == 6
    assert counts["codec"] == 2
    assert counts["phone"] == 10
    # 2 rooms in 1080p are 4 ports; with a tenth more 4.4.
    assert counts["bridge-port"] == 5
    # Each office: 3 cameras, 1 room, 40 users, 5 telephones, 2 machines: 51 ports, two switches;
    # the data centre's 5 machines: one.
    assert counts["switch"] == 5
