"""Rules about platforms, systems and images."""

import re
from collections.abc import Iterator, Sequence

from hue_infra.model.administration import codenames, is_known, units_at
from hue_infra.model.document import Problem, Values
from hue_infra.model.draft import Draft
from hue_infra.model.kinds import Access, ZoneKind
from hue_infra.model.mismatch import shown
from hue_infra.model.province import SiteClass

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_REGISTRY = re.compile(r"[a-z0-9.-]+\.[a-z]{2,63}(:\d{1,5})?(/[a-z0-9._/-]+)?")

TAKEN = ("default", "ingress")
"""Namespaces of Kubernetes' own, and of the gateways of a cluster."""
UNSEEN = ("database", "gateway", "iot", "messaging")
"""Charts that answer no browser, which is what the door of a cluster leads in."""


def clusters_exist(draft: Draft) -> Iterator[Problem]:
    """A platform runs on a cluster that the file has."""
    for name, platform in draft.province.platforms.items():
        path = ("platforms", name, "cluster")
        yield from draft.unknown(path, platform.cluster, "cluster", ("clusters",))


def clusters_are_safe_enough(draft: Draft) -> Iterator[Problem]:
    """No platform runs on a cluster of a lower level than its own."""
    for name, platform in draft.province.platforms.items():
        cluster = draft.province.clusters.get(platform.cluster)
        if cluster is not None and cluster.level < platform.level:
            values: Values = {
                "level": platform.level,
                "name": platform.cluster,
                "lower": cluster.level,
            }
            yield Problem(("platforms", name, "level"), "level-too-high", values)


def namespaces_are_free(draft: Draft) -> Iterator[Problem]:
    """A platform has a namespace of its own name, which must not be another's."""
    for name in draft.province.platforms:
        if name in TAKEN or name.startswith("kube-"):
            yield Problem(("platforms", name), "platform-name-taken", {"name": name})


def published_from_a_dmz(draft: Draft) -> Iterator[Problem]:
    """What the public reaches runs on machines of a DMZ (TCVN 14423, x.12.2.1b)."""
    for name, platform in draft.province.platforms.items():
        path = ("platforms", name, "published")
        cluster = draft.province.clusters.get(platform.cluster)
        if not platform.published or cluster is None:
            continue
        if not platform.hosts:
            yield Problem(path, "published-without-host", {"name": name})
        if platform.chart in UNSEEN:
            yield Problem(path, "published-unseen", {"chart": platform.chart})
        entry = draft.province.sites.get(cluster.site)
        base = draft.province.site_classes.get(entry.kind) if entry else None
        if base is not None and not _reaches_dmz(cluster.takers(platform.level), base):
            yield Problem(path, "published-without-dmz", {"cluster": platform.cluster})


def _reaches_dmz(takers: Sequence[str], base: SiteClass) -> bool:
    """Whether a node that takes the platform stands in a DMZ; one not known is no fault here."""
    nodes = [base.machines.get(name) for name in takers]
    zones = [base.zones.get(node.zone) if node else None for node in nodes]
    return any(zone is None or zone.kind is ZoneKind.DMZ for zone in zones)


def hosts_belong_to_the_province(draft: Draft) -> Iterator[Problem]:
    """A platform's names lie in the province's domain, and no two platforms share one."""
    domain = draft.province.province.domain
    first: dict[str, str] = {}
    for name, platform in draft.province.platforms.items():
        for index, host in enumerate(platform.hosts):
            path = ("platforms", name, "hosts", index)
            values = {"host": shown(host), "domain": domain}
            if not _HOST.fullmatch(host):
                yield Problem(path, "host-form", values)
            elif host != domain and not host.endswith(f".{domain}"):
                yield Problem(path, "host-elsewhere", values)
            elif host in first:
                yield Problem(path, "host-twice", {"host": host, "first": first[host]})
            first.setdefault(host, name)


def zones_of_systems_exist(draft: Draft) -> Iterator[Problem]:
    """A system lives in zones of the data centre."""
    kinds = [
        kind
        for kind, base in draft.province.site_classes.items()
        if base.access is Access.DATA_CENTRE
    ]
    if not kinds:
        return
    section = ("site_classes", kinds[0], "zones")
    for name, system in draft.province.systems.items():
        for index, zone in enumerate(system.zones):
            yield from draft.unknown(("systems", name, "zones", index), zone, "zone", section)


def flows_join_what_exists(draft: Draft) -> Iterator[Problem]:
    """A declared flow leads from zones to machines that some site has."""
    zones, machines = _ends(draft)
    for name, flow in draft.province.flows.items():
        for index, source in enumerate(flow.sources):
            if source != "*" and source not in zones:
                path = ("flows", name, "sources", index)
                yield draft.missing(path, source, "flow-source", zones)
        for index, target in enumerate(flow.targets):
            if target != "*" and target not in machines:
                path = ("flows", name, "targets", index)
                yield draft.missing(path, target, "machine", machines)


def _ends(draft: Draft) -> tuple[list[str], list[str]]:
    """What flows may lead from and to; machines of units' sites by the names of the day."""
    document, zones, machines = draft.document, [], []
    for kind in document.names("site_classes"):
        zones += [f"{kind}:{zone}" for zone in document.names("site_classes", kind, "zones")]
    for site, kind in _sites(draft):
        zones += [f"{site}/{zone}" for zone in document.names("site_classes", kind, "zones")]
        own = document.names("sites", site, "machines")
        own += document.names("site_classes", kind, "machines")
        machines += [f"{site}-{machine}" for machine in own]
    return zones, machines


def _sites(draft: Draft) -> Iterator[tuple[str, str]]:
    for name, entry in draft.province.sites.items():
        yield name, entry.kind
    code = draft.province.province.code
    if is_known(code):
        tiers = {unit.code: unit.tier for unit in units_at(code, draft.date)}
        for unit, name in codenames(code, draft.date).items():
            if tiers[unit] in draft.province.units:
                yield name, draft.province.units[tiers[unit]].kind


def registries_are_hosts(draft: Draft) -> Iterator[Problem]:
    """A registry is written as images name it: no scheme, no star."""
    for index, registry in enumerate(draft.province.images.allowed):
        if not _REGISTRY.fullmatch(registry):
            path = ("images", "allowed", index)
            yield Problem(path, "registry-form", {"value": shown(registry)})
