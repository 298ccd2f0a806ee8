"""A namespace as every platform gets it, closed both ways, and the secrets in it."""

from collections.abc import Mapping

import pulumi

from hue_infra.providers.certificates import Certificate
from hue_infra.providers.credentials import Credentials
from hue_infra.providers.kubernetes import renewal
from hue_infra.stacks.components.manifest import Manifest

STANDARD = "pod-security.kubernetes.io"
TLS = "kubernetes.io/tls"
OPAQUE = "Opaque"


def make(
    name: str, level: int, provider: pulumi.ProviderResource, called: str | None = None
) -> Manifest:
    """Declare the namespace *name*, for what is of *level*, and return it.

    Args:
        name: Of the namespace.
        level: Security level.
        provider: Of the cluster.
        called: How the names of the resources begin, where several clusters have that namespace.
    """
    own = pulumi.ResourceOptions(provider=provider)
    namespace = Manifest(f"{called or name}/namespace", _namespace(name, level), own)
    inside = pulumi.ResourceOptions(provider=provider, depends_on=[namespace])
    Manifest(f"{called or name}/default-deny", _default_deny(name), inside)
    return namespace


def secret(
    namespace: str,
    name: str,
    kind: str,
    content: Mapping[str, pulumi.Input[str]],
    labels: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """A Secret as an object."""
    metadata: dict[str, object] = {"name": name, "namespace": namespace}
    if labels:
        metadata["labels"] = dict(labels)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": kind,
        "stringData": dict(content),
    }


def among_themselves(namespace: str, name: str, own: Credentials) -> dict[str, object]:
    """A Secret with the certificate by which the parts of a platform know each other."""
    pair = {"tls.crt": own.certificate, "ca.crt": own.certificate, "tls.key": own.key}
    return secret(namespace, name, TLS, pair)


def certified(namespace: str, name: str, certificate: Certificate) -> dict[str, object]:
    """A Secret with a certificate of the province's authority, which the cluster renews."""
    content = {renewal.CERTIFICATE: certificate.chain, renewal.KEY: certificate.key}
    return secret(namespace, name, TLS, content, {renewal.LABEL: renewal.VALUE})


def _namespace(name: str, level: int) -> dict[str, object]:
    labels = {f"{STANDARD}/{mode}": "restricted" for mode in ("enforce", "audit", "warn")} | {
        "hue-infra/level": str(level)
    }
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels},
    }


def _default_deny(namespace: str) -> dict[str, object]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }
