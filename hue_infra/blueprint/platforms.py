"""Clusters and platforms as they will run, and the addresses of the published ones."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from hue_infra.blueprint import machines, naming
from hue_infra.blueprint.addressing import published_addresses
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.flows import HTTPS, KUBERNETES_API
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.plan import (
    ClusterPlan,
    GatewayPlan,
    PlatformPlan,
    PoolPlan,
    Publication,
)
from hue_infra.blueprint.pool import Book
from hue_infra.model.province import Platform, Province
from hue_infra.words import say

GATEWAY_PORT = 30443
"""Port of a cluster's gateway on its machines; that of a level with machines of its own is as
many above it.  Kubernetes gives out 30000-32767."""


def wanted(province: Province) -> dict[str, str]:
    """Name and key path of every platform that asks for an address of its own."""
    return {
        name: f"platforms.{name}"
        for name, platform in province.platforms.items()
        if platform.published
    }


def virtual(province: Province, site: str) -> dict[str, str]:
    """Name of every address at *site* that goes with a cluster's API server, and a bearer of it."""
    return {
        _virtual(name): cluster.control_plane[0]
        for name, cluster in province.clusters.items()
        if cluster.site == site and len(cluster.control_plane) > 1
    }


def _virtual(cluster: str) -> str:
    # No machine's name has a colon.
    return f"api:{cluster}"


def clusters(draft: Draft) -> Iterator[ClusterPlan]:
    """Every cluster with the machines it runs on.

    Raises:
        PlacedError: A cluster names a machine that its site has not, or the machines in control
            stand in several zones.
    """
    allocations = draft.province.allocations
    for name, cluster in draft.province.clusters.items():
        control, workers, *apart = (
            tuple(_node(draft, name, cluster.site, where, node) for node in nodes)
            for where, nodes in cluster.groups
        )
        pools = zip(cluster.pools.items(), apart, strict=True)
        names = (f"{name}.{draft.domain}", *(draft.by_name[node].fqdn for node in control))
        yield ClusterPlan(
            name=name,
            level=cluster.level,
            control_plane=control,
            workers=workers,
            api_names=names,
            api_port=KUBERNETES_API,
            pods=allocations.pods,
            services=allocations.services,
            api_addresses=_api_addresses(draft, name, control),
            pools=tuple(PoolPlan(pool, one.level, nodes) for (pool, one), nodes in pools),
            gateways=tuple(_gateways(draft.province, name)),
        )


def _gateways(province: Province, cluster: str) -> Iterator[GatewayPlan]:
    """The gateways of *cluster*: one for each set of machines that run what is published."""
    behind: dict[int, list[str]] = {}
    for name, platform in province.platforms.items():
        if platform.published and platform.cluster == cluster:
            behind.setdefault(_apart(province, platform), []).append(name)
    for level, names in sorted(behind.items()):
        yield GatewayPlan(_gateway(level), level, GATEWAY_PORT + level, tuple(names))


def _gateway(level: int) -> str:
    return f"level-{level}" if level else "public"


def _apart(province: Province, platform: Platform) -> int:
    """The level of *platform* where its cluster has machines for that alone, else 0."""
    pools = province.clusters[platform.cluster].pools.values()
    return platform.level if any(pool.level == platform.level for pool in pools) else 0


def _api_addresses(
    draft: Draft, name: str, control: tuple[str, ...]
) -> tuple[IPv4Address, IPv6Address]:
    first = draft.by_name[control[0]]
    if len(control) == 1:
        return first.interfaces[0].ipv4, first.interfaces[0].ipv6
    zones = {draft.by_name[node].zone for node in control}
    if len(zones) > 1:
        raise PlacedError(
            say("blueprint.control-in-zones", cluster=name, zones=", ".join(sorted(zones))),
            f"clusters.{name}.control_plane",
            hint=say("blueprint.control-in-zones-hint"),
        )
    return machines.address(draft.lock.sites[first.site], first.zone, _virtual(name))


def _node(draft: Draft, cluster: str, site: str, where: tuple[str, ...], machine: str) -> str:
    name = naming.machine_name(site, machine)
    if name in draft.by_name:
        return name
    raise PlacedError(
        say("blueprint.no-node", cluster=cluster, machine=machine, site=site),
        ".".join(("clusters", cluster, *where)),
    )


def publications(province: Province, numbers: Book) -> Iterator[Publication]:
    """The published platforms, each at its address, translated to a node of its cluster."""
    for name in wanted(province):
        platform = province.platforms[name]
        cluster = province.clusters[platform.cluster]
        ipv4, ipv6 = published_addresses(province.allocations, numbers.held[name])
        node = cluster.takers(platform.level)[0]
        yield Publication(
            name=name,
            hosts=platform.hosts,
            ipv4=ipv4,
            ipv6=ipv6,
            port=HTTPS,
            machine=naming.machine_name(cluster.site, node),
            target_port=GATEWAY_PORT + _apart(province, platform),
        )


def platforms(draft: Draft) -> Iterator[PlatformPlan]:
    """Every platform as its chart will run it, in a namespace of its own."""
    for name, platform in draft.province.platforms.items():
        level = _apart(draft.province, platform)
        yield PlatformPlan(
            name=name,
            chart=platform.chart,
            cluster=platform.cluster,
            namespace=name,
            level=platform.level,
            hosts=platform.hosts,
            country=platform.country,
            gateway=_gateway(level) if platform.published else "",
            values=dict(platform.values),
            source=f"platforms.{name}",
            apart=level > 0,
        )
