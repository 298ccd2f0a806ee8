"""A certificate that the cluster renews by itself: no drift, and not put back."""

import base64
import json

import pytest
from issuing import NAMES, Authority
from manifests import drift, ops

from hue_infra.providers.kubernetes import renewal

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("english")]


@pytest.fixture(scope="module")
def authority():
    return Authority()


def secret(where, pair, **labels):
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "tls",
            "namespace": where,
            "labels": {renewal.LABEL: renewal.VALUE, **labels},
        },
        "type": "kubernetes.io/tls",
        "stringData": dict(zip((renewal.CERTIFICATE, renewal.KEY), pair, strict=True)),
    }


@pytest.fixture
def applied(stack, authority):
    """A stack whose secret holds a certificate that is 65 days old."""
    stack.manifests.append(secret(stack.namespace, authority.issued(65)))
    assert stack.up().ok
    return stack


@pytest.fixture
def write(stack, kubectl):
    """Write a certificate and its key as the machines in control do, or under another name."""

    def perform(pair, manager=renewal.WRITER):
        live = json.loads(kubectl("get", "secret", "tls", "-n", stack.namespace, "-o", "json"))
        names = (renewal.CERTIFICATE, renewal.KEY)
        coded = (base64.b64encode(one.encode()).decode() for one in pair)
        live["data"] |= dict(zip(names, coded, strict=True))
        words = (f"--field-manager={manager}", "--filename=-")
        kubectl("replace", *words, given=json.dumps(live))

    return perform


def held(stack, api):
    data = api.get("v1", "Secret", stack.namespace, "tls")["data"]
    return tuple(base64.b64decode(data[key]).decode() for key in ("tls.crt", "tls.key"))


def test_what_the_cluster_renewed_is_no_drift_and_stays(applied, authority, write, api):
    new = authority.issued(0, days=30)
    write(new)

    assert drift(applied) == {}
    assert not applied.foreseen().has_changes()
    assert applied.looking().ok
    assert held(applied, api) == new
    assert drift(applied) == {}
    # What was looked at is written down; the next one finds the next one.
    assert applied.engine.refresh(applied.options).ok
    assert not applied.foreseen().has_changes()
    newest = authority.issued(-0.001, days=30)
    write(newest)
    assert drift(applied) == {}
    assert held(applied, api) == newest


def test_another_change_of_the_secret_leaves_the_later_one_there(applied, authority, write, api):
    first = applied.manifests[-1]["stringData"]
    new = authority.issued(0)
    write(new)
    for value in ("first", "second"):
        pair = (first["tls.crt"], first["tls.key"])
        applied.manifests[-1] = secret(applied.namespace, pair, word=value)

        assert applied.looking().ok
        live = api.get("v1", "Secret", applied.namespace, "tls")
        assert live["metadata"]["labels"]["word"] == value
        assert held(applied, api) == new
        assert drift(applied) == {}
    newest = authority.issued(-0.001)
    write(newest)

    assert drift(applied) == {}
    assert held(applied, api) == newest


def test_one_that_is_issued_later_comes_over_it(applied, authority, write, api):
    write(authority.issued(1))
    fresh = authority.issued(0)
    applied.manifests[-1] = secret(applied.namespace, fresh)

    assert ops(applied.foreseen(), "Secret") == ["update"]
    assert applied.looking().ok
    assert held(applied, api) == fresh
    assert drift(applied) == {}


@pytest.mark.parametrize("what", ["older", "fewer-names", "stranger", "other-key", "hand"])
def test_all_else_is_drift_and_put_right(applied, authority, write, api, what):
    before = held(applied, api)
    new, other = authority.issued(0), authority.issued(0)
    pair, manager = {
        "older": (authority.issued(66), renewal.WRITER),
        "fewer-names": (authority.issued(0, names=NAMES[:1]), renewal.WRITER),
        "stranger": (Authority().issued(0), renewal.WRITER),
        # The certificate of one and the key of another: no pod could serve it.
        "other-key": ((new[0], other[1]), renewal.WRITER),
        "hand": (new, "kubectl-replace"),
    }[what]
    write(pair, manager)

    paths = set(drift(applied)["Secret"])
    assert 'stringData["tls.crt"]' in paths
    assert applied.looking().ok
    assert held(applied, api) == before
    assert drift(applied) == {}


def test_without_the_label_nothing_is_renewed_by_itself(stack, authority, write):
    unlabelled = secret(stack.namespace, authority.issued(65))
    del unlabelled["metadata"]["labels"]
    stack.manifests.append(unlabelled)
    stack.up()
    write(authority.issued(0))

    assert set(drift(stack)) == {"Secret"}
