"""Objects that somebody changes with kubectl: seen as such, named, and changed back."""

import base64
import json
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from manifests import config_map, deployment, drift, ops, secret

from hue_infra.engine.provider import ReadRequest
from hue_infra.providers.kubernetes import KubernetesProvider
from hue_infra.providers.kubernetes.api import Api, ApiError, access
from hue_infra.stacks.drift import found

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("english")]
CANARY = "canary-0d94ab"
OTHER = "other-51f7c2"


def scaled(where):
    """A workload that no node runs, so that nothing waits for it."""
    made = deployment(where)
    made["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    return made


def test_what_stands_as_it_was_made_does_not_differ(stack):
    stack.manifests += [config_map(stack.namespace, {"a": "1"}), scaled(stack.namespace)]
    stack.up()

    assert drift(stack) == {}
    assert not stack.foreseen().has_changes()


def test_an_edit_is_named_with_both_values_and_changed_back(stack, api, kubectl):
    stack.manifests.append(config_map(stack.namespace, {"index.html": "1", "b": "2"}))
    stack.up()
    patch = json.dumps({"data": {"index.html": "by hand", "new": "word"}})
    kubectl("patch", "configmap", "words", "-n", stack.namespace, "-p", patch)

    assert drift(stack) == {
        "ConfigMap": {'data["index.html"]': ("1", "by hand"), "data.new": (None, "word")}
    }
    foreseen = stack.foreseen()
    assert ops(foreseen, "ConfigMap") == ["update"]
    step = next(step for step in foreseen.steps if step.type.endswith(":ConfigMap"))
    assert {change.path: change.before for change in step.changes} == {
        'data["index.html"]': "by hand", "data.new": "word",
    }  # fmt: skip

    assert stack.looking().ok
    live = api.get("v1", "ConfigMap", stack.namespace, "words")
    assert live["data"] == {"index.html": "1", "b": "2"}
    assert drift(stack) == {}
    assert not stack.foreseen().has_changes()


def test_a_container_that_somebody_added_is_taken_away(stack, api, kubectl):
    stack.manifests.append(scaled(stack.namespace))
    stack.up()
    more = {"name": "miner", "image": "none.invalid/miner:1"}
    patch = json.dumps({"spec": {"template": {"spec": {"containers": [more]}}}})
    kubectl("patch", "deployment", "web", "-n", stack.namespace, "-p", patch)

    assert "miner" in json.dumps(drift(stack)["Deployment"])
    assert stack.looking().ok

    live = api.get("apps/v1", "Deployment", stack.namespace, "web")
    assert [one["name"] for one in live["spec"]["template"]["spec"]["containers"]] == ["web"]
    assert drift(stack) == {}


def test_an_edited_image_is_told_where_it_stands(stack, kubectl):
    stack.manifests.append(scaled(stack.namespace))
    stack.up()
    kubectl("set", "image", "deployment/web", "-n", stack.namespace, "web=none.invalid/web:2")

    (path, values), *rest = drift(stack)["Deployment"].items()

    assert rest == []
    assert path == "spec.template.spec.containers[0].image"
    assert values == ("none.invalid/web:1", "none.invalid/web:2")


def test_a_number_that_somebody_scaled_is_scaled_back(stack, api, kubectl):
    stack.manifests.append(scaled(stack.namespace))
    stack.up()
    kubectl("scale", "deployment/web", "-n", stack.namespace, "--replicas=3")

    assert drift(stack) == {"Deployment": {"spec.replicas": (1, 3)}}
    assert stack.looking().ok

    assert api.get("apps/v1", "Deployment", stack.namespace, "web")["spec"]["replicas"] == 1


def test_a_label_that_somebody_put_on_is_named_and_taken_off(stack, api, kubectl):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    kubectl("label", "configmap", "words", "-n", stack.namespace, "owner=somebody")

    assert drift(stack) == {"ConfigMap": {"metadata.labels": (None, {"owner": "somebody"})}}
    assert stack.looking().ok

    live = api.get("v1", "ConfigMap", stack.namespace, "words")
    assert not live["metadata"].get("labels")


def test_a_restart_is_no_drift(stack, kubectl):
    stack.manifests.append(scaled(stack.namespace))
    stack.up()
    kubectl("rollout", "restart", "deployment/web", "-n", stack.namespace)

    assert drift(stack) == {}
    assert not stack.foreseen().has_changes()


def test_a_controllers_field_is_left_to_it(stack, api):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    with writing_as(stack.kubeconfig, "operator-of-something") as other:
        other.apply(config_map(stack.namespace, {"extra": "of the operator"}))

    assert drift(stack) == {}
    stack.manifests[-1] = config_map(stack.namespace, {"a": "2"})
    assert stack.looking().ok
    live = api.get("v1", "ConfigMap", stack.namespace, "words")
    assert live["data"] == {"a": "2", "extra": "of the operator"}


def test_a_conflict_with_a_controller_is_refused(stack):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    with writing_as(stack.kubeconfig, "operator-of-something") as other:
        other.apply(config_map(stack.namespace, {"a": "of the operator"}), force=True)

    outcome = stack.looking()

    assert not outcome.ok
    assert "operator-of-something" in outcome.diagnostics[-1].message


@contextmanager
def writing_as(kubeconfig, manager):
    """An API that writes under another name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hue_infra.providers.kubernetes.api.MANAGER", manager)
        api = Api(access(kubeconfig))
        try:
            yield api
        finally:
            api.close()


def test_an_edited_secret_is_named_and_never_shown(stack, api, kubectl):
    stack.manifests.append(secret(stack.namespace, CANARY))
    stack.up()
    data = {"key": OTHER, "more": OTHER}
    kubectl("patch", "secret", "key", "-n", stack.namespace, "-p", json.dumps({"stringData": data}))

    differing = drift(stack)["Secret"]

    assert {path.split(".")[0] for path in differing} == {"data", "stringData"}
    assert OTHER not in repr(differing) + repr(stack.events)
    assert CANARY not in repr(differing) + repr(stack.events)
    assert stack.looking().ok
    live = api.get("v1", "Secret", stack.namespace, "key")["data"]
    assert {key: base64.b64decode(text).decode() for key, text in live.items()} == {"key": CANARY}
    files = b"".join(path.read_bytes() for path in stack.folder.rglob("*.json"))
    assert OTHER.encode() not in files


def test_what_is_gone_is_named_and_made_again(stack, api, kubectl):
    stack.manifests += [config_map(stack.namespace, {"a": "1"}), scaled(stack.namespace)]
    stack.up()
    kubectl("delete", "configmap", "words", "-n", stack.namespace)

    assert drift(stack) == {"ConfigMap": None}
    assert stack.looking().ok

    assert api.get("v1", "ConfigMap", stack.namespace, "words")["data"] == {"a": "1"}
    assert not stack.foreseen().has_changes()


def test_a_namespace_that_is_being_deleted_is_awaited_and_made_again(stack, api, kubectl):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    held = [{"op": "add", "path": "/metadata/finalizers", "value": ["test/held"]}]
    kubectl("patch", "configmap", "words", "-n", stack.namespace, "--type=json",
            "-p", json.dumps(held))  # fmt: skip
    kubectl("delete", "namespace", stack.namespace, "--wait=false")

    assert "metadata.deletionTimestamp" in drift(stack)["Namespace"]
    letting_go = threading.Timer(
        3,
        kubectl,
        ["patch", "configmap", "words", "-n", stack.namespace, "--type=json",
         "-p", json.dumps([{"op": "remove", "path": "/metadata/finalizers"}])],
    )  # fmt: skip
    letting_go.start()
    try:
        assert stack.looking().ok
    finally:
        letting_go.join()

    assert api.get("v1", "ConfigMap", stack.namespace, "words")["data"] == {"a": "1"}


def test_silence_of_a_cluster_is_unknown_and_no_drift(stack):
    stack.manifests.append(config_map(stack.namespace, {"a": "1"}))
    stack.up()
    alive = stack.kubeconfig
    port = alive.split("server: https://127.0.0.1:")[1].split("\n")[0]
    stack.kubeconfig = alive.replace(f"127.0.0.1:{port}", "127.0.0.1:1")
    stack.up()

    seen = found(
        stack.engine.preview(None, replace(stack.options, continue_on_error=True), "refresh")
    )
    again = stack.looking()

    assert seen.differing == ()
    assert {one.name for one in seen.unseen} == {f"Namespace-{stack.namespace}", "ConfigMap-words"}
    assert again.ok
    assert not again.has_changes()
    assert "could not be looked at" in again.diagnostics[0].message
    stack.kubeconfig = alive
    stack.up()
    assert drift(stack) == {}


def test_an_answer_that_is_not_of_an_api_server_is_no_sign_of_absence(answering):
    """Whatever stands before a server may answer 404 to all that it is asked."""
    api = Api(access(answering))

    with pytest.raises(ApiError):
        api.get("v1", "ConfigMap", "default", "words")
    with pytest.raises(ApiError):
        api.get("example.org/v1", "Gadget", "default", "one")


# Said to be the connection's last word, or the client asks again on what is being closed.
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 4\r\n\r\nnope"


@pytest.fixture
def answering():
    """The kubeconfig of a server that answers 404 whatever it is asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(NOT_FOUND)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield (
        "{apiVersion: v1, kind: Config, current-context: t,"
        " contexts: [{name: t, context: {cluster: t, user: t}}],"
        " users: [{name: t, user: {token: x}}],"
        f' clusters: [{{name: t, cluster: {{server: "http://127.0.0.1:{port}"}}}}]}}'
    )
    listener.close()


def test_a_look_waits_for_a_server_that_is_about_to_answer(kubeconfig):
    """As after a start of its machine: the port is closed at first, and then it answers."""
    port = int(kubeconfig.split("server: https://127.0.0.1:")[1].split("\n")[0])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    opened = []
    opening = threading.Timer(1.5, lambda: opened.append(Door(free, port)))
    provider = KubernetesProvider(patience=30)
    provider.configure({"kubeconfig": kubeconfig.replace(f":{port}\n", f":{free}\n")})
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}
    said = []
    opening.start()
    try:
        found = provider.read(ReadRequest("urn", "default", inputs, {}, said.append))
    finally:
        opening.join()
        provider.close()
        opened[0].close()

    assert found.id == "default"
    assert said[0] == "waiting for the API server to answer"


class Door:
    """Carries what comes to one port of the loopback to another."""

    def __init__(self, listen, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", listen))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                for a, b in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    def carry(self, a, b):
        with suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)

    def close(self):
        self.listener.close()
