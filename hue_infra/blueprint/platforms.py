"""Clusters and platforms as they will run, and the addresses of the published ones."""

from collections.abc import Iterator

from hue_infra.blueprint import naming
from hue_infra.blueprint.addressing import published_addresses
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.flows import HTTPS, KUBERNETES_API
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.plan import ClusterPlan, PlatformPlan, Publication
from hue_infra.blueprint.pool import Book
from hue_infra.model.province import Allocations, Province
from hue_infra.words import say

NODE_PORTS = range(30443, 32768)
"""Ports that Kubernetes opens on its nodes for published platforms, by their place in the
published range; Kubernetes' own range is 30000-32767."""


def wanted(province: Province) -> dict[str, str]:
    """Name and key path of every platform that asks for an address of its own."""
    return {
        name: f"platforms.{name}"
        for name, platform in province.platforms.items()
        if platform.published
    }


def clusters(draft: Draft) -> Iterator[ClusterPlan]:
    """Every cluster with the machines it runs on.

    Raises:
        PlacedError: A cluster names a machine that its site has not.
    """
    allocations = draft.province.allocations
    for name, cluster in draft.province.clusters.items():
        groups = (("control_plane", cluster.control_plane), ("workers", cluster.workers))
        control, workers = (
            tuple(_node(draft, name, cluster.site, part, node) for node in nodes)
            for part, nodes in groups
        )
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
        )


def _node(draft: Draft, *where: str) -> str:
    cluster, site, part, machine = where
    name = naming.machine_name(site, machine)
    if name in draft.by_name:
        return name
    raise PlacedError(
        say("blueprint.no-node", cluster=cluster, machine=machine, site=site),
        f"clusters.{cluster}.{part}",
    )


def publications(province: Province, numbers: Book) -> Iterator[Publication]:
    """The published platforms, each at its address, translated to a node of its cluster."""
    for name in wanted(province):
        platform = province.platforms[name]
        cluster = province.clusters[platform.cluster]
        ipv4, ipv6 = published_addresses(province.allocations, numbers.held[name])
        node = (*cluster.workers, *cluster.control_plane)[0]
        yield Publication(
            name=name,
            hosts=platform.hosts,
            ipv4=ipv4,
            ipv6=ipv6,
            port=HTTPS,
            machine=naming.machine_name(cluster.site, node),
            target_port=_node_port(province.allocations, numbers.held[name]),
        )


def _node_port(allocations: Allocations, number: int) -> int:
    return NODE_PORTS[number - int(allocations.published.network_address) - 1]


def platforms(draft: Draft) -> Iterator[PlatformPlan]:
    """Every platform as its chart will run it, in a namespace of its own."""
    ports = {one.name: one.target_port for one in draft.publications}
    for name, platform in draft.province.platforms.items():
        yield PlatformPlan(
            name=name,
            chart=platform.chart,
            cluster=platform.cluster,
            namespace=name,
            level=platform.level,
            hosts=platform.hosts,
            country=platform.country,
            node_port=ports.get(name),
            values=dict(platform.values),
            source=f"platforms.{name}",
        )
