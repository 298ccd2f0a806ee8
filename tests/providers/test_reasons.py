"""Why a rollout hangs: the sentences, from what a real cluster says.

The API server, its controllers and the scheduler are real.  What only a kubelet tells stands here
as kubelets have told it, and is written into the status of a real pod.
"""

import contextlib
import json
import time
import uuid

import pytest
from manifests import deployment, namespace

from hue_infra import words
from hue_infra.providers.kubernetes import objects
from hue_infra.providers.kubernetes.readiness import StuckError, waits_for

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("english")]
PATIENCE = 60
TAINT = {"key": "test", "value": "only", "effect": "NoSchedule"}
"""On the nodes of these tests, so that nobody else's pods come to them."""
TOLERATED = {"key": "test", "operator": "Exists"}


@pytest.fixture
def space(api):
    """A namespace of its own."""
    name = f"h-{uuid.uuid4().hex[:8]}"
    api.apply(namespace(name))
    yield name
    api.delete("v1", "Namespace", "", name)


def judged(api, obj):
    """What *obj* waits for, as it lives now."""
    live = api.get(*objects.identity(obj))
    try:
        return waits_for(api, live)
    except StuckError as stuck:
        return f"STUCK {stuck}"


def why(api, obj, sign):
    """What *obj* waits for, once that says *sign*; it can be said in both languages."""
    end = time.monotonic() + PATIENCE
    while sign not in (text := judged(api, obj)):
        assert time.monotonic() < end, text
        time.sleep(0.3)
    words.use("vi")
    try:
        vietnamese = judged(api, obj)
    finally:
        words.use("en")
    assert vietnamese not in ("", text)
    assert " – " in vietnamese
    assert " – " in text
    return text


def made(api, where, **more):
    """A Deployment whose pod template has *more*."""
    obj = deployment(where)
    obj["spec"]["template"]["spec"] |= {"automountServiceAccountToken": False, **more}
    api.apply(obj)
    return obj


# Refused


def test_a_quota_tells_what_it_allows_what_is_taken_and_what_is_asked(api, space):
    api.apply(of("v1", "ResourceQuota", space, spec={"hard": {"requests.cpu": "100m"}}))
    containers = [
        {"name": "web", "image": "x.invalid/y:1", "resources": {"requests": {"cpu": "1"}}}
    ]

    text = why(api, made(api, space, containers=containers), "quota")

    assert "allows requests.cpu=100m, requests.cpu=0 is taken" in text
    assert "asks for requests.cpu=1 more" in text


def test_a_quota_tells_what_every_pod_must_say(api, space):
    api.apply(of("v1", "ResourceQuota", space, spec={"hard": {"limits.memory": "1Gi"}}))

    assert "wants every pod to say limits.memory" in why(api, made(api, space), "wants every pod")


def test_a_limit_range_tells_what_is_too_much(api, space):
    limits = [{"type": "Container", "max": {"cpu": "100m"}}]
    api.apply(of("v1", "LimitRange", space, spec={"limits": limits}))
    resources = {"limits": {"cpu": "200m"}, "requests": {"cpu": "50m"}}
    containers = [{"name": "web", "image": "x.invalid/y:1", "resources": resources}]

    text = why(api, made(api, space, containers=containers), "limit range")

    assert "maximum cpu usage per Container is 100m, but limit is 200m" in text


def test_pod_security_tells_which_fields(api, space):
    api.apply(namespace(space, "restricted"))

    text = why(api, made(api, space), "Pod Security")

    assert "Pod Security “restricted:latest”" in text
    assert "securityContext.allowPrivilegeEscalation=false" in text


def test_a_missing_service_account_is_named(api, space):
    text = why(api, made(api, space, serviceAccountName="nobody"), "service account")

    assert "service account nobody does not exist" in text
    assert f"make it in namespace {space}" in text


def test_a_webhook_that_does_not_answer_is_named(api, space):
    hook = {
        "name": "gate.test.invalid",
        "clientConfig": {"url": "https://127.0.0.1:1/"},
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                   "resources": ["pods"]}],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": space}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 1,
    }  # fmt: skip
    version, kind = "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"
    api.apply({**of(version, kind, "", space), "webhooks": [hook]})
    try:
        text = why(api, made(api, space), "does not answer")
    finally:
        api.delete(version, kind, "", space)

    assert "admission webhook gate.test.invalid does not answer" in text


