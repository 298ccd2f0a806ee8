"""Objects as inputs and outputs: names, ids, differences, what cannot change in place."""

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any

from hue_infra.providers.kubernetes.api import MANAGER, Object

AUTONAMED = "pulumi.com/autonamed"
SUFFIX_BYTES = 4
SERVER_OWNED = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp")
"""Metadata that the server counts up; no difference worth telling."""

FOREVER = {
    "*": ("apiVersion", "kind", "metadata.name", "metadata.namespace"),
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "ReplicaSet": ("spec.selector",),
    "StatefulSet": (
        "spec.selector",
        "spec.serviceName",
        "spec.podManagementPolicy",
        "spec.volumeClaimTemplates",
    ),
    "Job": ("spec.selector", "spec.template", "spec.completionMode"),
    "Pod": ("spec",),
    "PersistentVolumeClaim": (
        "spec.accessModes",
        "spec.storageClassName",
        "spec.volumeName",
        "spec.selector",
        "spec.volumeMode",
    ),
    "PersistentVolume": ("spec.csi", "spec.local", "spec.nodeAffinity"),
    "Service": ("spec.clusterIP", "spec.clusterIPs"),
    "StorageClass": ("provisioner", "parameters", "volumeBindingMode", "reclaimPolicy"),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "Secret": ("type", "immutable"),
    "ConfigMap": ("immutable",),
    "CSIDriver": ("spec",),
    "RuntimeClass": ("handler",),
}
"""Fields that the API server refuses to change, by kind."""


def identity(obj: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Version, kind, namespace and name of an object."""
    metadata = obj.get("metadata") or {}
    return (
        str(obj["apiVersion"]),
        str(obj["kind"]),
        str(metadata.get("namespace", "")),
        str(metadata.get("name", "")),
    )


def id_of(obj: Mapping[str, Any]) -> str:
    """``<namespace>/<name>``, or the name alone outside namespaces."""
    _, _, namespace, name = identity(obj)
    return f"{namespace}/{name}" if namespace else name


def parted(id_: str) -> tuple[str, str]:
    """Namespace and name of an id."""
    namespace, _, name = id_.rpartition("/")
    return namespace, name


def named(inputs: Object, old: Object | None, resource: str, seed: bytes) -> Object:
    """*inputs* with a name: their own, the one given before, or one made of *resource*."""
    metadata = dict(inputs.get("metadata") or {})
    if metadata.get("name"):
        return inputs
    before = (old or {}).get("metadata") or {}
    made = f"{resource.lower()}-{seed[:SUFFIX_BYTES].hex()}"
    annotations = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    metadata |= {"name": before.get("name") or made, "annotations": annotations}
    return {**inputs, "metadata": metadata}


def is_autonamed(inputs: Mapping[str, Any]) -> bool:
    """Whether the name was made by us."""
    annotations = (inputs.get("metadata") or {}).get("annotations") or {}
    return annotations.get(AUTONAMED) == "true"


def outputs(live: Object, inputs: Object) -> Object:
    """The state of an object: as it lives, with what was asked for."""
    metadata = {k: v for k, v in live.get("metadata", {}).items() if k != "managedFields"}
    own = {
        "__inputs": inputs,
        "__initialApiVersion": inputs["apiVersion"],
        "__fieldManager": MANAGER,
    }
    return {**live, "metadata": metadata, **own}


def differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Paths that differ, each with ``add``, ``delete`` or ``update``."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            inner = f"{path}.{key}" if path else str(key)
            if key not in before:
                yield inner, "add"
            elif key not in after:
                yield inner, "delete"
            else:
                yield from differences(before[key], after[key], inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{path}[{index}]")
    elif before != after:
        yield path, "update"


def replacing(kind: str, paths: Mapping[str, str]) -> tuple[str, ...]:
    """Those of *paths* that no update can change on an object of *kind*."""
    fixed = (*FOREVER["*"], *FOREVER.get(kind, ()))
    return tuple(path for path in paths if any(_lies_in(path, field) for field in fixed))


def drifted(inputs: Object, live: Object, wished: Object) -> Object:
    """*inputs* with every value that lives otherwise than applying them again would make it.

    Args:
        inputs: As recorded.
        live: The object as it is.
        wished: The object as a dry run of *inputs* would leave it.
    """
    changed = dict(inputs)
    for key, value in inputs.items():
        if live.get(key) == wished.get(key):
            continue
        if isinstance(value, dict) and isinstance(live.get(key), dict):
            changed[key] = drifted(value, live[key], wished.get(key) or {})
        else:
            changed[key] = live.get(key)
    return changed


def _lies_in(path: str, field: str) -> bool:
    return (
        path == field
        or path.startswith((f"{field}.", f"{field}["))
        or (fnmatch.fnmatch(path, field))
    )
