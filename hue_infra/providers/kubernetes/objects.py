"""Objects as inputs and outputs: names, ids, differences, what cannot change in place."""

import base64
import fnmatch
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hue_infra.providers.kubernetes.api import MANAGER, Object

AUTONAMED = "pulumi.com/autonamed"
SUFFIX_BYTES = 4
SERVER_OWNED = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp")
"""Metadata that the server counts up; no difference worth telling."""

NAMING = ("name", "key", "mountPath", "containerPort", "port", "ip")
"""Keys that tell one item of a list from another, the best first."""

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
            inner = _within(path, str(key))
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


def _within(path: str, key: str) -> str:
    """The path of *key* inside *path*; names with dots in them stand in quotes."""
    if re.search(r'[.\["\]]', key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def replacing(kind: str, paths: Mapping[str, str]) -> tuple[str, ...]:
    """Those of *paths* that no update can change on an object of *kind*."""
    fixed = (*FOREVER["*"], *FOREVER.get(kind, ()))
    return tuple(path for path in paths if any(_lies_in(path, field) for field in fixed))


def drifted(inputs: Object, live: Object, wished: Object) -> Object:
    """*inputs* with every value that lives otherwise than applying them again would make it.

    Args:
        inputs: As recorded.
        live: The object as it is.
        wished: The object as a dry run of *inputs* would leave it, or as an apply has left it.
    """
    changed = {}
    for key, value in inputs.items():
        if key == "stringData":
            # The server keeps it as `data`.
            changed[key] = _drifted_text(value, live.get("data") or {}, wished.get("data") or {})
        elif live.get(key) == wished.get(key):
            changed[key] = value
        elif key in live:
            changed[key] = _drifted(value, live[key], wished.get(key))
    return changed


def _drifted(value: Any, live: Any, wished: Any) -> Any:  # noqa: ANN401 - any JSON
    if live == wished:
        return value
    if isinstance(value, dict) and isinstance(live, dict):
        return drifted(value, live, wished if isinstance(wished, dict) else {})
    if all(isinstance(item, list) for item in (value, live, wished)) and len(value) == len(wished):
        return list(_drifted_items(value, live, wished))
    return live


def _drifted_items(items: list[Any], live: list[Any], wished: list[Any]) -> Iterator[Any]:
    """The items of *live*, each as far as it was asked for: matched by name, else by place."""
    same_size = len(live) == len(wished)
    for place, one in enumerate(live):
        found = [i for i, other in enumerate(wished) if _name(one) and _name(other) == _name(one)]
        found += [place] if same_size and not _name(one) else []
        found += [i for i, other in enumerate(wished) if other == one]
        yield _drifted(items[found[0]], one, wished[found[0]]) if found else one


def _name(item: Any) -> object:  # noqa: ANN401 - any JSON
    known = item if isinstance(item, dict) else {}
    return next((known[key] for key in NAMING if key in known), None)


def _drifted_text(text: Object, live: Object, wished: Object) -> Object:
    """A Secret's *text* as it lives in the base64 of ``data``."""
    changed = {}
    for key, value in text.items():
        if live.get(key) == wished.get(key):
            changed[key] = value
        elif key in live:
            changed[key] = base64.b64decode(live[key]).decode("utf-8", "replace")
    return changed


def _lies_in(path: str, field: str) -> bool:
    return (
        path == field
        or path.startswith((f"{field}.", f"{field}["))
        or (fnmatch.fnmatch(path, field))
    )
