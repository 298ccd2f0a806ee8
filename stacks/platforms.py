"""Platforms in a cluster: what a chart is given beside the file's values, the chart's objects."""

from collections.abc import Callable, Mapping, Sequence

import pulumi

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.providers.certificates import Certificate
from hue_infra.providers.credentials import Credentials
from hue_infra.stacks import ingress, observability
from hue_infra.stacks.clusters import Cluster
from hue_infra.stacks.components import chart, space
from hue_infra.stacks.components.manifest import Manifest
from hue_infra.stacks.machines import Ground
from hue_infra.stacks.place import AUTHORITY, Given, Inputs, Place
from hue_infra.stacks.scene import Scene
from hue_infra.tools import platform_images
from hue_infra.verify import brokers, objectstores, pods, sensors, sharing

CERTIFICATE_DAYS = 90
CERTIFICATE_PROFILE = "machine"
"""For servers and for clients: the cluster shows a certificate to the authority to renew it."""
TLS_SECRET = "portal-tls"  # noqa: S105 - the name of an object, not a secret
DATABASE_SECRETS = ("database-tls", "database-passwords")
DATABASE_USERS = ("api", "replication", "rewind")
"""Whom the parts of a database are among themselves; its tenants come from the province's file."""
MESSAGING_SECRETS = ("messaging-tls", "messaging-passwords", "messaging-outer-tls")
OBJECTS_SECRETS = ("objects-tls", "objects-passwords")
IOT_SECRETS = ("iot-tls", "iot-passwords", "iot-outer-tls")
GATEWAY_TLS = "gateway-tls"
BY_THEMSELVES = ("database", "objects")
"""Charts whose parts, and clients inside the cluster, know them by what is made for it alone."""
ALWAYS_CERTIFIED = (observability.CHART, sharing.CHART)
"""Charts that show a certificate of the province's authority to those whom they ask."""


def is_certified(plan: PlatformPlan) -> bool:
    """Whether a platform has a certificate of the province's authority: for clients, or as one."""
    known = plan.chart not in BY_THEMSELVES
    return plan.chart in ALWAYS_CERTIFIED or bool(plan.gateway or (plan.hosts and known))


def certify(scene: Scene, plan: PlatformPlan, ground: Ground) -> Certificate:
    """The certificate of a platform's hosts, by the province's authority."""
    authority = scene.with_role("pki")[0]
    props = {
        "names": list(plan.hosts) or [f"{plan.name}.{scene.blueprint.domain}"],
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
    certificates: Mapping[str, Certificate],
) -> None:
    """Deploy one platform into its *namespace*."""
    inside = pulumi.ResourceOptions(provider=cluster.provider, depends_on=[namespace])
    place = Place(scene, plan, cluster.plan, certificates, inside)
    given, inputs = GIVEN.get(plan.chart, _portal)(place)
    watched = observability.watched(scene.blueprint, plan.cluster, plan.chart)
    values = {**watched, **plan.values, **inputs, **_placement(plan)}
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


def _portal(place: Place) -> Given:
    plan, certificate = place.plan, place.certificate
    assert certificate is not None  # noqa: S101 - a portal has hosts
    blueprint = place.scene.blueprint
    objects = {
        "tls": space.certified(plan.namespace, TLS_SECRET, certificate),
        "authority": place.authority(certificate),
    }
    return place.put(objects), {
        "province": {"name": blueprint.title, "name_en": blueprint.title_en},
        "tls": {"secret": TLS_SECRET},
        "gateway": {"name": plan.gateway, "namespace": ingress.NAMESPACE},
        "hosts": list(plan.hosts),
        "authority": AUTHORITY,
    }


def _database(place: Place) -> Given:
    plan = place.plan
    users = [*DATABASE_USERS, *_tenants(plan)]
    names = database_names(pods.full_name(plan), plan.namespace)
    objects, inputs = _of_its_own(plan, users, names, DATABASE_SECRETS)
    return place.put(objects), inputs


def _of_its_own(
    plan: PlatformPlan, users: Sequence[str], names: Sequence[str], secrets: Sequence[str]
) -> tuple[dict[str, dict[str, object]], Inputs]:
    """What a platform's parts and users know each other by, and the values that name it.

    Args:
        plan: The platform.
        users: Whom a password is for.
        names: What its parts are known by.
        secrets: The names of the secret with the certificate, and of that with the passwords.
    """
    tls, passwords = secrets
    own = Credentials(plan.name, users, names)
    texts = {user: own.passwords[user] for user in users}
    objects = {
        "tls": space.among_themselves(plan.namespace, tls, own),
        "passwords": space.secret(plan.namespace, passwords, space.OPAQUE, texts),
    }
    return objects, {"tls": {"secret": tls}, "passwords": {"secret": passwords}}


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


def _messaging(place: Place) -> Given:
    return _broker(place, brokers.users(place.plan.values), MESSAGING_SECRETS)


def _iot(place: Place) -> Given:
    manifests, inputs = _broker(place, sensors.users(place.plan.values), IOT_SECRETS)
    # No device stands in a lab, unless the file says that one does.
    simulated = place.plan.values.get("simulated", place.scene.target == "lab")
    return manifests, {**inputs, "simulated": simulated}


def _broker(place: Place, users: Sequence[str], secrets: Sequence[str]) -> Given:
    """A broker that is spoken to from inside the cluster, and by its hosts from outside."""
    plan, certificate = place.plan, place.certificate
    names = broker_names(pods.full_name(plan), plan.namespace)
    *own, outer = secrets
    objects, inputs = _of_its_own(plan, users, names, own)
    if certificate:
        # Communes and devices come from outside, and trust the province's authority.
        objects["outer-tls"] = space.certified(plan.namespace, outer, certificate)
        inputs["tls"]["outer"] = outer
    return place.put(objects), inputs


def broker_names(full: str, namespace: str) -> list[str]:
    """Names of a broker's service and pods; the first is what its parts are known by.

    Args:
        full: The name of its objects.
        namespace: Theirs.
    """
    return [full, *(f"{one}.{namespace}.svc" for one in (full, f"*.{full}-pods"))]


def _gateway(place: Place) -> Given:
    plan, certificate = place.plan, place.certificate
    assert certificate is not None  # noqa: S101 - it is among those always certified
    objects = {
        "tls": space.certified(plan.namespace, GATEWAY_TLS, certificate),
        "authority": place.authority(certificate),
    }
    return place.put(objects), {
        "tls": {"secret": GATEWAY_TLS},
        "authority": AUTHORITY,
        "prover": place.scene.blueprint.machine(place.cluster.control_plane[0]).fqdn,
    }


def _objects(place: Place) -> Given:
    plan = place.plan
    names = object_names(pods.full_name(plan), plan.namespace)
    users = objectstores.users(plan.values)
    objects, inputs = _of_its_own(plan, users, names, OBJECTS_SECRETS)
    return place.put(objects), {
        **inputs,
        "gateway": {"name": plan.gateway, "namespace": ingress.NAMESPACE},
        "hosts": list(plan.hosts) if plan.gateway else [],
    }


def object_names(full: str, namespace: str) -> list[str]:
    """Names of an object store's service; the first is what its parts are known by.

    Args:
        full: The name of its objects.
        namespace: Theirs.
    """
    return [full, f"{full}.{namespace}.svc"]


GIVEN: Mapping[str, Callable[[Place], Given]] = {
    "portal": _portal,
    "database": _database,
    sharing.CHART: _gateway,
    "iot": _iot,
    "messaging": _messaging,
    "objects": _objects,
    observability.CHART: observability.given,
}
"""What each chart is given beside the values of the province's file: secrets, and their names."""
