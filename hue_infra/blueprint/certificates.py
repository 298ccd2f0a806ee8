"""Certificates that the province CA must issue: one a machine, one a platform with hosts."""

from collections.abc import Iterator

from hue_infra.blueprint.dns import service_names
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.plan import Certificate, ClusterPlan


def certificates(draft: Draft, clusters: tuple[ClusterPlan, ...]) -> Iterator[Certificate]:
    """Every certificate with the names and addresses it must hold."""
    api = {
        cluster.control_plane[0]: cluster.api_names[0]
        for cluster in clusters
        if not cluster.shares_address
    }
    for machine in draft.machines:
        names = (machine.fqdn, machine.name, *service_names(draft, machine))
        if machine.name in api:
            names = (*names, api[machine.name])
        addresses = tuple(
            address for port in machine.interfaces for address in (port.ipv4, port.ipv6)
        )
        yield Certificate(machine.name, names, addresses)
    published = {one.name: one for one in draft.publications}
    for name, platform in draft.province.platforms.items():
        if platform.hosts:
            one = published.get(name)
            yield Certificate(name, platform.hosts, (one.ipv4, one.ipv6) if one else ())
