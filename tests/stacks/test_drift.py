"""What is changed behind its back in a whole lab: named by `drift`, put right by `up`.

The tests share one lab with a cluster and run in their order; each ends with everything in order.
"""

import base64
import json
import os
import signal
import time

import pytest

pytestmark = [pytest.mark.lab, pytest.mark.slow]

DIFFERS, FINE = 6, 0
KUBECTL = ("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "--namespace=portal")
BOARD = "giam-sat.hue.gov.vn"
WATCHED = f"""platforms:
  monitoring:
    chart: observability
    cluster: shared
    level: 2
    hosts: [{BOARD}]
    published: true
"""
QUICK = 30.0
"""Seconds for an `up` that has nothing to do, on a busy machine."""


@pytest.fixture(scope="module")
def stack(_lab_is_possible, new_stack, tmp_path_factory):
    made = new_stack(tmp_path_factory.mktemp("drift"), "cluster")
    try:
        made.run("up", "--yes")
        yield made
    finally:
        made.start("destroy", "--yes").communicate()


def drift(stack, code=DIFFERS):
    """What `drift` tells: what differs by name, with the sentences or paths, and what is gone."""
    document = json.loads(stack.run("drift", "--json", code=code)[0])
    found = {}
    for one in document["differing"]:
        inside = [item.get("sentence") or item["path"] for item in one["properties"]]
        found[one["name"]] = "gone" if one["gone"] else inside
    return found, document


def by_hand(stack, *words):
    """Do something in the cluster as its administrator."""
    return stack.lab.machine("dc-k8s1").run([*KUBECTL, *words]).stdout


def object_called(stack, kind):
    """Name of the resource of the portal's one object of that kind."""
    (name,) = [item for item in names(stack) if item.startswith(f"portal/{kind}/")]
    return name


def names(stack):
    file = stack.home / "state/.pulumi/stacks/hue-infra" / f"{stack.name}.json"
    every = json.loads(file.read_text())["checkpoint"]["latest"]["resources"]
    return [item["urn"].rpartition("::")[2] for item in every]


def state_of(stack):
    return {path: path.read_bytes() for path in (stack.home / "state").rglob("*") if path.is_file()}


def test_what_was_just_built_is_as_it_was_made(stack):
    before = state_of(stack)

    found, document = drift(stack, FINE)

    assert found == {}
    assert document["unseen"] == []
    assert document["seen"] > 20
    assert state_of(stack) == before
    began = time.monotonic()
    assert stack.document("up", "--yes")["changed"] is False
    assert time.monotonic() - began < QUICK


def test_objects_changed_and_deleted_with_kubectl_are_named_and_mended_by_up(stack):
    config, deployment = object_called(stack, "ConfigMap"), object_called(stack, "Deployment")
    name = config.rpartition("/")[2]
    by_hand(stack, "patch", "configmap", name, "-p", json.dumps({"data": {"x": "by hand"}}))
    by_hand(stack, "delete", "deployment", deployment.rpartition("/")[2])

    found, _ = drift(stack)

    assert found == {config: ["data.x"], deployment: "gone"}
    done = stack.document("up", "--yes")
    assert {(step["op"], step["name"]) for step in done["steps"]} == {
        ("update", config), ("create", deployment),
    }  # fmt: skip
    assert done["verification"]["failed"] == 0
    assert "x" not in json.loads(by_hand(stack, "get", "configmap", name, "-o", "json"))["data"]
    assert stack.document("up", "--yes")["changed"] is False


def test_up_needs_no_drift_to_see_what_kubectl_has_done(stack):
    deployment = object_called(stack, "Deployment").rpartition("/")[2]
    by_hand(stack, "scale", f"deployment/{deployment}", "--replicas=0")

    assert stack.document("preview")["changed"] is True
    assert stack.document("up", "--yes")["verification"]["failed"] == 0
    assert stack.document("preview")["changed"] is False


def test_the_inside_of_machines_is_named_by_drift_and_mended_by_the_next_up(stack):
    core, node = stack.lab.machine("dc-core1"), stack.lab.machine("dc-k8s1")
    resolved = core.read("/etc/hosts")
    core.run(["sh", "-c", "echo 192.0.2.66 portal.hue.gov.vn >>/etc/hosts"])
    core.run(["systemctl", "stop", "chrony"])
    node.run(["sh", "-c", "echo '# by hand' >>/usr/local/sbin/kubernetes-snapshot"])

    assert stack.document("preview")["changed"] is False  # it costs too much to look every time
    found, _ = drift(stack)

    assert set(found) == {"dc-core1", "dc-k8s1/kubernetes"}
    assert any("time_sync" in sentence for sentence in found["dc-core1"])
    assert found["dc-k8s1/kubernetes"] == ["kubernetes: Upkeep | Install the programs"]
    done = stack.document("up", "--yes")
    assert {(step["op"], step["name"]) for step in done["steps"]} == {
        ("update", "dc-core1"), ("update", "dc-k8s1/kubernetes"),
    }  # fmt: skip
    assert core.read("/etc/hosts") == resolved
    assert core.run(["systemctl", "is-active", "chrony"]).stdout.strip() == "active"
    assert not (stack.home / "drift.json").exists()


def test_a_refreshing_up_looks_inside_machines_by_itself(stack):
    core = stack.lab.machine("dc-core1")
    core.run(["systemctl", "stop", "chrony"])

    done = stack.document("up", "--yes", "--refresh")

    assert [step["name"] for step in done["steps"]] == ["dc-core1"]
    assert core.run(["systemctl", "is-active", "chrony"]).stdout.strip() == "active"


def test_what_does_not_answer_is_unknown_and_comes_back_with_up(stack):
    stopped = stack.lab.state("dc-k8s1")
    os.kill(stopped.pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while stack.lab.state("dc-k8s1") is not None:
        assert time.monotonic() < end
        time.sleep(0.2)

    found, document = drift(stack)

    assert found["dc-k8s1"] == ["it does not run"]
    unseen = {one["name"] for one in document["unseen"]}
    assert {"dc-k8s1/kubernetes", object_called(stack, "Deployment")} <= unseen
    assert not any(one["gone"] for one in document["differing"])
    assert stack.document("up", "--yes")["verification"]["failed"] == 0
    assert drift(stack, FINE)[0] == {}


def test_what_ends_again_and_again_is_told_with_its_last_words(stack):
    """By a real kubelet: `tests/providers/test_reasons.py` has the rest of what may hang."""
    portal = json.loads(by_hand(stack, "get", "deployment", "portal", "-o", "json"))
    template = portal["spec"]["template"]
    template["metadata"] = {"labels": {"app": "crash"}}
    template["spec"]["containers"][0]["args"] = ["--no-such-flag"]
    crash = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "crash", "namespace": "portal"},
        "spec": {"selector": {"matchLabels": {"app": "crash"}}, "template": template},
    }
    machine = stack.lab.machine("dc-k8s1")
    machine.run([*KUBECTL, "apply", "-f", "-"], input=json.dumps(crash))
    try:
        end = time.monotonic() + 120
        while "ends again and again" not in (text := hanging(stack).get("crash", "")):
            assert time.monotonic() < end, text
            time.sleep(2)
    finally:
        by_hand(stack, "delete", "deployment", "crash")

    assert "last with exit code 2" in text
    assert "mend what its last words say" in text