def test_a_policy_that_denies_is_retold(api, space):
    version = "admissionregistration.k8s.io/v1"
    rules = [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
              "resources": ["pods"]}]  # fmt: skip
    policy = {
        "matchConstraints": {"resourceRules": rules},
        "validations": [{"expression": "false", "message": "no pods on Sundays"}],
    }
    here = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": space}}}
    binding = {"policyName": space, "validationActions": ["Deny"], "matchResources": here}
    names = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
    for kind, spec in zip(names, (policy, binding), strict=True):
        api.apply(of(version, kind, "", space, spec=spec))
    try:
        time.sleep(1)
        text = why(api, made(api, space), "Sundays")
    finally:
        for kind in names:
            api.delete(version, kind, "", space)

    assert "pods are refused" in text


def of(version, kind, where, name="own", **more):
    metadata = {"name": name, **({"namespace": where} if where else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


# No node


@pytest.fixture
def node(api, scheduler):
    """Make nodes that are ready and nothing runs on."""
    names = []

    def make(cpu="2", **more):
        name = f"n-{uuid.uuid4().hex[:6]}"
        names.append(name)
        spec = {"taints": [TAINT, *more.get("taints", [])]}
        ready = "True" if more.get("ready", True) else "False"
        condition = {"type": "Ready", "status": ready, "reason": "Kubelet",
                     "message": more.get("message", "fine")}  # fmt: skip
        room = {"cpu": cpu, "memory": "1Gi", "pods": "10"}
        known = {"allocatable": room, "capacity": room, "conditions": [condition]}
        # With its status from the first, as a kubelet registers: between a node and its status the
        # cluster would take it for one that is well.
        born = json.dumps(of("v1", "Node", "", name, spec=spec, status=known))
        api._ask("POST", "/api/v1/nodes", None, born, {"Content-Type": "application/json"})
        end = time.monotonic() + PATIENCE
        while is_in_trouble(api, name) is (ready == "True"):
            assert time.monotonic() < end
            time.sleep(0.2)
        return name

    yield make
    for name in names:
        api.delete("v1", "Node", "", name)


def is_in_trouble(api, node):
    """Whether the cluster's own controller keeps pods away from a node."""
    taints = api.get("v1", "Node", "", node)["spec"].get("taints") or ()
    return any(one["key"].startswith("node.kubernetes.io/") for one in taints)


def status(api, plural, where, name, content):
    """Write the status of an object, as a kubelet does."""
    inside = f"/namespaces/{where}" if where else ""
    headers = {"Content-Type": "application/merge-patch+json"}
    path = f"/api/v1{inside}/{plural}/{name}/status"
    api._ask("PATCH", path, None, json.dumps({"status": content}), headers)


def wanting(cpu):
    resources = {"requests": {"cpu": cpu}}
    return [{"name": "web", "image": "x.invalid/y:1", "resources": resources}]


def test_too_little_room_tells_the_resource_and_what_each_node_has(api, space, node):
    name = node("2")

    text = why(
        api, made(api, space, containers=wanting("3"), tolerations=[TOLERATED]), "enough cpu"
    )

    assert "asks for 3000m" in text
    assert f"{name}: 2000m / 2000m" in text


def test_a_taint_is_named(api, space, node):
    name = node()

    assert f"{name}: test=only:NoSchedule" in why(api, made(api, space), "may run on")


def test_a_node_that_is_not_ready_is_named_with_its_reason(api, space, node):
    name = node(ready=False, message="the runtime is down")

    text = why(api, made(api, space, tolerations=[TOLERATED]), "that is ready")

    assert f"{name} (the runtime is down)" in text


def test_labels_that_no_node_has_are_named(api, space, node):
    node()
    chosen = {"nodeSelector": {"disk": "fast"}, "tolerations": [TOLERATED]}

    assert "disk=fast" in why(api, made(api, space, **chosen), "labels")


def test_no_node_at_all_is_retold(api, space, scheduler):
    assert "no nodes available" in why(api, made(api, space), "finds no node")


# Volumes


def claiming(name):
    return [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]


def test_a_claim_that_is_missing_is_named(api, space, node):
    node()
    more = {"volumes": claiming("nowhere"), "tolerations": [TOLERATED]}

    text = why(api, made(api, space, **more), "nowhere")

    assert "waits for volume claim nowhere, which does not exist" in text


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"storageClassName": "fast"}, "asks for storage class fast, which does not exist"),
        ({}, "names no storage class, and no class is the default"),
        ({"storageClassName": ""}, "has no volume yet: no persistent volumes available"),
    ],
    ids=["no such class", "no class", "no volume"],
)
def test_a_claim_without_a_volume_tells_why(api, space, node, named, said):
    node()
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    api.apply(of("v1", "PersistentVolumeClaim", space, "data", spec={**spec, **named}))
    more = {"volumes": claiming("data"), "tolerations": [TOLERATED]}

    assert f"volume claim data {said}" in why(api, made(api, space, **more), said)


