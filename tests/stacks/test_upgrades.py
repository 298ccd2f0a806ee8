"""Which machines of a cluster come to their turn, in which order, and what they are given."""

import json
from types import SimpleNamespace

import pytest

from hue_infra import words
from hue_infra.cli.options import province_file
from hue_infra.errors import InputError, RemoteError
from hue_infra.stacks import upgrades
from hue_infra.stacks.operations import Deployment, Settings
from hue_infra.tools import ansible
from hue_infra.tools.pins import pins

OLD, NEW = "v1.33.9", pins().cluster.kubernetes


@pytest.fixture
def deployment(tmp_path, monkeypatch):
    """The province with a cluster of three machines in control and two for workloads."""
    monkeypatch.setattr(words, "_chosen", ["en"])
    monkeypatch.setenv("HUE_INFRA_HOME", str(tmp_path))
    return Deployment.open(Settings(province_file("hochiminh"), target="ssh", scope="province"))


@pytest.fixture
def plan(deployment):
    (plan,) = deployment.built.clusters
    return plan


@pytest.fixture
def running(monkeypatch):
    """Plays the machines: the version that each runs, None for one that does not answer."""
    versions = {}

    def perform(way, argv, given=""):
        version = versions[way["machine"]]
        if version is None:
            raise RemoteError("no answer")
        return SimpleNamespace(stdout=f"{version}\n" if version else "")

    monkeypatch.setattr(upgrades.reach, "perform", perform)
    return versions


def recorded(plan, version):
    """A state that says which version each machine was given."""
    roles = {"kubernetes": json.dumps({"kubernetes_version": version})}
    inputs = [{"name": f"{name}/kubernetes", "roles": roles} for name in plan.nodes]
    states = [SimpleNamespace(inputs=one) for one in [*inputs, {"name": "other"}]]
    return SimpleNamespace(resources=lambda: states)


def test_those_in_control_come_first_and_the_ready_not_at_all(deployment, plan, running):
    running.update(
        dict.fromkeys(plan.nodes, OLD) | {plan.control_plane[1]: NEW, plan.workers[0]: ""}
    )

    turns = deployment.upgrade(plan).turns()

    first, _, third = plan.control_plane
    assert [turn.machine for turn in turns] == [first, third, *plan.workers[1:]]
    assert {turn.runs for turn in turns} == {OLD}


@pytest.mark.parametrize("number", [0, -1])
def test_a_machine_is_given_its_own_variables_and_leave_to_change(
    deployment, plan, monkeypatch, number
):
    name = plan.nodes[number]
    given = []

    def converge(hosts, home, on_event):
        given.extend(hosts)
        on_event(ansible.TaskEvent(name, "kubernetes", "Upgrade | One", "changed", 1.0, ""))
        on_event(ansible.TaskEvent(name, "kubernetes", "Upgrade | Two", "ok", 1.0, ""))
        return {name: ansible.HostResult()}

    monkeypatch.setattr(upgrades.ansible, "converge", converge)
    told = []
    artefacts = {"kubernetes_version": NEW}

    deployment.upgrade(plan).perform(upgrades.Turn(name, OLD), artefacts, told.append)

    (call,) = given[0].role_calls
    assert given[0].name == name
    assert call.variables["kubernetes_upgrade"] is True
    assert call.variables["kubernetes_version"] == NEW
    assert call.variables["kubernetes_head"] == plan.control_plane[0]
    assert [host.name for host in given[1:]] == ([plan.control_plane[0]] if number else [])
    assert told == ["Upgrade | One"]


def test_a_machine_that_stays_behind_is_told_with_the_reason(deployment, plan, monkeypatch):
    name = plan.nodes[0]
    failed = ansible.HostResult(ok=False, message="kubernetes: Upgrade | Say why: too little room")
    monkeypatch.setattr(upgrades.ansible, "converge", lambda *_, **__: {name: failed})

    with pytest.raises(RemoteError, match="too little room") as caught:
        deployment.upgrade(plan).perform(upgrades.Turn(name, OLD), {})

    assert "goes on" in caught.value.hint


@pytest.fixture
def standing(monkeypatch, plan, running):
    """A stack that recorded one version, on machines that run another or do not answer."""

    def play(record, runs):
        store = recorded(plan, record)
        monkeypatch.setattr(Deployment, "_store", property(lambda _: store))
        running.update(dict.fromkeys(plan.nodes, runs))

    return play


def test_up_leaves_a_cluster_of_another_version_to_the_upgrade(deployment, plan, standing):
    standing(OLD, OLD)

    with pytest.raises(InputError, match=f"runs Kubernetes {OLD}") as caught:
        deployment.require_versions()
    assert f"cluster upgrade --cluster {plan.name}" in caught.value.hint


@pytest.mark.parametrize(("record", "runs"), [(OLD, NEW), (NEW, OLD), (OLD, None)])
def test_neither_the_record_alone_nor_silence_holds_up_up(deployment, standing, record, runs):
    """Who does not answer may just have to be started."""
    standing(record, runs)

    deployment.require_versions()


def test_a_stack_that_was_never_built_runs_nothing(deployment, plan):
    assert not upgrades.is_other(SimpleNamespace(resources=list), plan)
    deployment.require_versions()
