"""What is asked of a cluster whose machines in control are several, and one of them lost."""

import json
from types import SimpleNamespace

import pytest

from hue_infra.errors import RemoteError
from hue_infra.stacks import care
from hue_infra.stacks.care import Care

PLAN = SimpleNamespace(name="main", api_names=("k8s.test",), shares_address=True)


@pytest.fixture
def lost(monkeypatch):
    """Names of the machines that do not answer; the others' certificates end in their order."""
    names = set()

    def perform(machine, argv, given=""):
        name = machine["machine"]
        if name in names:
            raise RemoteError(f"{name} does not answer")
        day = 9 - int(name[-1])
        told = {
            "certificates": [{"name": "apiserver", "expirationDate": f"2027-01-0{day}T00:00:00Z"}]
        }
        if argv[0] == care.SNAPSHOTS:
            told = []
        return SimpleNamespace(stdout=json.dumps(told) if argv[0] != "cat" else "{")

    def unreachable(kubeconfig, *_):
        raise RemoteError("no API server")

    monkeypatch.setattr(care.reach, "perform", perform)
    monkeypatch.setattr(care, "rewritten", unreachable)
    return names


def cluster(*names):
    return Care(PLAN, tuple({"machine": name} for name in names), "https://127.0.0.1:6443")


def test_the_certificate_that_ends_first_is_told_with_its_machine(lost):
    told = cluster("k8s1", "k8s2", "k8s3").status()

    assert [one.name for one in told.certificates] == [
        "k8s3: apiserver",
        "k8s2: apiserver",
        "k8s1: apiserver",
    ]


def test_one_machine_needs_no_name(lost):
    assert [one.name for one in cluster("k8s1").status().certificates] == ["apiserver"]


def test_a_lost_machine_is_passed_over(lost):
    lost.add("k8s1")
    asked = cluster("k8s1", "k8s2")

    assert asked.machine == {"machine": "k8s2"}
    assert [one.name for one in asked.status().certificates] == ["k8s2: apiserver"]


@pytest.mark.parametrize("names", [("k8s1",), ("k8s1", "k8s2")])
def test_when_none_answers_that_is_told(lost, names):
    lost.update(names)

    with pytest.raises(RemoteError, match="does not answer"):
        cluster(*names).status()


@pytest.fixture
def well(monkeypatch):
    """A cluster that is well, as its API server tells it; no time passes."""
    told = care.ClusterStatus("main", "https://127.0.0.1:6443", "", (), (), (), ())
    monkeypatch.setattr(Care, "status", lambda _: told)
    monkeypatch.setattr(care.time, "sleep", lambda _: None)


def opening(*answers):
    """A cluster whose pages that do not open are these, one answer after the other."""
    left = list(answers)
    return Care(PLAN, (), "https://127.0.0.1:6443", lambda: left.pop(0) if left[1:] else left[0])


def test_it_is_not_well_again_before_its_pages_open(well):
    status = opening(("portal.test",), ("portal.test",), ()).awaited()

    assert status.is_well
    assert status.closed == ()


def test_a_page_that_stays_closed_is_told(well, monkeypatch):
    monkeypatch.setattr(care, "PATIENCE", -1)
    status = opening(("portal.test",)).awaited()

    assert not status.is_well
    assert status.closed == ("portal.test",)
