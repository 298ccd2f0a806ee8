"""Platforms in a cluster: what a chart is given beside the file's values, the chart's objects."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.providers import chains
from hue_infra.providers.certificates import Certificate
from hue_infra.providers.credentials import Credentials
from hue_infra.stacks import ingress
from hue_infra.stacks.clusters import Cluster
from hue_infra.stacks.components import chart, space
from hue_infra.stacks.components.manifest import Manifest
from hue_infra.stacks.machines import Ground
from hue_infra.stacks.scene import Scene
from hue_infra.tools import platform_images
from hue_infra.verify import brokers, pods

CERTIFICATE_DAYS = 90
CERTIFICATE_PROFILE = "machine"
"""For servers and for clients: the cluster shows a certificate to the authority to renew it."""
TLS_SECRET = "portal-tls"  # noqa: S105 - the name of an object, not a secret
DATABASE_SECRETS = ("database-tls", "database-passwords")
DATABASE_USERS = ("api", "replication", "rewind")
"""Whom the parts of a database are among themselves; its tenants come from the province's file."""
MESSAGING_SECRETS = ("messaging-tls", "messaging-passwords", "messaging-outer-tls")
AUTHORITY = "authority"
BY_THEMSELVES = ("database",)
"""Charts whose parts and clients know each other by what is made for that platform alone."""

Inputs = dict[str, Any]


def certify(scene: Scene, plan: PlatformPlan, ground: Ground) -> Certificate:
    """The certificate of a platform's hosts, by the province's authority."""
    authority = scene.with_role("pki")[0]
    props = {
        "names": list(plan.hosts),
        "days": CERTIFICATE_DAYS,
        "profile": CERTIFICATE_PROFILE,
        "authority": scene.reach(authority),
        "instance": ground.instance(authority.name),
    }
    needed = pulumi.ResourceOptions(depends_on=[ground.configured[authority.name]])
    return Certificate(plan.name, props, needed)


def deploy(
    scene: Scene,
    plan: PlatformPlan,
    cluster: Cluster,
    namespace: Manifest,
    certificate: Certificate | None,
) -> None:
    """Deploy one platform into its *namespace*."""
    inside = pulumi.ResourceOptions(provider=cluster.provider, depends_on=[namespace])
    given, inputs = GIVEN.get(plan.chart, _portal)(scene, plan, certificate, inside)
    values = {**plan.values, **inputs, **_placement(plan)}
    release = chart.Release(
        scene.charts / plan.chart, plan.name, plan.namespace, values, _image(plan, cluster)
    )
    chart.lay(release, cluster.provider, [namespace, *given])


def _image(plan: PlatformPlan, cluster: Cluster) -> pulumi.Output[str]:
    made = cluster.artefacts
    names = platform_images.needed([plan.chart])
    return made.images.apply(lambda images: images[names[0]]) if names else made.portal


def _placement(plan: PlatformPlan) -> Inputs:
    return {"placement": {"level": str(plan.level)}} if plan.apart else {}


def _portal(
    scene: Scene,
    plan: PlatformPlan,
    certificate: Certificate | None,
    inside: pulumi.ResourceOptions,
) -> tuple[list[Manifest], Inputs]:
    assert certificate is not None  # noqa: S101 - a portal has hosts
    secret = space.certified(plan.namespace, TLS_SECRET, certificate)
    authority = _authority(plan, certificate)
    blueprint = scene.blueprint
    return [
        Manifest(f"{plan.name}/tls", secret, inside),
        Manifest(f"{plan.name}/authority", authority, inside),
    ], {
        "province": {"name": blueprint.title, "name_en": blueprint.title_en},
        "tls": {"secret": TLS_SECRET},
        "gateway": {"name": plan.gateway, "namespace": ingress.NAMESPACE},
        "hosts": list(plan.hosts),
        "authority": AUTHORITY,
    }


def _authority(plan: PlatformPlan, certificate: Certificate) -> dict[str, object]:
    """Whoever comes to the platform's pods holds their certificate against this."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": AUTHORITY, "namespace": plan.namespace},
        "data": {"ca.crt": certificate.chain.apply(chains.issuer)},
    }


def _database(
    _scene: Scene,
    plan: PlatformPlan,
    _certificate: Certificate | None,
    inside: pulumi.ResourceOptions,
) -> tuple[list[Manifest], Inputs]:
    users = [*DATABASE_USERS, *_tenants(plan)]
    own = Credentials(plan.name, users, database_names(pods.full_name(plan), plan.namespace))
    where, (tls, passwords) = plan.namespace, DATABASE_SECRETS
    texts = {user: own.passwords[user] for user in users}
    return [
        Manifest(f"{plan.name}/tls", space.among_themselves(where, tls, own), inside),
        Manifest(
            f"{plan.name}/passwords", space.secret(where, passwords, space.OPAQUE, texts), inside
        ),
    ], {"tls": {"secret": tls}, "passwords": {"secret": passwords}}


def _tenants(plan: PlatformPlan) -> list[str]:
    """Names that are none are refused by the chart's schema, which says where they stand."""
    named = plan.values.get("tenants")
    return [str(one) for one in named] if isinstance(named, Sequence) else []


def database_names(full: str, namespace: str) -> list[str]:
    """Names of a database's services and pods; the first is what its parts are known by.

    Args:
        full: The name of its objects.
        namespace: Theirs.
    """
    services = [full, f"{full}-replicas", f"{full}-repository", f"*.{full}-pods"]
    return [full, *(f"{one}.{namespace}.svc" for one in services)]


def _messaging(
    _scene: Scene,
    plan: PlatformPlan,
    certificate: Certificate | None,
    inside: pulumi.ResourceOptions,
) -> tuple[list[Manifest], Inputs]:
    users = brokers.users(plan.values)
    own = Credentials(plan.name, users, messaging_names(pods.full_name(plan), plan.namespace))
    where, (tls, passwords, outer) = plan.namespace, MESSAGING_SECRETS
    texts = {user: own.passwords[user] for user in users}
    secrets = {
        "tls": space.among_themselves(where, tls, own),
        "passwords": space.secret(where, passwords, space.OPAQUE, texts),
    }
    inputs: Inputs = {"tls": {"secret": tls}, "passwords": {"secret": passwords}}
    if certificate:
        # Communes come from outside, and trust the province's authority.
        secrets["outer-tls"] = space.certified(where, outer, certificate)
        inputs["tls"]["outer"] = outer
    made = [Manifest(f"{plan.name}/{name}", one, inside) for name, one in secrets.items()]
    return made, inputs


def messaging_names(full: str, namespace: str) -> list[str]:
    """Names of a broker's service and pods; the first is what its parts are known by.

    Args:
        full: The name of its objects.
        namespace: Theirs.
    """
    return [full, *(f"{one}.{namespace}.svc" for one in (full, f"*.{full}-pods"))]


GIVEN: Mapping[
    str,
    Callable[
        [Scene, PlatformPlan, Certificate | None, pulumi.ResourceOptions],
        tuple[list[Manifest], Inputs],
    ],
] = {"portal": _portal, "database": _database, "messaging": _messaging}
"""What each chart is given beside the values of the province's file: secrets, and their names."""