def hanging(stack):
    """What hangs in the cluster, and why."""
    process = stack.start("cluster", "status", "--json")
    data, _ = process.communicate(timeout=120)
    return {one["name"]: one["waits_for"] for one in json.loads(data)["workloads"]}


def test_a_platform_that_watches_the_province_comes_by_an_edit_of_the_file(stack):
    stack.edit("platforms:\n", WATCHED)

    done = stack.document("up", "--yes")

    assert done["verification"]["failed"] == 0
    verdicts = proven(stack)
    for one in ("watched:monitoring", "pages:monitoring", "alerts:monitoring"):
        assert verdicts[one] == "passed"
    assert verdicts["machine:figures:nobody_else_is_told_anything"] == "passed"
    assert stack.document("preview")["changed"] is False


def proven(stack):
    """The verdict of each check of the newest verification."""
    newest = max((stack.home / "evidence").glob("*.json"))
    return {one["id"]: one["verdict"] for one in json.loads(newest.read_text())["checks"]}


def test_its_board_opens_for_those_alone_who_have_a_password(stack):
    machine = stack.lab.machine("dc-k8s1")
    where = "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}"
    address = machine.run([*KUBECTL, "get", "nodes", "-o", where]).stdout.split()[0]
    inside = [*KUBECTL, "--namespace=monitoring", "get", "secret", "observability-passwords"]
    secret = json.loads(machine.run([*inside, "-o", "json"]).stdout)["data"]
    password = base64.b64decode(secret["operators"]).decode()

    def shown(text, path):
        """What a browser is shown that gives this password, which stands in no argument."""
        curl = ["curl", "-sSi", "--location", "--config", "-", "--cacert", "/etc/hue-pki/ca.crt"]
        there = ["--resolve", f"{BOARD}:30443:{address}", f"https://{BOARD}:30443{path}"]
        return machine.run([*curl, *there], input=f'user = "operators:{text}"\n').stdout

    assert shown("guessed", "/consoles/vi.html").startswith("HTTP/2 401")
    board = shown(password, "/")
    assert "<h1>Tình trạng hệ thống</h1>" in board
    for name in ("dc-fw1", "dc-core1", "dc-core2", "dc-k8s1"):
        assert f"<td>{name}</td>" in board
    assert "<td>portal.hue.gov.vn</td>" in board
    # Whom nobody finds is not missed by whoever looks at those who were found.
    asked = shown(password, "/api/v1/query?query=count%20by%20(job)%20(up%20%3D%3D%201)")
    for service in ("ingress-metrics", "ingress-envoy-metrics"):
        assert f'"job":"platform/ingress/{service}"' in asked
