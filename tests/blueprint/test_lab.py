from hue_infra.blueprint.lab import realised

MACHINES = [
    "dc-fw1",
    "dc-core1",
    "dc-core2",
    "dc-k8s1",
    "ioc-gw",
    "ioc-ops1",
    "phuxuan-gw",
    "phuxuan-edge",
    "aluoi1-gw",
    "aluoi1-edge",
]


def test_the_lab_of_hue(hue):
    lab = realised(hue)

    assert [machine.name for machine in lab.machines] == MACHINES
    assert [link.id for link in lab.links] == ["ioc-1", "ioc-2", "phuxuan-1", "aluoi1-1"]
    assert lab.dns == hue.dns


def test_the_lab_speaks_of_nothing_it_has_not(hue):
    lab = realised(hue)
    machines = {one.name for one in lab.machines}
    segments = {one.id for one in lab.segments}

    assert {port.segment for one in lab.machines for port in one.interfaces} == segments
    for flow in lab.flows:
        assert {one for one in flow.targets if not one.startswith("published:")} <= machines
        assert {one for one in flow.sources if not one.startswith("link:")} <= segments
    assert {one.owner for one in lab.certificates} == machines | {"portal"}


def test_the_lab_keeps_every_address(hue):
    lab = realised(hue)

    assert all(hue.machine(machine.name) == machine for machine in lab.machines)


def test_a_province_that_names_no_lab_realises_its_first_sites(document, plan):
    blueprint, _ = plan(document(**{name: {} for name in "abcde"}))

    assert [site.name for site in realised(blueprint).sites] == ["dc", "a", "b", "c"]