# What a kubelet tells


def pod(api, where, **more):
    container = {"name": "web", "image": "x.invalid/y:1",
                 "resources": {"limits": {"memory": "64Mi"}}}  # fmt: skip
    spec = {"containers": [container], "automountServiceAccountToken": False,
            "schedulerName": "nobody", **more}  # fmt: skip
    obj = of("v1", "Pod", where, "web", spec=spec)
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(Exception):  # its service account comes a moment later
            return api.apply(obj)
        assert time.monotonic() < end
        time.sleep(0.2)


def container(state, last=None, name="web", **more):
    told = {"name": name, "image": "x.invalid/y:1", "imageID": "", "ready": False,
            "restartCount": 3, "state": state, **more}  # fmt: skip
    return {**told, "lastState": last} if last else told


def waiting(reason, message=""):
    return {"waiting": {"reason": reason, "message": message}}


def ended(code, reason="Error", message=""):
    return {"terminated": {"exitCode": code, "reason": reason, "message": message}}


def running():
    return {"running": {"startedAt": "2026-11-26T00:00:00Z"}}


KUBELET = {
    "image absent": (
        container(waiting("ImagePullBackOff", 'Back-off pulling image "x.invalid/y:1"')),
        "image x.invalid/y:1 cannot be had: Back-off pulling image",
    ),
    "image never pulled": (
        container(waiting("ErrImageNeverPull", "Container image is not present")),
        "STUCK pod web: image x.invalid/y:1 cannot be had: Container image",
    ),
    "no name of an image": (
        container(waiting("InvalidImageName", "invalid reference format")),
        "STUCK pod web: “x.invalid/y:1” is no name of an image",
    ),
    "crash loop": (
        container(waiting("CrashLoopBackOff", "back-off 40s restarting failed container"),
                  ended(3, message="no such table: citizens")),
        "container web ends again and again, last with exit code 3: no such table: citizens",
    ),
    "out of memory": (
        container(waiting("CrashLoopBackOff", "back-off"), ended(137, "OOMKilled")),
        "it took more memory than its limit of 64Mi",
    ),
    "no such command": (
        container(waiting("RunContainerError", 'exec: "serve": executable file not found')),
        'container web cannot be started: exec: "serve": executable file not found',
    ),
    "root": (
        container(waiting("CreateContainerConfigError",
                          "container has runAsNonRoot and image will run as root")),
        "STUCK pod web: container web must not run as root",
    ),
    "missing ConfigMap": (
        container(waiting("CreateContainerConfigError", 'configmap "words" not found')),
        "waits for ConfigMap words, which does not exist",
    ),
    "missing Secret": (
        container(waiting("CreateContainerConfigError", 'secret "key" not found')),
        "waits for Secret key, which does not exist",
    ),
    "missing key": (
        container(waiting("CreateContainerConfigError",
                          "couldn't find key PASSWORD in Secret portal/key")),
        "wants key PASSWORD of Secret key, which has no such key",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KUBELET)
def test_what_the_kubelet_says_of_a_container_is_explained(api, space, case):
    told, said = KUBELET[case]
    obj = pod(api, space)
    scheduled = {"type": "PodScheduled", "status": "True"}
    content = {"phase": "Pending", "conditions": [scheduled], "containerStatuses": [told]}
    status(api, "pods", space, "web", content)

    assert said in why(api, obj, said)


SETUP = "MountVolume.SetUp failed for volume"
EVENTS = {
    "readiness": (
        ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
        "runs but is not ready: readiness probe: HTTP probe failed with statuscode: 503",
    ),
    "liveness": (
        ("Unhealthy", "Liveness probe failed: dial tcp 10.244.0.9:8080: connection refused"),
        "liveness probe: dial tcp 10.244.0.9:8080: connection refused",
    ),
    "mount": (
        ("FailedMount", f'{SETUP} "tls" : secret "portal-tls" not found'),
        "waits for Secret portal-tls, which does not exist",
    ),
    "mount of a key": (
        ("FailedMount", f'{SETUP} "conf" : references non-existent config key: nginx.conf'),
        "wants key nginx.conf of ConfigMap",
    ),
    "mount of a disk": (
        ("FailedMount", 'MountVolume.NewMounter failed for volume "data" : path does not exist'),
        "cannot mount a volume: MountVolume.NewMounter failed",
    ),
    "network": (
        ("FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=bridge failed (add)"),
        "gets no network: Failed to create pod sandbox",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EVENTS)
def test_what_an_event_says_of_a_pod_is_explained(api, space, case):
    (reason, message), said = EVENTS[case]
    obj = pod(api, space)
    state = running() if reason == "Unhealthy" else waiting("ContainerCreating")
    content = {
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "True"}],
        "containerStatuses": [container(state)],
    }
    status(api, "pods", space, "web", content)
    event = of("v1", "Event", space, f"web.{uuid.uuid4().hex[:8]}", type="Warning", reason=reason,
               message=message, lastTimestamp="2026-11-26T00:00:00Z")  # fmt: skip
    about = {"kind": "Pod", "namespace": space, "name": "web", "uid": obj["metadata"]["uid"]}
    api.apply({**event, "involvedObject": about})

    assert said in why(api, obj, said)


