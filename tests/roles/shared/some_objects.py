"""Objects that tests lay into a cluster beside the charts' own."""

from collections.abc import Mapping
from typing import Any

ORDINARY = {
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
    **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), 65532),
}
CONFINED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def pod(
    name: str, space: str, image: str, container: Mapping[str, object], **spec: object
) -> dict[str, object]:
    """A pod of one container that the strictest of Kubernetes' standards lets run.

    Args:
        name: Of the pod, of its container, and its label ``app.kubernetes.io/name``.
        space: Its namespace.
        image: By digest; it lies on the node.
        container: More of the container.
        spec: More of the pod.
    """
    own = {
        "name": name,
        "image": image,
        "imagePullPolicy": "Never",
        "securityContext": CONFINED,
        **container,
    }
    labels = {"app.kubernetes.io/name": name}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": space, "labels": labels},
        "spec": {
            "securityContext": ORDINARY,
            "terminationGracePeriodSeconds": 1,
            "containers": [own],
            **spec,
        },
    }


def paired(made: Mapping[str, Any]) -> dict[str, str]:
    """A certificate that vouches for itself and its key, as a Secret's content."""
    certificate = made["certificate"]
    return {"tls.crt": certificate, "ca.crt": certificate, "tls.key": made["key"]}


def authority(name: str, space: str, made: Mapping[str, Any]) -> dict[str, object]:
    """A ConfigMap with that certificate, for who is to trust it."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": space},
        "data": {"ca.crt": made["certificate"]},
    }
