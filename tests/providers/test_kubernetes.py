"""Kubernetes objects through the engine and its provider, against a real API server."""

import base64
import contextlib
import uuid

import pulumi
import pulumi_kubernetes
import pytest

from hue_infra import words
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.events import Status
from hue_infra.providers.kubernetes import KubernetesProvider
from hue_infra.providers.kubernetes.api import Api, access
from hue_infra.stacks.components.manifest import Manifest

pytestmark = pytest.mark.slow
CANARY = "canary-6c1f4e"


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])


@pytest.fixture
def api(kubeconfig):
    with contextlib.closing(Api(access(kubeconfig))) as api:
        yield api


class Stack:
    """A stack of its own with its own namespace."""

    def __init__(self, folder, kubeconfig):
        self.folder = folder
        self.kubeconfig = kubeconfig
        self.namespace = f"t-{uuid.uuid4().hex[:8]}"
        self.manifests = [namespace(self.namespace)]
        self.timeout = None
        self.events = []
        self.engine = EmbeddedEngine(StackRef("test", "kube", folder), lambda: "open")
        self.options = Options(
            providers={"kubernetes": KubernetesProvider}, on_event=self.events.append
        )

    def program(self):
        provider = pulumi_kubernetes.Provider("cluster", kubeconfig=self.kubeconfig)
        first = None
        for manifest in self.manifests:
            name = f"{manifest['kind']}-{manifest['metadata'].get('name', 'own')}"
            opts = pulumi.ResourceOptions(
                provider=provider,
                depends_on=[first] if first else [],
                custom_timeouts=self.timeout and pulumi.CustomTimeouts(create=self.timeout),
            )
            made = Manifest(name, manifest, opts)
            first = first or made

    def up(self):
        return self.engine.up(self.program, self.options)

    def preview(self):
        return self.engine.preview(self.program, self.options)


@pytest.fixture
def stack(tmp_path, kubeconfig):
    one = Stack(tmp_path, kubeconfig)
    yield one
    one.engine.destroy(one.options)


def namespace(name, level="privileged"):
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def config_map(where, data, name="words"):
    metadata = {"name": name, "namespace": where}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(where, **container):
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": "none.invalid/web:1", **container}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": where},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def ops(outcome, kind):
    return [step.op for step in outcome.steps if step.type.endswith(f":{kind}")]


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
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "key", "namespace": stack.namespace},
        "stringData": {"key": CANARY},
    }
    stack.manifests.append(secret)

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


def test_refused_pods_are_explained(stack):
    stack.timeout = "4s"
    stack.manifests[0] = namespace(stack.namespace, "restricted")
    stack.manifests.append(deployment(stack.namespace))

    outcome = stack.up()

    said = " ".join(diagnostic.message for diagnostic in outcome.diagnostics)
    waited = " ".join(event.text for event in stack.events if isinstance(event, Status))
    assert not outcome.ok
    assert "violates PodSecurity" in said
    assert "violates PodSecurity" in waited


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
