"""Why the pods of an object hang: what is wrong, why, and the cure, in a sentence.

Looked for in the order in which a pod comes into being: whether it is admitted, finds a node, gets
its image and its settings, starts, stays up, and answers its probes.  What the API server, the
scheduler and the kubelet say is recognised by their own words, which change little from version to
version; what is not recognised is retold as it is.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hue_infra.errors import RemoteError
from hue_infra.providers.kubernetes import scheduling
from hue_infra.providers.kubernetes.api import Api, ApiError, Object
from hue_infra.words import say

IMAGE = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "ImageInspectError",
     "RegistryUnavailable"}
)  # fmt: skip
NAME = "InvalidImageName"
HOPELESS = frozenset({NAME, "ErrImageNeverPull"})
"""Reasons of a waiting container that only another manifest, or another node, mends."""
SETTINGS = frozenset({"CreateContainerConfigError", "CreateContainerError"})
STARTING = frozenset({"RunContainerError", "StartError", "PostStartHookError"})
BEGINNING = frozenset({"", "ContainerCreating", "PodInitializing"})
KINDS = {"configmap": "ConfigMap", "secret": "Secret"}
PROBE = r"(Readiness|Liveness|Startup) probe (?:failed|errored[^:]*): ?(.*)"
LOST = "unable to retrieve container logs"
LAST_WORDS = 5
"""Lines of a container's log that tell how it ended."""


class StuckError(RemoteError):
    """The object will never be ready as it is."""


def told(cause: str, /, **values: str | int) -> str:
    """What is wrong, and then the cure."""
    cure = say(f"hanging.{cause}-cure", **values)
    return f"{say(f'hanging.{cause}', **values)} – {cure}"


def of_pods(api: Api, owner: Object) -> str:
    """Why the pods of *owner* hang: refused, or the first that is not ready; empty when unknown.

    Raises:
        StuckError: Time will not mend it.
    """
    namespace = str(owner["metadata"].get("namespace", ""))
    if why := _refusal(api, owner):
        return of_refusal(why, namespace)
    selector = owner.get("spec", {}).get("selector", {}).get("matchLabels") or {}
    labels = ",".join(f"{key}={value}" for key, value in selector.items())
    for pod in api.find("v1", "Pod", namespace, labelSelector=labels) if labels else ():
        if condition(pod, "Ready").get("status") != "True" and (why := of_pod(api, pod)):
            return why
    return ""


def _refusal(api: Api, owner: Object) -> str:
    """What the API server said when it refused a pod of *owner*."""
    failure = condition(owner, "ReplicaFailure")
    if failure.get("status") == "True":
        return str(failure.get("message", ""))
    if owner.get("kind") == "Deployment":
        return ""
    last = last_warning(api, owner)
    return str(last.get("message", "")) if last.get("reason") == "FailedCreate" else ""


# Admission

QUOTA = (
    r"exceeded quota: (?P<quota>[^,]+), requested: (?P<asked>.+?), used: (?P<used>.+?), "
    r"limited: (?P<limited>.+)"
)
REFUSALS = (
    (QUOTA, "quota"),
    (r"failed quota: (?P<quota>[^:]+): must specify (?P<what>.+)", "quota-unsaid"),
    (r'violates PodSecurity "(?P<level>[^"]+)": (?P<fields>.+)', "security"),
    (r"(?P<why>(?:minimum|maximum|cpu max|memory max).+ (?:usage|ratio) per .+)", "range"),
    (r'serviceaccount "(?P<name>[^"]+)" not found', "account"),
    (r'admission webhook "(?P<name>[^"]+)" denied the request:? ?(?P<why>.*)', "webhook"),
    (r'failed calling webhook "(?P<name>[^"]+)": (?P<why>.+)', "webhook-silent"),
    (r"(?P<why>User \"[^\"]+\" cannot .+)", "rights"),
)
"""What the API server says when it refuses a pod, and the cause that it names; the first fits."""


def of_refusal(message: str, namespace: str) -> str:
    """Why the API server refused a pod, from what it said."""
    for pattern, cause in REFUSALS:
        if found := re.search(pattern, message, re.DOTALL):
            return told(cause, namespace=namespace, **found.groupdict())
    return told("refused", why=message)


# One pod


def of_pod(api: Api, pod: Object) -> str:
    """Why *pod* is not ready; empty when nothing tells.

    Raises:
        StuckError: Time will not mend it.
    """
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        name, values = scheduling.of_pod(api, pod, str(scheduled.get("message", "")))
        return told(name, **values)
    for status in _containers(pod):
        if why := _of_container(api, pod, status):
            return why
    return _of_node(api, pod) or _of_event(api, pod)


def _of_container(api: Api, pod: Object, status: Mapping[str, Any]) -> str:
    waiting = status.get("state", {}).get("waiting") or {}
    reason, why = str(waiting.get("reason", "")), str(waiting.get("message", ""))
    name, container = _name(pod), str(status.get("name", ""))
    if reason == NAME or reason in IMAGE:
        image = str(status.get("image", ""))
        text = told("image-name" if reason == NAME else "image", pod=name, image=image, why=why)
        if reason in HOPELESS:
            raise StuckError(text)
        return text
    if reason in SETTINGS:
        return _of_settings(pod, container, why)
    if reason in STARTING:
        return told("start", pod=name, container=container, why=why)
    if ended := _ended(status):
        return _of_end(api, pod, container, ended)
    if reason in BEGINNING:
        return ""
    return say("kubernetes.container", pod=name, container=container, reason=reason, why=why)


