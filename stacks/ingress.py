"""The doors of a cluster: Envoy on its machines, led by the Gateway API to published platforms."""

from collections.abc import Mapping

import pulumi

from hue_infra.blueprint.plan import INGRESS, GatewayPlan
from hue_infra.providers.certificates import Certificate
from hue_infra.providers.credentials import Credentials
from hue_infra.stacks import observability
from hue_infra.stacks.clusters import Cluster
from hue_infra.stacks.components import chart, space
from hue_infra.stacks.components.manifest import Manifest
from hue_infra.stacks.scene import Scene

CHART = NAMESPACE = INGRESS
SECRETS = ("envoy-gateway", "envoy")
"""Where Envoy and what drives it look for the certificate that they know each other by."""
SIGNING = "envoy-oidc-hmac"
"""Where what drives Envoy looks for what signs the cookies of those who have signed on."""
SEVERAL = 2
"""How many of what drives Envoy run where several machines can run them."""


def deploy(
    scene: Scene,
    cluster: Cluster,
    namespaces: Mapping[str, Manifest],
    certificates: Mapping[str, Certificate],
) -> None:
    """Open the cluster's doors to its published platforms.

    Args:
        scene: The province.
        cluster: With its gateways.
        namespaces: Of the platforms, by the platform.
        certificates: Of the platforms, by the platform.
    """
    plan = cluster.plan
    called = f"{plan.name}/{NAMESPACE}"
    own = space.make(NAMESPACE, plan.level, cluster.provider, called)
    behind = [name for gateway in plan.gateways for name in gateway.platforms]
    inside = pulumi.ResourceOptions(provider=cluster.provider, depends_on=[own])
    made = _among_themselves(plan.name)
    made |= {_secret(name): _shown(name, certificates[name]) for name in behind}
    secrets = [Manifest(f"{called}/{name}", one, inside) for name, one in made.items()]
    release = chart.Release(
        scene.charts / CHART,
        NAMESPACE,
        NAMESPACE,
        {
            "replicas": SEVERAL if len(plan.takers) > 1 else 1,
            "gateways": [_gateway(scene, gateway) for gateway in plan.gateways],
            **observability.watched(scene.blueprint, plan.name, CHART),
        },
        cluster.artefacts.images.apply(lambda images: images[CHART]),
        called,
    )
    needs = [own, *secrets, *(namespaces[name] for name in behind)]
    chart.lay(release, cluster.provider, needs)


def names(namespace: str) -> list[str]:
    """The names that Envoy and what drives it know each other by."""
    service = f"envoy-gateway.{namespace}.svc"
    return ["envoy-gateway", service, f"{service}.cluster.local", "envoy", f"*.{namespace}"]


def _among_themselves(cluster: str) -> dict[str, dict[str, object]]:
    own = Credentials(f"{cluster}-{NAMESPACE}", [SIGNING], names(NAMESPACE))
    signing = {"hmac-secret": own.passwords[SIGNING]}
    return {name: space.among_themselves(NAMESPACE, name, own) for name in SECRETS} | {
        SIGNING: space.secret(NAMESPACE, SIGNING, space.OPAQUE, signing)
    }


def _shown(platform: str, certificate: Certificate) -> dict[str, object]:
    """The certificate that clients of a platform are shown."""
    return space.certified(NAMESPACE, _secret(platform), certificate)


def _secret(platform: str) -> str:
    return f"{platform}-tls"


def _gateway(scene: Scene, plan: GatewayPlan) -> dict[str, object]:
    behind = [one for one in scene.blueprint.platforms if one.name in plan.platforms]
    return {
        "name": plan.name,
        "level": str(plan.level) if plan.level else "",
        "nodePort": plan.port,
        "hosts": [
            {"name": host, "namespace": one.namespace, "secret": _secret(one.name)}
            for one in behind
            for host in one.hosts
        ],
    }