def test_an_init_container_that_does_not_end_is_named(api, space):
    first = {"name": "wait-for-database", "image": "x.invalid/y:1"}
    obj = pod(api, space, initContainers=[first])
    content = {
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "True"}],
        "initContainerStatuses": [container(running(), name="wait-for-database", started=True)],
        "containerStatuses": [container(waiting("PodInitializing"))],
    }
    status(api, "pods", space, "web", content)

    assert "init container wait-for-database runs and has not ended" in why(api, obj, "init")


def test_a_node_that_was_lost_is_named(api, space, node):
    name = node(ready=False, message="Kubelet stopped posting node status")
    obj = pod(api, space, nodeName=name, tolerations=[TOLERATED])
    content = {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "False", "reason": "NodeNotReady"}],
        "containerStatuses": [container(running())],
    }
    status(api, "pods", space, "web", content)

    text = why(api, obj, "is on node")

    assert f"node {name}, which is not ready: Kubelet stopped posting" in text
    api._ask("DELETE", f"/api/v1/namespaces/{space}/pods/web", {"gracePeriodSeconds": "0"})


# Counting


def test_a_rollout_past_its_deadline_is_stuck_and_told_with_its_numbers(api, space):
    obj = deployment(space)
    obj["spec"] |= {"progressDeadlineSeconds": 2, "paused": False}
    own = {"automountServiceAccountToken": False, "schedulerName": "nobody"}
    obj["spec"]["template"]["spec"] |= own
    api.apply(obj)

    text = why(api, obj, "STUCK")

    assert "no progress within its deadline of 2 s: 0 of 1 are ready" in text


def test_a_daemon_set_that_no_node_is_to_run_waits_for_nothing(api, space):
    obj = deployment(space)
    obj["kind"] = "DaemonSet"
    del obj["spec"]["replicas"]
    obj["spec"]["template"]["spec"]["nodeSelector"] = {"no": "such"}
    api.apply(obj)
    end = time.monotonic() + PATIENCE

    while judged(api, obj):
        assert time.monotonic() < end, judged(api, obj)
        time.sleep(0.3)

    live = api.get(*objects.identity(obj))
    assert live["status"]["desiredNumberScheduled"] == 0
    assert live["status"]["observedGeneration"] == live["metadata"]["generation"]
