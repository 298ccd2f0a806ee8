"""What watches a cluster: whom it asks, which pages it opens, who may see its board."""

import base64
import hashlib
from collections.abc import Iterator, Mapping

from hue_infra.blueprint.plan import INGRESS, OBSERVABILITY, Blueprint, PlatformPlan
from hue_infra.providers.credentials import Credentials
from hue_infra.stacks.components import space
from hue_infra.stacks.place import AUTHORITY, Given, Inputs, Place
from hue_infra.verify import pods
from hue_infra.verify.acceptance import FOR_THOSE_IT_KNOWS

CHART = OBSERVABILITY
TLS, CLIENT = "observability-tls", "observability-client"
USERS, PASSWORDS = "observability-users", "observability-passwords"
OPERATORS = ("operators",)
"""Who sees the board where the file names nobody."""
Source = tuple[str, str, str]
TOLD: Mapping[str, tuple[Source, ...]] = {
    "database": (("-pods", "api", "/metrics"),),
    "gateway": (("-pods", "state", "/metrics"),),
    "iot": (("-readings", "state", "/metrics"),),
}
"""Where a chart's pods tell Prometheus of themselves: the end of a headless service's name, the
name of its port, the path."""
OF_GATEWAYS: tuple[Source, ...] = (
    ("-metrics", "metrics", "/metrics"),
    ("-envoy-metrics", "metrics", "/stats/prometheus"),
)


def watched(blueprint: Blueprint, cluster: str, chart: str) -> Inputs:
    """Values by which what runs in *cluster* lets in whoever watches it."""
    if chart not in {*TOLD, INGRESS}:
        return {}
    watchers = (one.namespace for one in _on(blueprint, cluster) if one.chart == CHART)
    return {"monitoring": {"namespace": next(watchers, "")}}


def given(place: Place) -> Given:
    """Secrets of the watcher, and whom and what it watches."""
    plan, blueprint, certificate = place.plan, place.scene.blueprint, place.certificate
    assert certificate is not None  # noqa: S101 - machines ask who asks
    users = names_of_users(plan.values)
    full = pods.full_name(plan)
    own = Credentials(plan.name, users, [full, f"{full}.{plan.namespace}.svc"])
    texts = {user: own.passwords[user] for user in users}
    board = own.passwords.apply(lambda known: htpasswd({user: known[user] for user in users}))
    objects = {
        "tls": space.among_themselves(plan.namespace, TLS, own),
        "users": space.secret(plan.namespace, USERS, space.OPAQUE, {".htpasswd": board}),
        "passwords": space.secret(plan.namespace, PASSWORDS, space.OPAQUE, texts),
        "client": space.certified(plan.namespace, CLIENT, certificate),
        "authority": place.authority(certificate),
    }
    return place.put(objects), {
        "watches": f"{blueprint.title} · {plan.cluster}",
        "machines": list(_machines(place)),
        "platforms": list(_platforms(place)),
        "exporters": [{"name": one.name, "host": one.fqdn} for one in blueprint.machines],
        "pages": list(_pages(place)),
        "authority": AUTHORITY,
        "client": {"secret": CLIENT},
        "tls": {"secret": TLS},
        "gateway": {"name": plan.gateway, "namespace": INGRESS},
        "hosts": list(plan.hosts) if plan.gateway else [],
        "users": {"names": users, "secret": USERS},
    }


def names_of_users(values: Mapping[str, object]) -> list[str]:
    """Who may see the board; names that are none are refused by the chart's schema."""
    users = values.get("users")
    named = users.get("names") if isinstance(users, Mapping) else None
    return [str(one) for one in (named if isinstance(named, list) else OPERATORS)]


def htpasswd(passwords: Mapping[str, str]) -> str:
    """Users and the hashes of their passwords, as the gateway reads them.

    It knows SHA-1 alone, which is enough for texts of 256 random bits and for nothing else.
    """
    digests = {
        user: base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()
        for user, text in passwords.items()
    }
    return "".join(f"{user}:{{SHA}}{digest}\n" for user, digest in sorted(digests.items()))


def _on(blueprint: Blueprint, cluster: str) -> Iterator[PlatformPlan]:
    return (one for one in blueprint.platforms if one.cluster == cluster)


def _machines(place: Place) -> Iterator[Inputs]:
    for name in place.cluster.nodes:
        address = place.scene.blueprint.machine(name).interfaces[0].ipv4
        control = name in place.cluster.control_plane
        yield {"name": name, "address": str(address), "control": control}


def _platforms(place: Place) -> Iterator[Inputs]:
    for one in _on(place.scene.blueprint, place.plan.cluster):
        for source in TOLD.get(one.chart, ()):
            yield _asked(one.namespace, pods.full_name(one), source)
    for source in OF_GATEWAYS if place.cluster.gateways else ():
        yield _asked(INGRESS, INGRESS, source)


def _asked(namespace: str, full: str, source: Source) -> Inputs:
    end, port, path = source
    return {"namespace": namespace, "service": f"{full}{end}", "port": port, "path": path}


def _pages(place: Place) -> Iterator[Inputs]:
    for one in _on(place.scene.blueprint, place.plan.cluster):
        for host in one.hosts if one.gateway else ():
            yield {
                "host": host,
                "gateway": one.gateway,
                "namespace": INGRESS,
                "closed": one.chart in FOR_THOSE_IT_KNOWS or bool(one.values.get("clients")),
            }
