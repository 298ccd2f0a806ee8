"""When an object does its job, and if not, what it waits for, in a sentence.

Each kind has a function that returns an empty text when the object is ready, else
the reason.  A reason that time cannot mend is raised as `StuckError`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hue_infra.errors import RemoteError
from hue_infra.providers.kubernetes.api import Api, Object
from hue_infra.words import say

SKIP = "pulumi.com/skipAwait"
HOPELESS = frozenset({"InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError"})
"""Reasons of a waiting container that only another manifest mends."""


class StuckError(RemoteError):
    """The object will never be ready as it is."""


Judge = Callable[[Api, Object], str]


def waits_for(api: Api, obj: Object) -> str:
    """What *obj* waits for; empty when it is ready, or when nobody is to wait.

    Raises:
        StuckError: It will never be ready.
    """
    annotations = obj.get("metadata", {}).get("annotations") or {}
    judge = JUDGES.get(str(obj.get("kind")))
    if judge is None or annotations.get(SKIP) == "true":
        return ""
    return judge(api, obj)


def _deployment(api: Api, obj: Object) -> str:
    status, spec = obj.get("status", {}), obj.get("spec", {})
    wanted = int(spec.get("replicas", 1))
    if int(status.get("observedGeneration", 0)) < int(obj["metadata"].get("generation", 0)):
        return say("kubernetes.unobserved")
    if _condition(obj, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        raise StuckError(_explained(api, obj) or say("kubernetes.deadline"))
    updated, available = (
        int(status.get(key, 0)) for key in ("updatedReplicas", "availableReplicas")
    )
    old = int(status.get("replicas", 0)) - updated
    if updated >= wanted and available >= wanted and old <= 0:
        return ""
    return _explained(api, obj) or say("kubernetes.replicas", ready=available, wanted=wanted)


def _stateful_set(api: Api, obj: Object) -> str:
    wanted = int(obj.get("spec", {}).get("replicas", 1))
    ready = int(obj.get("status", {}).get("readyReplicas", 0))
    if ready >= wanted:
        return ""
    return _explained(api, obj) or say("kubernetes.replicas", ready=ready, wanted=wanted)


def _daemon_set(api: Api, obj: Object) -> str:
    status = obj.get("status", {})
    wanted, ready = int(status.get("desiredNumberScheduled", 0)), int(status.get("numberReady", 0))
    if wanted and ready >= wanted:
        return ""
    return _explained(api, obj) or say("kubernetes.replicas", ready=ready, wanted=wanted)


def _pod(api: Api, obj: Object) -> str:
    if obj.get("status", {}).get("phase") == "Succeeded":
        return ""
    if _condition(obj, "Ready").get("status") == "True":
        return ""
    return _pod_reason(api, obj) or say("kubernetes.pod-starting", pod=obj["metadata"]["name"])


def _job(api: Api, obj: Object) -> str:
    if _condition(obj, "Complete").get("status") == "True":
        return ""
    failed = _condition(obj, "Failed")
    if failed.get("status") == "True":
        raise StuckError(say("kubernetes.job-failed", why=str(failed.get("message", ""))))
    return _explained(api, obj) or say("kubernetes.job-running")


def _claim(_api: Api, obj: Object) -> str:
    phase = str(obj.get("status", {}).get("phase", "Pending"))
    # A claim may rightly wait for its first pod; its pod then tells of a volume that never comes.
    return "" if phase in {"Bound", "Pending"} else say("kubernetes.claim", phase=phase)


def _namespace(_api: Api, obj: Object) -> str:
    phase = str(obj.get("status", {}).get("phase", ""))
    return "" if phase == "Active" else say("kubernetes.namespace", phase=phase or "?")


def _definition(_api: Api, obj: Object) -> str:
    established = _condition(obj, "Established").get("status") == "True"
    return "" if established else say("kubernetes.definition")


def _balancer(_api: Api, obj: Object) -> str:
    if obj.get("kind") == "Service" and obj.get("spec", {}).get("type") != "LoadBalancer":
        return ""
    given = (obj.get("status", {}).get("loadBalancer") or {}).get("ingress")
    return "" if given else say("kubernetes.balancer")


JUDGES: Mapping[str, Judge] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Pod": _pod,
    "Job": _job,
    "PersistentVolumeClaim": _claim,
    "Namespace": _namespace,
    "CustomResourceDefinition": _definition,
    "Service": _balancer,
}


def _explained(api: Api, obj: Object) -> str:
    """The first reason found: refused pods (quota, security), then the pods themselves."""
    refused = _condition(obj, "ReplicaFailure")
    if refused.get("status") == "True":
        return say("kubernetes.refused-pods", why=str(refused.get("message", "")))
    selector = obj.get("spec", {}).get("selector", {}).get("matchLabels") or {}
    labels = ",".join(f"{key}={value}" for key, value in selector.items())
    namespace = str(obj["metadata"].get("namespace", ""))
    for pod in api.find("v1", "Pod", namespace, labelSelector=labels):
        if _condition(pod, "Ready").get("status") != "True" and (why := _pod_reason(api, pod)):
            return why
    return ""


def _pod_reason(api: Api, pod: Object) -> str:
    name = str(pod["metadata"]["name"])
    scheduled = _condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return say("kubernetes.unschedulable", pod=name, why=str(scheduled.get("message", "")))
    for status in _containers(pod):
        waiting = status.get("state", {}).get("waiting") or {}
        reason, why = str(waiting.get("reason", "")), str(waiting.get("message", ""))
        if reason in HOPELESS:
            raise StuckError(_container(name, status, reason, why))
        if reason and reason not in {"ContainerCreating", "PodInitializing"}:
            ended = status.get("lastState", {}).get("terminated") or {}
            code = f" (exit code {ended['exitCode']})" if "exitCode" in ended else ""
            return _container(name, status, reason + code, why)
    return _last_warning(api, pod)


def _container(pod: str, status: Mapping[str, Any], reason: str, why: str) -> str:
    container = str(status.get("name", ""))
    return say("kubernetes.container", pod=pod, container=container, reason=reason, why=why)


def _last_warning(api: Api, pod: Object) -> str:
    uid = str(pod["metadata"].get("uid", ""))
    namespace = str(pod["metadata"].get("namespace", ""))
    found = api.find(
        "v1", "Event", namespace, fieldSelector=f"involvedObject.uid={uid},type=Warning"
    )
    if not found:
        return ""
    last = max(found, key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime")))
    name = str(pod["metadata"]["name"])
    return say(
        "kubernetes.event", pod=name, reason=str(last["reason"]), why=str(last.get("message", ""))
    )


def _containers(pod: Object) -> Iterator[Mapping[str, Any]]:
    status = pod.get("status", {})
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def _condition(obj: Object, kind: str) -> Mapping[str, Any]:
    for condition in obj.get("status", {}).get("conditions") or ():
        if condition.get("type") == kind:
            return dict(condition)
    return {}
