"""What gateways and routes are waited for, from what their controller says of them."""

import pytest

from hue_infra import words
from hue_infra.providers.kubernetes.readiness import waits_for

API = None
"""Most say all that is asked of them themselves."""
VERSION = "gateway.networking.k8s.io/v1"


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])


def said(kind, status, message=""):
    return {"type": kind, "status": status, "message": message}


def gateway(*conditions, version=VERSION):
    return {
        "apiVersion": version,
        "kind": "Gateway",
        "metadata": {"name": "public", "namespace": "ingress"},
        "status": {"conditions": list(conditions)},
    }


class Serving:
    """An API with the DaemonSet of a gateway, of whose pods so many are ready."""

    def __init__(self, *ready):
        self.ready = ready

    def find(self, version, kind, space, **selected):
        if kind != "DaemonSet":
            return []
        assert selected == {"labelSelector": "gateway.envoyproxy.io/owning-gateway-name=public"}
        counts = ("numberReady", "updatedNumberScheduled")
        return [
            {
                "kind": kind,
                "metadata": {"name": "envoy", "namespace": space, "generation": 1},
                "spec": {"selector": {"matchLabels": {"a": "b"}}},
                "status": {"observedGeneration": 1, "desiredNumberScheduled": 2}
                | dict.fromkeys(counts, one),
            }
            for one in self.ready
        ]


def route(*parents, named=1):
    return {
        "apiVersion": VERSION,
        "kind": "HTTPRoute",
        "spec": {"parentRefs": [{"name": "public"}] * named},
        "status": {"parents": [{"conditions": list(one)} for one in parents]},
    }


GOOD = (said("Accepted", "True"), said("ResolvedRefs", "True"))


def test_a_gateway_is_waited_for_until_it_is_programmed():
    assert waits_for(API, gateway()) != ""
    closed = gateway(said("Accepted", "True"), said("Programmed", "False", "no address yet"))
    assert "no address yet" in waits_for(API, closed)
    refused = gateway(said("Accepted", "False", "no such class"), said("Programmed", "False"))
    assert "no such class" in waits_for(API, refused)
    assert waits_for(API, gateway(said("Programmed", "True"))) == ""


def test_a_gateway_that_is_told_no_address_is_judged_by_what_serves_it():
    unassigned = said("Programmed", "False") | {"reason": "AddressNotAssigned"}
    obj = gateway(said("Accepted", "True"), unassigned)

    assert waits_for(Serving(), obj) != ""
    assert "1" in waits_for(Serving(1), obj)
    assert waits_for(Serving(2), obj) == ""


def test_another_groups_gateway_is_nobody_to_wait_for():
    assert waits_for(API, gateway(version="networking.istio.io/v1")) == ""


def test_a_route_is_waited_for_until_every_parent_has_taken_it_and_found_what_is_behind():
    assert waits_for(API, route()) != ""
    assert waits_for(API, route(GOOD, named=2)) != ""
    lost = (said("Accepted", "True"), said("ResolvedRefs", "False", "Service not found"))
    assert "Service not found" in waits_for(API, route(GOOD, lost, named=2))
    assert waits_for(API, route(GOOD)) == ""
