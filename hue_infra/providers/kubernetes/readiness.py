"""When an object does its job, and if not, what it waits for, in a sentence.

Each kind has a function that returns an empty text when the object is ready, else
the reason.  A reason that time cannot mend is raised as `StuckError`.  Why pods hang is told by
`reasons`.
"""

from collections.abc import Callable, Mapping

from hue_infra.providers.kubernetes import reasons
from hue_infra.providers.kubernetes.api import Api, Object
from hue_infra.providers.kubernetes.reasons import StuckError, condition
from hue_infra.words import say

__all__ = ["JUDGES", "SKIP", "StuckError", "waits_for"]

SKIP = "pulumi.com/skipAwait"
GATEWAY_API = "gateway.networking.k8s.io"
OWNER = "gateway.envoyproxy.io/owning-gateway-name"
DEADLINE = 600
"""Seconds that a Deployment has where it says nothing else."""


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
    if not _is_observed(obj):
        return say("kubernetes.unobserved")
    updated, available = (
        int(status.get(key, 0)) for key in ("updatedReplicas", "availableReplicas")
    )
    if condition(obj, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        seconds = int(spec.get("progressDeadlineSeconds", DEADLINE))
        late = reasons.told("deadline", seconds=seconds, ready=available, wanted=wanted)
        raise StuckError(reasons.of_pods(api, obj) or late)
    old = int(status.get("replicas", 0)) - updated
    if updated >= wanted and available >= wanted and old <= 0:
        return ""
    return reasons.of_pods(api, obj) or _counted(available, wanted)


def _stateful_set(api: Api, obj: Object) -> str:
    if not _is_observed(obj):
        return say("kubernetes.unobserved")
    wanted = int(obj.get("spec", {}).get("replicas", 1))
    ready = int(obj.get("status", {}).get("readyReplicas", 0))
    if ready >= wanted:
        return ""
    return reasons.of_pods(api, obj) or _counted(ready, wanted)


def _daemon_set(api: Api, obj: Object) -> str:
    if not _is_observed(obj):
        return say("kubernetes.unobserved")
    status = obj.get("status", {})
    wanted, ready = int(status.get("desiredNumberScheduled", 0)), int(status.get("numberReady", 0))
    # One that no node is to run has nothing to wait for.
    by_itself = obj.get("spec", {}).get("updateStrategy", {}).get("type") != "OnDelete"
    updated = int(status.get("updatedNumberScheduled", 0)) if by_itself else wanted
    if ready >= wanted and updated >= wanted:
        return ""
    return reasons.of_pods(api, obj) or _counted(min(ready, updated), wanted)


def _is_observed(obj: Object) -> bool:
    """Whether the controller has seen the object as it now is."""
    seen = int(obj.get("status", {}).get("observedGeneration", 0))
    return seen >= int(obj["metadata"].get("generation", 0))


def _counted(ready: int, wanted: int) -> str:
    return say("kubernetes.replicas", ready=ready, wanted=wanted)


def _pod(api: Api, obj: Object) -> str:
    if obj.get("status", {}).get("phase") == "Succeeded":
        return ""
    if condition(obj, "Ready").get("status") == "True":
        return ""
    return reasons.of_pod(api, obj) or say("kubernetes.pod-starting", pod=obj["metadata"]["name"])


def _job(api: Api, obj: Object) -> str:
    if condition(obj, "Complete").get("status") == "True":
        return ""
    failed = condition(obj, "Failed")
    if failed.get("status") == "True":
        raise StuckError(say("kubernetes.job-failed", why=str(failed.get("message", ""))))
    return reasons.of_pods(api, obj) or say("kubernetes.job-running")


def _claim(_api: Api, obj: Object) -> str:
    phase = str(obj.get("status", {}).get("phase", "Pending"))
    # A claim may rightly wait for its first pod; its pod then tells of a volume that never comes.
    return "" if phase in {"Bound", "Pending"} else say("kubernetes.claim", phase=phase)


def _namespace(_api: Api, obj: Object) -> str:
    phase = str(obj.get("status", {}).get("phase", ""))
    return "" if phase == "Active" else say("kubernetes.namespace", phase=phase or "?")


def _definition(_api: Api, obj: Object) -> str:
    established = condition(obj, "Established").get("status") == "True"
    return "" if established else say("kubernetes.definition")


def _balancer(_api: Api, obj: Object) -> str:
    if obj.get("kind") == "Service" and obj.get("spec", {}).get("type") != "LoadBalancer":
        return ""
    given = (obj.get("status", {}).get("loadBalancer") or {}).get("ingress")
    return "" if given else say("kubernetes.balancer")


def _gateway(api: Api, obj: Object) -> str:
    told = condition(obj, "Programmed")
    if not _is_of(obj, GATEWAY_API) or told.get("status") == "True":
        return ""
    accepted = condition(obj, "Accepted")
    if accepted.get("status") == "True" and told.get("reason") == "AddressNotAssigned":
        # Its controller can miss the moment in which the first node takes clients, and says so
        # no more: what serves it is looked at itself.
        return _served(api, obj)
    why = accepted if accepted.get("status") == "False" else told
    return say("kubernetes.gateway", why=str(why.get("message") or "?"))


def _served(api: Api, gateway: Object) -> str:
    """What the DaemonSet that serves *gateway* waits for."""
    metadata = gateway["metadata"]
    selector = f"{OWNER}={metadata['name']}"
    space = str(metadata["namespace"])
    sets = api.find("apps/v1", "DaemonSet", space, labelSelector=selector)
    waits = [_daemon_set(api, one) for one in sets]
    return next(filter(None, waits), "") if waits else say("kubernetes.unobserved")


def _route(_api: Api, obj: Object) -> str:
    if not _is_of(obj, GATEWAY_API):
        return ""
    parents = obj.get("status", {}).get("parents") or []
    if len(parents) < len(obj.get("spec", {}).get("parentRefs") or ()):
        return say("kubernetes.unobserved")
    for parent in parents:
        for kind in ("Accepted", "ResolvedRefs"):
            one = condition({"status": parent}, kind)
            if one.get("status") != "True":
                return say("kubernetes.route", why=str(one.get("message") or kind))
    return ""


def _is_of(obj: Object, group: str) -> bool:
    return str(obj.get("apiVersion")).startswith(f"{group}/")


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
    "Gateway": _gateway,
    "HTTPRoute": _route,
}
