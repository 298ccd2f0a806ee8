"""The part of a blueprint that the lab stands up on one machine."""

import dataclasses
from collections.abc import Collection

from hue_infra.blueprint.flows import LINK, MACHINE, PUBLISHED
from hue_infra.blueprint.plan import Blueprint, Flow


def realised(blueprint: Blueprint) -> Blueprint:
    """The same blueprint with only the lab's sites and what belongs to them.

    Addresses and names stay as they are; DNS, storage and materials are kept whole, for the
    lab answers for the whole province and buys nothing.
    """
    sites = {site.name for site in blueprint.sites if site.in_lab}
    machines = tuple(one for one in blueprint.machines if one.site in sites)
    names = {one.name for one in machines}
    ports = {port.segment for one in machines for port in one.interfaces}
    links = tuple(one for one in blueprint.links if {one.near.machine, one.far.machine} <= names)
    clusters = tuple(one for one in blueprint.clusters if names.issuperset(one.nodes))
    platforms = tuple(
        one for one in blueprint.platforms if one.cluster in {each.name for each in clusters}
    )
    known = {one.name for one in platforms}
    publications = tuple(one for one in blueprint.publications if one.name in known)
    sources = ports | {f"{LINK}{one.id}" for one in links} | {f"{MACHINE}{one}" for one in names}
    targets = names | {f"{PUBLISHED}{one.name}" for one in publications}
    return dataclasses.replace(
        blueprint,
        sites=tuple(site for site in blueprint.sites if site.in_lab),
        segments=tuple(one for one in blueprint.segments if one.id in ports),
        machines=machines,
        links=links,
        flows=_flows(blueprint.flows, sources, targets),
        publications=publications,
        certificates=tuple(one for one in blueprint.certificates if one.owner in names | known),
        cameras=tuple(one for one in blueprint.cameras if one.site in sites),
        rooms=tuple(one for one in blueprint.rooms if one.site in sites),
        clusters=clusters,
        platforms=platforms,
    )


def _flows(
    flows: tuple[Flow, ...], sources: Collection[str], targets: Collection[str]
) -> tuple[Flow, ...]:
    kept = (
        dataclasses.replace(
            flow,
            sources=tuple(one for one in flow.sources if one in sources),
            targets=tuple(one for one in flow.targets if one in targets),
        )
        for flow in flows
    )
    return tuple(flow for flow in kept if flow.sources and flow.targets)
