"""Kubernetes objects through the engine and its provider, against a real API server."""

import base64

import pytest
from manifests import config_map, deployment, namespace, ops, secret

from hue_infra.engine.events import Status

pytestmark = pytest.mark.slow
CANARY = "canary-6c1f4e"


def test_object_is_made_kept_changed_and_removed(stack, api):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))

    assert ops(stack.preview(), "ConfigMap") == ["create"]
    assert api.get("v1", "Namespace", "", stack.namespace) is None
    assert stack.up().ok
    assert api.get("v1", "ConfigMap", stack.namespace, "words")["data"] == {"a": "1"}
    assert not stack.up().has_changes()

    stack.manifests[-1] = config_map(stack.namespace, {"a": "2"})
    foreseen = stack.preview()
    assert ops(foreseen, "ConfigMap") == ["update"]
    assert stack.up().ok
    assert api.get("v1", "ConfigMap", stack.namespace, "words")["data"] == {"a": "2"}

    stack.manifests.pop()
    assert ops(stack.up(), "ConfigMap") == ["delete"]
    assert api.get("v1", "ConfigMap", stack.namespace, "words") is None


def test_other_name_is_another_object(stack, api):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    stack.manifests[-1] = config_map(stack.namespace, {"a": "1"}, name="other")

    assert stack.up().ok
    assert api.get("v1", "ConfigMap", stack.namespace, "words") is None
    assert api.get("v1", "ConfigMap", stack.namespace, "other")


def test_object_without_a_name_gets_one_and_keeps_it(stack):
    manifest = config_map(stack.namespace, {"a": "1"})
    del manifest["metadata"]["name"]
    stack.manifests.append(manifest)
    stack.up()

    manifest["data"]["a"] = "2"

    assert ops(stack.up(), "ConfigMap") == ["update"]


def test_secret_is_nowhere_in_clear(stack, api, tmp_path):
    stack.manifests.append(secret(stack.namespace, CANARY))

    assert stack.up().ok
    assert api.get("v1", "Secret", stack.namespace, "key")
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in everything
    assert base64.b64encode(CANARY.encode())[:12] not in everything
    assert CANARY not in repr(stack.events)


def test_drift_is_seen_by_refresh_and_mended(stack, api):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    changed = config_map(stack.namespace, {"a": "by hand"})
    api.apply(changed, force=True)

    stack.engine.refresh(stack.options)
    assert ops(stack.preview(), "ConfigMap") == ["update"]
    stack.up()

    assert api.get("v1", "ConfigMap", stack.namespace, "words")["data"] == {"a": "1"}


def test_object_deleted_by_hand_is_made_again_after_refresh(stack, api):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    api.delete("v1", "ConfigMap", stack.namespace, "words")

    stack.engine.refresh(stack.options)

    assert ops(stack.up(), "ConfigMap") == ["create"]


def test_a_destroy_ends_once_all_is_gone(stack, api):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()

    assert stack.engine.destroy(stack.options).ok

    assert api.get("v1", "Namespace", "", stack.namespace) is None


def test_refused_pods_are_explained(stack):
    stack.timeout = "4s"
    stack.manifests[0] = namespace(stack.namespace, "restricted")
    stack.manifests.append(deployment(stack.namespace))

    outcome = stack.up()

    said = " ".join(diagnostic.message for diagnostic in outcome.diagnostics)
    waited = " ".join(event.text for event in stack.events if isinstance(event, Status))
    assert not outcome.ok
    assert "refused by Pod Security “restricted" in said
    assert "refused by Pod Security “restricted" in waited


def test_refusal_of_the_server_is_retold(stack):
    stack.manifests.append(config_map(stack.namespace, {"a": ["no", "text"]}))

    outcome = stack.up()

    assert not outcome.ok
    assert "The API server refused" in outcome.diagnostics[-1].message


def test_dead_cluster_deletes_nothing_from_the_state(stack, tmp_path):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    alive = stack.kubeconfig
    port = alive.split("server: https://127.0.0.1:")[1].split("\n")[0]
    stack.kubeconfig = alive.replace(f"127.0.0.1:{port}", "127.0.0.1:1")
    stack.up()

    outcome = stack.engine.refresh(stack.options)

    stack.kubeconfig = alive
    assert not outcome.ok
    assert any(state.type.endswith("ConfigMap") for state in stack.engine.resources())
    assert not ops(stack.up(), "ConfigMap").count("create")
