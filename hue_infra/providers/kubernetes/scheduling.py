"""Why a pod finds no node: which resource lacks on which node, which label, taint or volume."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from hue_infra.providers.kubernetes.api import Api, Object

Told = tuple[str, dict[str, str]]
"""Name of a message, and its values."""
STORAGE = "storage.k8s.io/v1"
DEFAULT = "storageclass.kubernetes.io/is-default-class"
NODE_TROUBLE = re.compile(
    r"node\.kubernetes\.io/(?:not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure"
    r"|network-unavailable)"
)
"""Taints that the cluster itself puts on a node that is not well."""
FACTORS = {
    "m": Decimal("0.001"),
    "": Decimal(1),
    "k": Decimal(1000),
    "M": Decimal(1000**2),
    "G": Decimal(1000**3),
    "T": Decimal(1000**4),
    "Ki": Decimal(1024),
    "Mi": Decimal(1024**2),
    "Gi": Decimal(1024**3),
    "Ti": Decimal(1024**4),
}
"""Suffixes of a quantity. Source: Kubernetes, "Quantity"."""


def of_pod(api: Api, pod: Object, message: str) -> Told:
    """Why *pod* finds no node, from what the scheduler said of it."""
    name = str(pod["metadata"]["name"])
    if "persistentvolumeclaim" in message.lower():
        return _of_claims(api, pod, message)
    if found := re.search(r"Insufficient ([\w./-]*\w)", message):
        return _room(api, pod, found[1])
    if "untolerated taint" in message:
        return _taints(api, pod, message)
    if "node affinity/selector" in message:
        return "selector", {"pod": name, "wanted": _wanted_labels(pod)}
    return "node", {"pod": name, "why": message}


def quantity(text: str) -> Decimal:
    """A quantity as a number of its unit.

    >>> quantity("1500m"), quantity("2Gi")
    (Decimal('1.500'), Decimal('2147483648'))
    """
    found = re.fullmatch(r"([0-9.eE+-]+?)([a-zA-Z]*)", str(text))
    if found is None or found[2] not in FACTORS:
        return Decimal(0)
    return Decimal(found[1]) * FACTORS[found[2]]


def shown(resource: str, amount: Decimal) -> str:
    """An amount of *resource* as a manifest writes it.

    >>> shown("cpu", Decimal("1.5")), shown("memory", Decimal(2**30))
    ('1500m', '1024Mi')
    """
    if resource == "cpu":
        return f"{amount * 1000:.0f}m"
    if resource in {"memory", "ephemeral-storage"}:
        return f"{amount / FACTORS['Mi']:.0f}Mi"
    return f"{amount:.0f}"


def asked(pod: Object, resource: str) -> Decimal:
    """What *pod* asks for: its containers together, or the greatest of its init containers."""
    spec = pod.get("spec", {})
    together = sum((_request(one, resource) for one in spec.get("containers") or ()), Decimal(0))
    first = [_request(one, resource) for one in spec.get("initContainers") or ()]
    overhead = quantity(str((spec.get("overhead") or {}).get(resource, "0")))
    return max([together, *first]) + overhead


def _request(container: Mapping[str, Any], resource: str) -> Decimal:
    requests = (container.get("resources") or {}).get("requests") or {}
    return quantity(str(requests.get(resource, "0")))


def _room(api: Api, pod: Object, resource: str) -> Told:
    every = api.everywhere("v1", "Pod")
    free = []
    for node in api.everywhere("v1", "Node"):
        name = node["metadata"]["name"]
        whole = quantity(str((node["status"].get("allocatable") or {}).get(resource, "0")))
        taken = sum((asked(one, resource) for one in every if _runs_on(one, str(name))), Decimal(0))
        left = shown(resource, max(whole - taken, Decimal(0)))
        free.append(f"{name}: {left} / {shown(resource, whole)}")
    name = str(pod["metadata"]["name"])
    wanted = shown(resource, asked(pod, resource))
    values = {"pod": name, "resource": resource, "wanted": wanted, "free": ", ".join(free)}
    return "room", values


def _taints(api: Api, pod: Object, message: str) -> Told:
    """Which taints keep *pod* away; those of a node in trouble stand for the trouble."""
    name = str(pod["metadata"]["name"])
    nodes = api.everywhere("v1", "Node")
    tolerated = pod.get("spec", {}).get("tolerations") or ()
    away = {
        str(node["metadata"]["name"]): [
            taint
            for taint in node.get("spec", {}).get("taints") or ()
            if taint.get("effect") != "PreferNoSchedule" and not _tolerates(tolerated, taint)
        ]
        for node in nodes
    }
    if any(NODE_TROUBLE.fullmatch(one["key"]) for taints in away.values() for one in taints):
        return "unready", {"pod": name, "nodes": ", ".join(_unready(nodes)) or message}
    told = [f"{node}: {_written(one)}" for node, taints in away.items() for one in taints]
    return "taint", {"pod": name, "why": ", ".join(told) or message}


def _tolerates(tolerations: Iterable[Mapping[str, Any]], taint: Mapping[str, Any]) -> bool:
    return any(
        one.get("key") in (None, "", taint["key"])
        and one.get("effect") in (None, "", taint.get("effect"))
        and (one.get("operator") == "Exists" or one.get("value", "") == taint.get("value", ""))
        for one in tolerations
    )


def _written(taint: Mapping[str, Any]) -> str:
    """A taint as kubectl writes it."""
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint.get('effect', '')}"


def _runs_on(pod: Object, node: str) -> bool:
    ended = pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}
    return bool(pod.get("spec", {}).get("nodeName") == node) and not ended


def _unready(nodes: Iterable[Object]) -> list[str]:
    found = []
    for node in nodes:
        conditions = node.get("status", {}).get("conditions") or ()
        ready: Object = next((one for one in conditions if one["type"] == "Ready"), {})
        if ready.get("status") != "True":
            why = ready.get("message") or ready.get("reason") or "-"
            found.append(f"{node['metadata']['name']} ({why})")
    return found


def _wanted_labels(pod: Object) -> str:
    spec = pod.get("spec", {})
    labels = [f"{key}={value}" for key, value in (spec.get("nodeSelector") or {}).items()]
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        labels += [
            " ".join([one["key"], one["operator"], *one.get("values", ())])
            for one in term.get("matchExpressions") or ()
        ]
    return ", ".join(labels) or "-"


# Volumes


def _of_claims(api: Api, pod: Object, message: str) -> Told:
    """What is wrong with the first claim of *pod* that has no volume."""
    namespace = str(pod["metadata"].get("namespace", ""))
    for volume in pod.get("spec", {}).get("volumes") or ():
        name = str((volume.get("persistentVolumeClaim") or {}).get("claimName", ""))
        claim = api.get("v1", "PersistentVolumeClaim", namespace, name) if name else None
        if name and claim is None:
            values = {"pod": str(pod["metadata"]["name"]), "claim": name, "namespace": namespace}
            return "claim-missing", values
        if claim is not None and claim.get("status", {}).get("phase") != "Bound":
            return of_claim(api, claim, message)
    return "node", {"pod": str(pod["metadata"]["name"]), "why": message}


def of_claim(api: Api, claim: Object, message: str = "") -> Told:
    """Why *claim* has no volume."""
    name = str(claim["metadata"]["name"])
    classes = api.everywhere(STORAGE, "StorageClass")
    names = ", ".join(str(one["metadata"]["name"]) for one in classes) or "-"
    wanted = claim.get("spec", {}).get("storageClassName")
    if wanted and wanted not in names.split(", "):
        return "claim-class", {"claim": name, "class": str(wanted), "classes": names}
    if wanted is None and not any(map(_is_default, classes)):
        return "claim-no-class", {"claim": name, "classes": names}
    return "claim", {"claim": name, "why": _last_event(api, claim) or message}


def _is_default(one: Object) -> bool:
    return (one["metadata"].get("annotations") or {}).get(DEFAULT) == "true"


def _last_event(api: Api, claim: Object) -> str:
    metadata = claim["metadata"]
    uid = f"involvedObject.uid={metadata.get('uid', '')}"
    found = api.find("v1", "Event", str(metadata.get("namespace", "")), fieldSelector=uid)
    last = max(found, key=lambda one: str(one.get("lastTimestamp") or ""), default={})
    return str(last.get("message", ""))
