"""A cluster of several machines: its own address, and what its machines say to each other."""

import pytest

from hue_infra.blueprint.configuration import role_calls
from hue_infra.blueprint.lab import realised
from hue_infra.errors import InputError

CONTROL = ("dc-k8s1", "dc-k8s2", "dc-k8s3")
WORKERS = ("dc-k8s4", "dc-k8s5")


@pytest.fixture
def several(document):
    """Three machines in control in the server zone, two workers in the DMZ."""
    data = document()
    machines = data["site_classes"]["centre"]["machines"]
    zones = {1: "server", 2: "server", 3: "server", 4: "dmz", 5: "dmz"}
    machines |= {
        f"k8s{number}": {"roles": ["kubernetes"], "zone": zone} for number, zone in zones.items()
    }
    data["clusters"]["shared"] = {
        "site": "dc",
        "control_plane": ["k8s1", "k8s2", "k8s3"],
        "workers": ["k8s4", "k8s5"],
    }
    return data


def variables(blueprint, name, role="kubernetes"):
    calls = role_calls(blueprint, blueprint.machine(name), kubernetes={})
    return next(call.variables for call in calls if call.role == role)


def flow(blueprint, name):
    return next(one for one in blueprint.flows if one.id == name)


def test_its_address_is_nobody_elses_and_stands_in_the_names(several, plan):
    blueprint, _ = plan(several)
    (cluster,) = blueprint.clusters
    taken = {port.ipv4 for machine in blueprint.machines for port in machine.interfaces}
    records = {(one.name, one.value) for zone in blueprint.dns for one in zone.records}

    assert cluster.api_addresses[0] not in taken
    home = next(one for one in blueprint.segments if one.id == "dc/server")
    assert cluster.api_addresses[0] in home.ipv4
    assert cluster.api_addresses[1] in home.ipv6
    api = {value for name, value in records if name == "shared.hue.gov.vn"}
    assert api == set(map(str, cluster.api_addresses))


def test_its_address_stays_when_machines_come_and_go(several, plan):
    before, lock = plan(several)
    several["clusters"]["shared"]["control_plane"] = ["k8s3", "k8s1", "k8s2"]
    several["site_classes"]["centre"]["machines"]["a1"] = {"roles": ["edge"], "zone": "server"}

    after, _ = plan(several, lock)

    assert after.clusters[0].api_addresses == before.clusters[0].api_addresses


def test_with_one_machine_in_control_the_address_is_the_machines(document, plan):
    blueprint, _ = plan(document())
    port = blueprint.machine("dc-k8s1").interfaces[0]

    assert blueprint.clusters[0].api_addresses == (port.ipv4, port.ipv6)
    assert variables(blueprint, "dc-k8s1")["kubernetes_virtual_addresses"] == []
    assert {one.id for one in blueprint.flows if "shared" in one.id} == {"cluster-shared"}


def test_machines_are_told_what_they_are(several, plan):
    blueprint, _ = plan(several)
    told = {name: variables(blueprint, name) for name in (*CONTROL, *WORKERS)}

    assert {one["kubernetes_head"] for one in told.values()} == {"dc-k8s1"}
    control = {name for name, one in told.items() if one["kubernetes_is_control_plane"]}
    workers = {name for name, one in told.items() if one["kubernetes_is_worker"]}
    assert (control, workers) == (set(CONTROL), set(WORKERS))
    assert len(told["dc-k8s4"]["kubernetes_control_plane_addresses"]) == len(CONTROL)


def test_platforms_certificates_are_renewed_where_machines_renew_their_own(several, plan):
    blueprint, _ = plan(several)
    servers = {
        variables(blueprint, name, role)[f"{role}_{what}"]
        for name in CONTROL
        for role, what in (("kubernetes", "renewal_server"), ("pki", "server"))
    }

    assert len(servers) == 1
    assert servers.pop().endswith(f".{blueprint.domain}")


def test_without_workers_those_in_control_run_the_workloads(several, plan):
    del several["clusters"]["shared"]["workers"]
    several["site_classes"]["centre"]["machines"]["k8s1"]["zone"] = "dmz"
    several["site_classes"]["centre"]["machines"]["k8s2"]["zone"] = "dmz"
    several["site_classes"]["centre"]["machines"]["k8s3"]["zone"] = "dmz"

    blueprint, _ = plan(several)

    assert all(variables(blueprint, name)["kubernetes_is_worker"] for name in CONTROL)


@pytest.fixture
def apart(several):
    """One of the workers is set apart for level 2, which the portal is not of."""
    several["clusters"]["shared"] |= {
        "workers": ["k8s4"],
        "pools": {"open": {"level": 2, "workers": ["k8s5"]}},
    }
    return several


def test_a_machine_that_is_set_apart_is_told_its_level_and_is_a_node_as_any_other(apart, plan):
    blueprint, _ = plan(apart)
    told = {name: variables(blueprint, name) for name in (*CONTROL, *WORKERS)}

    assert blueprint.clusters[0].nodes == (*CONTROL, *WORKERS)
    levels = {name: one["kubernetes_level"] for name, one in told.items()}
    assert levels == dict.fromkeys(told, 0) | {"dc-k8s5": 2}
    assert told["dc-k8s5"]["kubernetes_is_worker"] is True
    assert "dc-k8s5" in flow(blueprint, "kubelet-shared").targets


