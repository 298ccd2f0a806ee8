"""Platforms in a cluster: a closed namespace, a certificate, the chart's objects."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.providers.certificates import Certificate
from hue_infra.stacks.clusters import Cluster
from hue_infra.stacks.components.manifest import Manifest, title
from hue_infra.stacks.machines import Ground
from hue_infra.stacks.scene import Scene
from hue_infra.tools import artefacts, helm

CERTIFICATE_DAYS = 90
TLS_SECRET = "portal-tls"  # noqa: S105 - the name of an object, not a secret
STANDARD = "pod-security.kubernetes.io"
IMAGE = "image.invalid/to-be-known@sha256:" + "0" * 64
"""Stands in a rendered chart where the image's reference comes, once it is made."""


def deploy(
    scene: Scene,
    plan: PlatformPlan,
    cluster: Cluster,
    ground: Ground,
) -> None:
    """Deploy one platform."""
    opts = pulumi.ResourceOptions(provider=cluster.provider)
    namespace = Manifest(f"{plan.name}/namespace", _namespace(plan), opts)
    inside = pulumi.ResourceOptions(provider=cluster.provider, depends_on=[namespace])
    Manifest(f"{plan.name}/default-deny", _default_deny(plan), inside)
    certificate = _certificate(scene, plan, ground)
    secret = Manifest(f"{plan.name}/tls", _tls(plan, certificate), inside)
    ready = pulumi.ResourceOptions(provider=cluster.provider, depends_on=[namespace, secret])

    def register(_: object = None) -> None:
        for manifest in _rendered(scene, plan):
            name = f"{plan.name}/{title(manifest)}"
            Manifest(name, _with_image(manifest, cluster.artefacts.portal), ready)

    if artefacts.is_ready("helm"):
        register()
    else:
        # Before the first build a preview cannot render; the objects come once helm is there.
        cluster.artefacts.portal.apply(register)


def _rendered(scene: Scene, plan: PlatformPlan) -> Sequence[Mapping[str, object]]:
    blueprint = scene.blueprint
    values = {
        **plan.values,
        "province": {"name": blueprint.title, "name_en": blueprint.title_en},
        "image": IMAGE,
        "tls": {"secret": TLS_SECRET},
        "service": {"nodePort": plan.node_port},
    }
    return helm.render(scene.charts / plan.chart, plan.name, plan.namespace, values)


def _with_image(tree: Any, image: pulumi.Output[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(tree, Mapping):
        return {key: _with_image(value, image) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_image(value, image) for value in tree]
    return image if tree == IMAGE else tree


def _namespace(plan: PlatformPlan) -> dict[str, object]:
    labels = {f"{STANDARD}/{mode}": "restricted" for mode in ("enforce", "audit", "warn")} | {
        "hue-infra/level": str(plan.level)
    }
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": plan.namespace, "labels": labels},
    }


def _default_deny(plan: PlatformPlan) -> dict[str, object]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": plan.namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def _certificate(
    scene: Scene,
    plan: PlatformPlan,
    ground: Ground,
) -> Certificate:
    authority = scene.with_role("pki")[0]
    props = {
        "names": list(plan.hosts),
        "days": CERTIFICATE_DAYS,
        "authority": scene.reach(authority),
        "instance": ground.instance(authority.name),
    }
    needed = pulumi.ResourceOptions(depends_on=[ground.configured[authority.name]])
    return Certificate(plan.name, props, needed)


def _tls(plan: PlatformPlan, certificate: Certificate) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": TLS_SECRET, "namespace": plan.namespace},
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate.chain, "tls.key": certificate.key},
    }
