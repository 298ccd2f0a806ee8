"""Addresses: disjoint, inside the ranges, and kept whatever is added or removed."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hue_infra.blueprint.lock import Lock
from hue_infra.errors import InputError

SITES = st.lists(st.sampled_from([f"s{number}" for number in range(7)]), unique=True, max_size=7)
CHANGES = st.lists(st.tuples(SITES, st.integers(0, 9), st.booleans()), min_size=1, max_size=4)


def of_round(document, change):
    """A file with those sites, so many cameras at each, with or without a second machine."""
    names, cameras, second = change
    site = {"cameras": {"street": cameras}}
    if second:
        site["machines"] = {"edge2": {"roles": ["edge"], "zone": "staff"}}
    return document(**dict.fromkeys(names, site))


def addresses(blueprint):
    """Every address by the name of what has it."""
    found = {one.name: (one.ipv4, one.ipv6) for one in (*blueprint.cameras, *blueprint.rooms)}
    for machine in blueprint.machines:
        for port in machine.interfaces:
            found[f"{machine.name}/{port.name}"] = (port.ipv4, port.ipv6)
    for link in blueprint.links:
        found[f"link {link.id}"] = (link.near.ipv4, link.far.ipv4, link.near.ipv6, link.far.ipv6)
    for one in blueprint.publications:
        found[f"published {one.name}"] = (one.ipv4, one.ipv6, one.target_port)
    for segment in blueprint.segments:
        found[f"segment {segment.id}"] = (segment.ipv4, segment.ipv6, segment.gateway4)
    return found


@settings(max_examples=40, deadline=None)
@given(changes=CHANGES)
def test_every_address_once_given_is_kept(document, plan, changes):
    """Eight sites and a range of eight: whoever comes back finds the address it had."""
    lock, seen = Lock.empty(), {}
    for change in changes:
        blueprint, lock = plan(of_round(document, change), Lock.read(lock.text()))
        for name, address in addresses(blueprint).items():
            assert seen.setdefault(name, address) == address, name


@settings(max_examples=30, deadline=None)
@given(changes=CHANGES)
def test_prefixes_are_disjoint_and_hold_their_hosts(document, plan, changes):
    lock = Lock.empty()
    for change in changes:
        blueprint, lock = plan(of_round(document, change), lock)
    for version in ("ipv4", "ipv6"):
        ends = [getattr(one, version) for one in (*blueprint.segments, *blueprint.links)]
        assert_disjoint(ends)
        assert_inside(blueprint, version)


def assert_disjoint(prefixes):
    ordered = sorted(prefixes)
    for one, other in itertools.pairwise(ordered):
        assert one.broadcast_address < other.network_address


def assert_inside(blueprint, version):
    prefix = {one.id: getattr(one, version) for one in blueprint.segments}
    used = [
        (getattr(port, version), port.segment)
        for machine in blueprint.machines
        for port in machine.interfaces
    ]
    used += [(getattr(one, version), f"{one.site}/camera") for one in blueprint.cameras]
    used += [(getattr(one, version), f"{one.site}/conference") for one in blueprint.rooms]
    for address, segment in used:
        assert address in prefix[segment]
        assert address not in (prefix[segment].network_address, prefix[segment].broadcast_address)
    assert len(used) == len({address for address, _ in used})


def test_removed_sites_are_remembered(document, plan):
    _, lock = plan(document(a={}, b={}))

    _, lock = plan(document(b={}), lock)

    assert list(lock.released) == ["a"]
    assert "a-1" in lock.links.released


def test_freed_prefixes_are_reused_when_the_range_is_full(document, plan):
    """10.46.0.0/19 holds eight /22: the data centre and seven sites."""
    first, lock = plan(document(**{f"s{number}": {} for number in range(7)}))
    sites = {f"s{number}": {} for number in range(1, 7)} | {"new": {}}

    second, lock = plan(document(**sites), lock)

    freed = next(one.ipv4 for one in first.segments if one.id == "s0/mgmt")
    assert next(one.ipv4 for one in second.segments if one.id == "new/mgmt") == freed
    assert "s0" not in {**lock.sites, **lock.released}


def test_a_range_with_too_few_prefixes_is_refused_with_its_line(document, plan):
    with pytest.raises(InputError, match=r"province\.yaml:sites\.s7: No IPv4 prefix is left"):
        plan(document(**{f"s{number}": {} for number in range(8)}))


def test_a_transit_range_with_too_few_links_is_refused(document, plan):
    data = document(a={}, b={})
    data["allocations"]["transit"] = "10.49.0.0/31"

    with pytest.raises(InputError, match=r"sites\.b\.uplink: No addresses are left for link b-1"):
        plan(data)


def test_a_lock_outside_the_ranges_is_refused(document, plan):
    _, lock = plan(document(a={}))
    data = document(a={})
    data["allocations"]["ipv4"] = ["10.99.0.0/16"]

    with pytest.raises(InputError, match="lies outside the ranges") as caught:
        plan(data, lock)

    assert "province.lock" in caught.value.hint


def test_a_zone_that_cannot_grow_where_it_lies_is_refused(document, plan):
    data = document(a={})
    blueprint, lock = plan(data)
    staff = next(one.ipv4 for one in blueprint.segments if one.id == "a/staff")
    data["site_classes"]["office"]["zones"]["staff"]["hosts"] = 200

    with pytest.raises(InputError, match=r"site_classes\.office\.zones\.staff: Zone staff .*grow"):
        plan(data, lock)
    assert staff.prefixlen == 26


def test_a_zone_that_can_grow_keeps_its_addresses(document, plan):
    """The camera zone lies below free addresses: 64 become 128 and nothing moves."""
    data = document(a={"uplink": {"capacity": "1 Gbps"}})
    before, lock = plan(data)
    data["sites"]["a"]["cameras"] = {"street": 70}

    after, _ = plan(data, lock)

    assert next(one.ipv4.prefixlen for one in after.segments if one.id == "a/camera") == 25
    assert after.cameras[: len(before.cameras)] == before.cameras


def test_a_zone_takes_more_cameras_than_its_hosts_say(document, plan):
    blueprint, _ = plan(document(a={"cameras": {"street": 70}, "uplink": {"capacity": "1 Gbps"}}))

    camera = next(one.ipv4 for one in blueprint.segments if one.id == "a/camera")

    assert camera.prefixlen == 25


def test_the_router_is_the_gateway_even_after_a_new_one_is_named_first(document, plan):
    data = document(a={})
    before, lock = plan(data)
    machines = data["site_classes"]["office"]["machines"]
    data["site_classes"]["office"]["machines"] = {
        "aa": {"roles": ["router"], "zone": "mgmt"},
        **machines,
    }

    after, _ = plan(data, lock)

    gateway = next(one.gateway4 for one in after.segments if one.id == "a/staff")
    ports = {port.segment: port.ipv4 for port in after.machine("a-gw").interfaces}
    assert ports["a/staff"] == gateway
    assert before.machine("a-gw").interfaces == after.machine("a-gw").interfaces


def test_ipv6_subnets_show_the_vlan(document, plan):
    blueprint, _ = plan(document(a={}))

    staff = next(one for one in blueprint.segments if one.id == "a/staff")

    assert str(staff.ipv6) == "2001:db8:46:120::/64"