def _ended(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """How the container ended, where it ended badly and does not run again."""
    state = status.get("state", {})
    found = state.get("terminated") or (
        {} if "running" in state else status.get("lastState", {}).get("terminated")
    )
    return found if found and found.get("exitCode") else {}


def _of_end(api: Api, pod: Object, container: str, ended: Mapping[str, Any]) -> str:
    name = _name(pod)
    if ended.get("reason") == "OOMKilled":
        return told("memory", pod=name, container=container, limit=_memory(pod, container))
    code = int(ended["exitCode"])
    if ended.get("reason") in STARTING:
        return told("start", pod=name, container=container, why=str(ended.get("message", "")))
    words = str(ended.get("message") or "") or _last_words(api, pod, container)
    return told("crash", pod=name, container=container, code=code, log=words or "–")


def _last_words(api: Api, pod: Object, container: str) -> str:
    """The last lines of the container that ended, on one line."""
    namespace = str(pod["metadata"].get("namespace", ""))
    for previous in ("true", "false"):
        try:
            text = api.log(namespace, _name(pod), container=container, previous=previous,
                           tailLines=str(LAST_WORDS))  # fmt: skip
        except ApiError:
            continue
        if text.startswith(LOST):
            # The kubelet has cleared away the container that was asked for, and says so as its log.
            continue
        return " / ".join(line.strip() for line in text.splitlines() if line.strip())
    return ""


def _memory(pod: Object, container: str) -> str:
    spec = pod.get("spec", {})
    for one in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        if one.get("name") == container:
            return str((one.get("resources", {}).get("limits") or {}).get("memory", "–"))
    return "–"


def _of_settings(pod: Object, container: str, why: str) -> str:
    """Why a container cannot be made of its settings.

    Raises:
        StuckError: It wants to be root and must not.
    """
    if "runAsNonRoot" in why:
        raise StuckError(told("root", pod=_name(pod), container=container))
    return _missing(pod, why) or told("start", pod=_name(pod), container=container, why=why)


def _missing(pod: Object, why: str) -> str:
    """What a pod names and is not there, if *why* says so."""
    namespace = str(pod["metadata"].get("namespace", ""))
    if found := re.search(r'(configmap|secret) "([^"]+)" not found', why):
        kind, name = KINDS[found[1]], found[2]
        return told("config", pod=_name(pod), kind=kind, name=name, namespace=namespace)
    if found := re.search(r"couldn't find key (\S+) in (ConfigMap|Secret) [^/]*/(\S+)", why):
        return told("config-key", pod=_name(pod), key=found[1], kind=found[2], name=found[3])
    if found := re.search(r"references non-existent (?:config|secret) key: (\S+)", why):
        kind = "ConfigMap" if "config key" in why else "Secret"
        return told("config-key", pod=_name(pod), key=found[1], kind=kind, name="–")
    return ""


def _of_node(api: Api, pod: Object) -> str:
    """Whether the node of a pod that has begun no longer answers."""
    node = str(pod.get("spec", {}).get("nodeName", ""))
    live = api.get("v1", "Node", "", node) if node else None
    ready = condition(live, "Ready") if live else {}
    if not ready or ready.get("status") == "True":
        return ""
    why = str(ready.get("message") or ready.get("reason") or ready.get("status"))
    return told("lost", pod=_name(pod), node=node, why=why)


def _of_event(api: Api, pod: Object) -> str:
    last = last_warning(api, pod)
    reason, why = str(last.get("reason", "")), str(last.get("message", ""))
    name = _name(pod)
    if found := re.match(PROBE, why, re.DOTALL):
        return told("probe", pod=name, probe=found[1].lower(), why=" ".join(found[2].split()))
    if reason in {"FailedMount", "FailedAttachVolume", "FailedMapVolume"}:
        return _missing(pod, why) or told("mount", pod=name, why=why)
    if reason == "FailedCreatePodSandBox":
        return told("sandbox", pod=name, why=why)
    if why and reason != "FailedScheduling":
        return say("kubernetes.event", pod=name, reason=reason, why=why)
    return _of_init(pod)


def _of_init(pod: Object) -> str:
    for status in pod.get("status", {}).get("initContainerStatuses") or ():
        if "running" in status.get("state", {}) and not _is_sidecar(pod, str(status["name"])):
            return told("init", pod=_name(pod), container=str(status["name"]))
    return ""


def _is_sidecar(pod: Object, container: str) -> bool:
    """Whether an init container is one that stays beside the others."""
    every = pod.get("spec", {}).get("initContainers") or ()
    return any(one["name"] == container and one.get("restartPolicy") == "Always" for one in every)


def last_warning(api: Api, obj: Object) -> Object:
    """The last warning among the events of *obj*; empty where there is none."""
    metadata = obj["metadata"]
    selector = f"involvedObject.uid={metadata.get('uid', '')},type=Warning"
    found = api.find("v1", "Event", str(metadata.get("namespace", "")), fieldSelector=selector)
    return max(found, key=_moment, default={})


def _moment(event: Object) -> str:
    series = event.get("series") or {}
    when = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
    return str(when or "")


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])


def _containers(pod: Object) -> Iterator[Mapping[str, Any]]:
    status = pod.get("status", {})
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def condition(obj: Object, kind: str) -> Mapping[str, Any]:
    """The condition of that kind; empty where there is none."""
    for one in obj.get("status", {}).get("conditions") or ():
        if one.get("type") == kind:
            return dict(one)
    return {}