@pytest.mark.parametrize(("level", "node"), [(2, "dc-k8s5"), (3, "dc-k8s4")])
def test_a_platform_runs_on_the_machines_of_its_level_where_there_are_some(
    apart, plan, level, node
):
    (name,) = apart["platforms"]
    apart["platforms"][name] |= {"level": level, "published": True}

    blueprint, _ = plan(apart)

    assert blueprint.publications[0].machine == node
    assert blueprint.platforms[0].apart is (level == 2)


@pytest.mark.parametrize(("level", "gateway"), [(2, "level-2"), (3, "public")])
def test_a_platform_with_machines_of_its_own_has_a_door_of_its_own_there(
    apart, plan, level, gateway
):
    (name,) = apart["platforms"]
    apart["platforms"][name] |= {"level": level, "published": True}

    blueprint, _ = plan(apart)

    (door,) = blueprint.clusters[0].gateways
    assert blueprint.platforms[0].gateway == door.name == gateway
    assert blueprint.publications[0].target_port == door.port
    assert (door.port, door.platforms) == (30443 + (2 if level == 2 else 0), (name,))


def test_a_cluster_whose_platforms_are_not_published_has_no_door(apart, plan):
    for platform in apart["platforms"].values():
        platform["published"] = False

    blueprint, _ = plan(apart)

    assert blueprint.clusters[0].gateways == ()
    assert {one.gateway for one in blueprint.platforms} == {""}


def test_every_node_finds_the_api_while_the_name_servers_are_down(several, plan):
    blueprint, _ = plan(several)
    address = str(blueprint.clusters[0].api_addresses[0])

    for name in (*CONTROL, *WORKERS):
        hosts = variables(blueprint, name, "base")["base_hosts"]
        assert {"address": address, "names": ["shared.hue.gov.vn"]} in hosts
        assert "shared.hue.gov.vn" not in variables(blueprint, name, "base")["base_aliases"]


def test_machines_say_to_each_other_what_they_must_and_no_more(several, plan):
    blueprint, _ = plan(several)
    control, each = ({f"machine:{one}" for one in some} for some in (CONTROL, CONTROL + WORKERS))

    kubelet, pods = flow(blueprint, "kubelet-shared"), flow(blueprint, "pods-shared")
    etcd, address = flow(blueprint, "etcd-shared"), flow(blueprint, "address-shared")

    assert (set(kubelet.sources), kubelet.ports) == (control, (10250,))
    assert set(kubelet.targets) == {*CONTROL, *WORKERS}
    assert (set(pods.sources), pods.protocol, pods.ports) == (each, "udp", (4789,))
    assert (set(etcd.sources), set(etcd.targets)) == (control, set(CONTROL))
    assert (set(address.sources), address.protocol) == (control, "vrrp")
    assert each < set(flow(blueprint, "cluster-shared").sources)


def test_whoever_watches_a_cluster_asks_every_kubelet_and_every_machine_of_the_province(
    several, plan
):
    watcher = {"chart": "observability", "cluster": "shared", "level": 2}
    several["platforms"]["monitoring"] = watcher | {"hosts": ["giam-sat.hue.gov.vn"]}
    blueprint, _ = plan(several)
    each = {f"machine:{one}" for one in CONTROL + WORKERS}
    kubelet, figures = flow(blueprint, "kubelet-shared"), flow(blueprint, "figures-shared")

    assert (set(kubelet.sources), kubelet.ports) == (each, (10250,))
    assert (set(figures.sources), figures.ports) == (each, (9100,))
    assert set(figures.targets) == {one.name for one in blueprint.machines}
    for one in blueprint.machines:
        told = variables(blueprint, one.name, "figures")
        assert told["figures_address"] == str(one.interfaces[0].ipv4)


def test_nobody_asks_for_figures_where_nothing_watches(several, plan):
    blueprint, _ = plan(several)

    assert [one.id for one in blueprint.flows if "figures" in one.id] == []


def test_the_firewall_between_zones_lets_nodes_through_and_their_neighbours_not(several, plan):
    """Only the nodes' own addresses, and those to the cluster's address too."""
    blueprint, _ = plan(several)
    filters = variables(blueprint, "dc-fw1", "firewall")
    rule = next(one for one in filters["firewall_forward"] if one["id"] == "pods-shared")
    sets = {one["name"]: one["prefixes"] for one in filters["firewall_sets"]}
    dmz = next(one for one in blueprint.segments if one.id == "dc/dmz")

    assert str(dmz.ipv4) not in sets[rule["sources"]]
    hosts = sum(2 ** (32 - int(one.split("/")[1])) for one in sets[rule["sources"]] if "." in one)
    assert hosts == len(CONTROL) + len(WORKERS) + 1


def test_machines_in_control_in_several_zones_are_refused(several, plan):
    several["site_classes"]["centre"]["machines"]["k8s2"]["zone"] = "dmz"

    with pytest.raises(InputError, match="stand in several zones: dmz, server"):
        plan(several)


def test_the_lab_realises_such_a_cluster_whole(several, plan):
    blueprint, _ = plan(several)

    part = realised(blueprint)

    assert part.clusters == blueprint.clusters
    assert flow(part, "pods-shared") == flow(blueprint, "pods-shared")
