import ipaddress

import pytest

from hue_infra.errors import InputError


def records(blueprint, kind):
    return [one for zone in blueprint.dns for one in zone.records if one.type == kind]


def test_every_name_has_both_families(hue):
    v4 = {one.name for one in records(hue, "A")}
    v6 = {one.name for one in records(hue, "AAAA")}

    assert v4 == v6
    assert len(v4) > len(hue.machines) + len(hue.cameras)


def test_every_address_points_back_to_its_name(hue):
    forward = {(one.name, one.value) for one in (*records(hue, "A"), *records(hue, "AAAA"))}
    reverse = {one.name: one.value for one in records(hue, "PTR")}

    assert len(reverse) == len(records(hue, "PTR"))
    for pointer, name in reverse.items():
        assert (name, address_of(pointer)) in forward
    for machine in hue.machines:
        assert reverse[machine.interfaces[0].ipv6.reverse_pointer] == machine.fqdn


def address_of(pointer):
    labels = pointer.split(".")[:-2][::-1]
    if pointer.endswith("in-addr.arpa"):
        return ".".join(labels)
    return str(ipaddress.IPv6Address(int("".join(labels), 16)))


def test_pointers_stand_in_a_zone_that_ends_them(hue):
    for zone in hue.dns:
        assert all(
            one.name == zone.name or one.name.endswith(f".{zone.name}") for one in zone.records
        )


def test_services_are_named_by_what_they_do(hue):
    values = {(one.name, one.value) for one in records(hue, "A")}
    core1 = str(hue.machine("dc-core1").interfaces[0].ipv4)
    core2 = str(hue.machine("dc-core2").interfaces[0].ipv4)

    assert ("ns1.hue.gov.vn", core1) in values
    assert ("ns2.hue.gov.vn", core2) in values
    assert ("pki.hue.gov.vn", core1) in values
    assert ("log.hue.gov.vn", core2) in values
    assert {("time.hue.gov.vn", core1), ("time.hue.gov.vn", core2)} <= values
    assert all(zone.servers == ("ns1.hue.gov.vn", "ns2.hue.gov.vn") for zone in hue.dns)


def test_a_commune_is_named_under_the_province(hue):
    assert hue.machine("phuxuan-gw").fqdn == "gw.phuxuan.hue.gov.vn"


def test_cameras_and_rooms_have_names(hue):
    names = {one.name for one in records(hue, "A")}

    assert {"cam-street-01.phuxuan.hue.gov.vn", "room-commune-01.aluoi1.hue.gov.vn"} <= names


def test_a_published_name_leads_to_the_published_address(hue):
    (portal,) = hue.publications
    values = {(one.name, one.value) for zone in hue.dns for one in zone.records}

    for host in portal.hosts:
        assert (host, str(portal.ipv4)) in values
        assert (host, str(portal.ipv6)) in values


def test_a_host_outside_the_domain_is_refused(document, plan):
    data = document()
    data["platforms"]["portal"]["hosts"] = ["portal.example.vn"]

    with pytest.raises(InputError, match=r"platforms\.portal\.hosts: portal\.example\.vn is not"):
        plan(data)
