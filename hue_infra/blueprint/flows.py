"""Which conversations between zones are allowed; whatever stands not here is dropped.

Default deny in both directions: TCVN 14423:2026 5.12.2.4d. Administration only
from the data centre's management zones: 5.12.2.5. Databases only from servers of
their own site, never from the DMZ: 5.12.2.2b. Cameras reach names, time and
their recorder only: TT 06/2026/TT-BKHCN, Điều 8.3 and TCVN 14423:2026 5.12.2.4d.
"""

from collections.abc import Iterable, Iterator

from hue_infra.blueprint import naming
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.plan import OBSERVABILITY, Flow, Link, Machine, Protocol
from hue_infra.model.kinds import ZoneKind
from hue_infra.model.province import Cluster

DNS = 53
NTP = 123
SYSLOG_TLS = 6514
ENROLMENT = 8443
SSH = 22
HTTPS = 443
KUBERNETES_API = 6443
KUBELET = 10250
FIGURES = 9100
ETCD = (2379, 2380)
VXLAN = 4789
SIP_TLS = 5061
CONFERENCE_MEDIA = 10000
RTSPS = 322
POSTGRESQL = 5432

PUBLISHED = "published:"
LINK = "link:"
MACHINE = "machine:"
ANY = "*"
"""In a flow of the file: every zone, every machine."""

STAFF_ZONES = (ZoneKind.INTERNAL, ZoneKind.SERVER, ZoneKind.MANAGEMENT)
"""Zones whose people and machines use the province's services."""

GUEST_ZONES = (ZoneKind.BORDER, ZoneKind.WIRELESS)
"""Zones of strangers: no service inside is for them but what is published."""


def flows(draft: Draft, links: tuple[Link, ...]) -> tuple[Flow, ...]:
    """Every allowed conversation; one with no source or no target is left out."""
    found = (
        *_services(draft, links),
        *_administration(draft),
        *_published(draft),
        *_routing(draft, links),
        *_media(draft),
        *_databases(draft),
        *_declared(draft),
    )
    return tuple(flow for flow in found if flow.sources and flow.targets)


def _names(machines: Iterable[Machine]) -> tuple[str, ...]:
    return tuple(machine.name for machine in machines)


def _services(draft: Draft, links: tuple[Link, ...]) -> Iterator[Flow]:
    """What every zone needs: names and time; what every machine needs: log and certificates."""
    # A router speaks from its address on a link, unless its routes say otherwise.
    routers = tuple(f"{LINK}{link.id}" for link in links)
    homes = {machine.interfaces[0].segment for machine in draft.machines}
    hosts = (*(one.id for one in draft.segments if one.id in homes), *routers)
    inside = (one.id for one in draft.segments if one.kind not in GUEST_ZONES)
    known = (*inside, *routers)
    dns = _names(draft.with_role("dns"))
    yield Flow("dns-udp", known, dns, "udp", (DNS,), "blueprint.flow-resolve")
    yield Flow("dns-tcp", known, dns, "tcp", (DNS,), "blueprint.flow-resolve")
    time = _names(draft.with_role("time"))
    yield Flow("time", known, time, "udp", (NTP,), "blueprint.flow-time")
    log = _names(draft.with_role("log"))
    yield Flow("log", hosts, log, "tcp", (SYSLOG_TLS,), "blueprint.flow-log")
    pki = _names(draft.with_role("pki"))
    yield Flow("enrol", hosts, pki, "tcp", (ENROLMENT,), "blueprint.flow-enrol")


def _administration(draft: Draft) -> Iterator[Flow]:
    """From the data centre's management zones: shell, cluster interface, diagnosis."""
    managers = tuple(
        one
        for one in draft.of_kind(ZoneKind.MANAGEMENT)
        if draft.segment[one].site in draft.centres
    )
    everything = _names(draft.machines)
    yield Flow("ssh", managers, everything, "tcp", (SSH,), "blueprint.flow-shell")
    yield from _clusters(draft, managers)
    yield from _figures(draft)
    yield Flow("ping", managers, everything, "icmp", (), "blueprint.flow-diagnose")


def _clusters(draft: Draft, managers: tuple[str, ...]) -> Iterator[Flow]:
    """To a cluster's interface from the managers, and among its machines when it has several."""
    for name, cluster in draft.province.clusters.items():
        control, *_ = groups = _groups(cluster)
        nodes = tuple(node for some in groups for node in some)
        each = tuple(f"{MACHINE}{node}" for node in nodes)
        several = each if len(nodes) > 1 else ()
        yield Flow(
            f"cluster-{name}",
            (*managers, *several),
            control,
            "tcp",
            (KUBERNETES_API,),
            "blueprint.flow-cluster",
        )
        if several:
            yield from _nodes(name, each[: len(control)], control, each, nodes)
            # What watches a cluster asks every kubelet, from whichever machine it runs on.
            askers = each if _is_watched(draft, name) else each[: len(control)]
            why = "blueprint.flow-kubelet"
            yield Flow(f"kubelet-{name}", askers, nodes, "tcp", (KUBELET,), why)


def _groups(cluster: Cluster) -> list[tuple[str, ...]]:
    """The machines of a cluster as its file groups them, those in control first."""
    return [
        tuple(naming.machine_name(cluster.site, node) for node in some)
        for _, some in cluster.groups
    ]


def _is_watched(draft: Draft, cluster: str) -> bool:
    """Whether something in *cluster* watches it, and with it the province."""
    platforms = draft.province.platforms.values()
    return any(one.chart == OBSERVABILITY and one.cluster == cluster for one in platforms)


def _figures(draft: Draft) -> Iterator[Flow]:
    """From the machines of a cluster that watches the province to every machine."""
    everything = _names(draft.machines)
    for name, cluster in draft.province.clusters.items():
        if _is_watched(draft, name):
            nodes = (node for some in _groups(cluster) for node in some)
            sources = tuple(f"{MACHINE}{node}" for node in nodes)
            why = "blueprint.flow-figures"
            yield Flow(f"figures-{name}", sources, everything, "tcp", (FIGURES,), why)


def _nodes(
    name: str,
    from_control: tuple[str, ...],
    control: tuple[str, ...],
    from_each: tuple[str, ...],
    nodes: tuple[str, ...],
) -> Iterator[Flow]:
    """Among the machines of one cluster."""
    yield Flow(
        f"pods-{name}", from_each, nodes, "udp", (VXLAN,), "blueprint.flow-pods", is_silent=True
    )
    if len(control) > 1:
        yield Flow(f"etcd-{name}", from_control, control, "tcp", ETCD, "blueprint.flow-etcd")
        yield Flow(
            f"address-{name}",
            from_control,
            control,
            "vrrp",
            (),
            "blueprint.flow-address",
            is_silent=True,
        )


def _published(draft: Draft) -> Iterator[Flow]:
    """From the public and from every staff zone to each published service."""
    sources = draft.of_kind(ZoneKind.BORDER, *STAFF_ZONES)
    for one in draft.publications:
        target = f"{PUBLISHED}{one.name}"
        yield Flow(
            f"published-{one.name}",
            sources,
            (target,),
            "tcp",
            (one.port,),
            "blueprint.flow-published",
        )


def _routing(draft: Draft, links: tuple[Link, ...]) -> Iterator[Flow]:
    """Routers may ask their neighbour whether the line between them is alive."""
    routers = tuple(dict.fromkeys(end.machine for link in links for end in (link.far, link.near)))
    sources = tuple(f"{LINK}{link.id}" for link in links)
    yield Flow("routing-ping", sources, routers, "icmp", (), "blueprint.flow-routing")


def _media(draft: Draft) -> Iterator[Flow]:
    """From meeting rooms to the conference bridge, from cameras to the recorder."""
    rooms = draft.of_kind(ZoneKind.CONFERENCE)
    bridges = _names(draft.with_role("bridge"))
    meeting: tuple[tuple[str, Protocol, int], ...] = (
        ("meeting-call", "tcp", SIP_TLS),
        ("meeting-media", "udp", CONFERENCE_MEDIA),
    )
    for name, protocol, port in meeting:
        yield Flow(name, rooms, bridges, protocol, (port,), "blueprint.flow-meeting")
    cameras = draft.of_kind(ZoneKind.CAMERA)
    recorders = _names(draft.with_role("recorder"))
    yield Flow("recording", cameras, recorders, "tcp", (RTSPS,), "blueprint.flow-recording")


def _databases(draft: Draft) -> Iterator[Flow]:
    """From a site's server zones to the databases of the same site."""
    databases: dict[str, list[str]] = {}
    for machine in draft.machines:
        if not machine.is_router and _home_kind(draft, machine) is ZoneKind.DATABASE:
            databases.setdefault(machine.site, []).append(machine.name)
    servers = draft.of_kind(ZoneKind.SERVER)
    for site, names in databases.items():
        sources = tuple(one for one in servers if draft.segment[one].site == site)
        yield Flow(
            f"database-{site}",
            sources,
            tuple(names),
            "tcp",
            (POSTGRESQL,),
            "blueprint.flow-database",
        )


def _home_kind(draft: Draft, machine: Machine) -> ZoneKind:
    return draft.segment[machine.interfaces[0].segment].kind


def _declared(draft: Draft) -> Iterator[Flow]:
    """What the file allows beside; sites and machines that are not of the date are left out."""
    for name, flow in draft.province.flows.items():
        sources = dict.fromkeys(one for text in flow.sources for one in _sources(draft, text))
        names = tuple(draft.by_name) if ANY in flow.targets else flow.targets
        yield Flow(
            id=f"declared-{name}",
            sources=tuple(sources),
            targets=tuple(one for one in names if one in draft.by_name),
            protocol=flow.protocol,
            ports=flow.ports,
            why="blueprint.flow-declared",
            reason=flow.reason,
            source=f"flows.{name}",
        )


def _sources(draft: Draft, text: str) -> tuple[str, ...]:
    """Segments that a source of the file means: a zone, a zone of every site of a class, all."""
    if text == ANY:
        return tuple(draft.segment)
    kind, colon, zone = text.partition(":")
    if not colon:
        return (text,) if text in draft.segment else ()
    of_class = (f"{site.name}/{zone}" for site in draft.sites if site.kind == kind)
    return tuple(one for one in of_class if one in draft.segment)
