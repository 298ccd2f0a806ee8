"""What Ansible must make of each machine: its roles in order, with their variables.

Pure: the same blueprint gives the same calls, so that their hash tells whether a machine
must be configured anew.
"""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hue_infra.blueprint import filtering
from hue_infra.blueprint.flows import FIGURES
from hue_infra.blueprint.plan import (
    OBSERVABILITY,
    Blueprint,
    DnsZone,
    Link,
    LinkEnd,
    Machine,
    Record,
)

RETENTION_DAYS = {1: 30, 2: 30, 3: 90, 4: 180, 5: 365}
"""Days logs are kept by the highest level served (TCVN 14423:2026, x.8.2.1a)."""

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "base": ("openssh-server", "sudo", "procps", "python3-apt", "ca-certificates"),
    "routing": ("iproute2",),
    "firewall": ("nftables", "ulogd2"),
    "time_sync": ("chrony",),
    "dns": ("knot", "knot-dnsutils", "unbound"),
    "pki": ("openssl", "curl", "ca-certificates"),
    "pki_authority": ("python3-cryptography",),
    "logging": ("rsyslog", "rsyslog-gnutls"),
    "figures": ("prometheus-node-exporter", "curl"),
}
"""Debian packages that each role needs; ``base`` installs them all at once."""

LEVEL = 3
"""Level of a province's shared infrastructure (NĐ 331/2026, Điều 13.3)."""


@dataclass(frozen=True)
class RoleCall:
    """One role with the variables it is given."""

    role: str
    variables: dict[str, object]

    @functools.cached_property
    def text(self) -> str:
        """The variables as JSON."""
        return json.dumps(self.variables, sort_keys=True)


def role_calls(
    blueprint: Blueprint, machine: Machine, kubernetes: Mapping[str, object] | None = None
) -> tuple[RoleCall, ...]:
    """The roles of *machine* in the order they run.

    Args:
        blueprint: The province, whole or as the lab realises it.
        machine: One of its machines.
        kubernetes: What role ``kubernetes`` needs and no blueprint knows: programs, images,
            versions. Without it a cluster's node is left without its cluster.
    """
    found = [
        RoleCall(role, variables(blueprint, machine))
        for role, is_wanted, variables in ROLES
        if is_wanted(blueprint, machine)
    ]
    roles = ["base", *(call.role for call in found)]
    if machine == _first(blueprint, "pki"):
        roles.append("pki_authority")
    packages = {name for role in roles for name in PACKAGES.get(role, ())}
    base = RoleCall("base", {**_base(blueprint, machine), "base_packages": sorted(packages)})
    cluster = _kubernetes(blueprint, machine) if kubernetes is not None else None
    last = (RoleCall("kubernetes", {**cluster, **(kubernetes or {})}),) if cluster else ()
    return (base, *found, *last)


def authority(blueprint: Blueprint) -> Machine | None:
    """The machine that holds the province's certificate authority."""
    return _first(blueprint, "pki")


def _first(blueprint: Blueprint, role: str) -> Machine | None:
    return next(iter(_with(blueprint, role)), None)


def _with(blueprint: Blueprint, role: str) -> tuple[Machine, ...]:
    return _by_role(filtering.Same(blueprint)).get(role, ())


# Each machine asks for the servers of all the others.
@functools.lru_cache(maxsize=2)
def _by_role(same: filtering.Same) -> dict[str, tuple[Machine, ...]]:
    found: dict[str, list[Machine]] = {}
    for machine in same.blueprint.machines:
        for role in machine.roles:
            found.setdefault(role, []).append(machine)
    return {role: tuple(machines) for role, machines in found.items()}


def _addresses(machines: Iterable[Machine]) -> list[str]:
    return [str(machine.interfaces[0].ipv4) for machine in machines]


def _prefixes(blueprint: Blueprint) -> list[str]:
    """All that is the province's: the same whatever sites it has today."""
    return list(map(str, blueprint.ranges))


def _names(blueprint: Blueprint, machine: Machine) -> list[str]:
    """Names of the machine's certificate inside the province's domain, its full name first."""
    given = _certified(filtering.Same(blueprint)).get(machine.name, [])
    inside = [name for name in given if name.endswith(f".{blueprint.domain}")]
    return list(dict.fromkeys([machine.fqdn, *inside]))


@functools.lru_cache(maxsize=2)
def _certified(same: filtering.Same) -> dict[str, list[str]]:
    """The names in each owner's certificates."""
    found: dict[str, list[str]] = {}
    for one in same.blueprint.certificates:
        found.setdefault(one.owner, []).extend(one.names)
    return found


def _always(_blueprint: Blueprint, _machine: Machine) -> bool:
    return True


def _base(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    servers = _with(blueprint, "dns")
    # Certificates, logs and time must be found while the name servers themselves are down.
    core = [one for role in ("dns", "time", "pki", "log") for one in _with(blueprint, role)]
    others = [one for one in dict.fromkeys(core) if one != machine]
    # A name server asks itself first.
    ordered = sorted(servers, key=lambda one: one != machine)
    return {
        "base_fqdn": machine.fqdn,
        "base_domain": blueprint.domain,
        "base_address": str(machine.interfaces[0].ipv4),
        "base_aliases": _names(blueprint, machine)[1:],
        "base_hosts": [
            *(
                {"address": str(one.interfaces[0].ipv4), "names": _names(blueprint, one)}
                for one in others
            ),
            *_api_host(blueprint, machine),
        ],
        "base_dns_servers": _addresses(ordered),
    }


def _is_router(_blueprint: Blueprint, machine: Machine) -> bool:
    return machine.is_router


def _routing(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    routes: list[dict[str, object]] = []
    for link in blueprint.links:
        if link.near.machine == machine.name:
            routes += _routes(machine, link, ("0.0.0.0/0", "::/0"), (link.near, link.far))
        if link.far.machine == machine.name:
            prefixes = filtering.site_prefixes(blueprint, link.site)
            routes += _routes(machine, link, prefixes, (link.far, link.near))
    return {"routing_routes": routes}


def _routes(
    machine: Machine, link: Link, prefixes: Iterable[str], ends: tuple[LinkEnd, LinkEnd]
) -> list[dict[str, object]]:
    """Routes to *prefixes* over *link*, from the first of its *ends* to the second."""
    own, other = ends
    port = machine.interfaces[0]
    return [
        {
            "to": prefix,
            "via": str(other.ipv6 if ":" in prefix else other.ipv4),
            "interface": own.interface,
            "metric": 100 * link.route,
            "source": str(port.ipv6 if ":" in prefix else port.ipv4),
        }
        for prefix in prefixes
    ]


def _has_time(blueprint: Blueprint, _machine: Machine) -> bool:
    return bool(_with(blueprint, "time"))


def _time_sync(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    servers = _with(blueprint, "time")
    others = [one for one in servers if one != machine]
    clients = _prefixes(blueprint) if machine in servers else []
    return {"time_sync_servers": _addresses(others), "time_sync_clients": clients}


def _is_name_server(_blueprint: Blueprint, machine: Machine) -> bool:
    return "dns" in machine.roles


def _dns(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    ports = machine.interfaces
    return {
        "dns_addresses": [str(address) for port in ports for address in (port.ipv4, port.ipv6)],
        "dns_clients": _prefixes(blueprint),
        "dns_zones": [_zone(zone) for zone in blueprint.dns],
        "dns_contact": f"hostmaster@{blueprint.domain}",
    }


def _zone(zone: DnsZone) -> dict[str, object]:
    records = "\n".join(sorted(set(map(_record, zone.records))))
    return {"name": zone.name, "servers": list(zone.servers), "records": records}


def _record(record: Record) -> str:
    is_name = record.type in {"CNAME", "NS", "PTR"}
    return f"{record.name}. {record.type} {record.value}{'.' if is_name else ''}"


def _has_authority(blueprint: Blueprint, _machine: Machine) -> bool:
    return authority(blueprint) is not None


def _pki(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    holder = authority(blueprint)
    assert holder is not None  # noqa: S101 - _has_authority was asked first
    ports = machine.interfaces
    units = [f"{name}.service" for name in ("rsyslog", *(["hue-est"] if machine == holder else []))]
    published = [net for one in blueprint.publications for net in (one.ipv4, one.ipv6)]
    services = [net for one in blueprint.clusters for net in one.services]
    return {
        "pki_domain": blueprint.domain,
        "pki_title": f"{blueprint.codename} province authority",
        "pki_authority": holder.name,
        "pki_is_authority": machine == holder,
        "pki_networks": [*_prefixes(blueprint), *map(str, published), *map(str, services)],
        "pki_server": _renewal_server(blueprint),
        "pki_names": _names(blueprint, machine),
        "pki_addresses": [str(address) for port in ports for address in (port.ipv4, port.ipv6)],
        "pki_reload_units": units,
    }


def _renewal_server(blueprint: Blueprint) -> str:
    """The name by which the authority is reached to renew; empty where there is none."""
    holder = authority(blueprint)
    if holder is None:
        return ""
    names = _names(blueprint, holder)
    return next((name for name in names if name.startswith("pki.")), holder.fqdn)


def _has_log(blueprint: Blueprint, _machine: Machine) -> bool:
    return bool(_with(blueprint, "log")) and authority(blueprint) is not None


def _logging(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    server = _with(blueprint, "log")[0]
    levels = [one.level for one in blueprint.platforms] + [one.level for one in blueprint.clusters]
    return {
        "logging_fqdn": machine.fqdn,
        "logging_server": server.fqdn,
        "logging_server_address": str(server.interfaces[0].ipv4),
        "logging_is_server": machine == server,
        "logging_retention_days": RETENTION_DAYS[max([LEVEL, *levels])],
    }


def _is_watched(blueprint: Blueprint, _machine: Machine) -> bool:
    watchers = any(one.chart == OBSERVABILITY for one in blueprint.platforms)
    return watchers and authority(blueprint) is not None


def _figures(_blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    return {"figures_address": str(machine.interfaces[0].ipv4), "figures_port": FIGURES}


def _api_host(blueprint: Blueprint, machine: Machine) -> list[dict[str, object]]:
    """Where a node finds its API server while the name servers are down; it may be itself."""
    cluster = blueprint.cluster_of(machine.name)
    if cluster is None or cluster.api_addresses[0] == machine.interfaces[0].ipv4:
        return []
    return [{"address": str(cluster.api_addresses[0]), "names": [cluster.api_names[0]]}]


def _kubernetes(blueprint: Blueprint, machine: Machine) -> dict[str, object] | None:
    """What the blueprint knows for role ``kubernetes``; None where no cluster has the machine."""
    cluster = blueprint.cluster_of(machine.name)
    if cluster is None:
        return None
    port = machine.interfaces[0]
    control = [blueprint.machine(name) for name in cluster.control_plane]
    return {
        "kubernetes_node_name": machine.name,
        "kubernetes_node_addresses": [str(port.ipv4), str(port.ipv6)],
        "kubernetes_head": cluster.control_plane[0],
        "kubernetes_is_control_plane": machine.name in cluster.control_plane,
        "kubernetes_is_worker": cluster.takes(machine.name),
        "kubernetes_level": cluster.level_of(machine.name),
        "kubernetes_control_plane_addresses": [
            [str(one.interfaces[0].ipv4), str(one.interfaces[0].ipv6)] for one in control
        ],
        "kubernetes_virtual_addresses": (
            list(map(str, cluster.api_addresses)) if cluster.shares_address else []
        ),
        "kubernetes_api_endpoint": f"{cluster.api_names[0]}:{cluster.api_port}",
        "kubernetes_api_names": list(cluster.api_names),
        "kubernetes_cluster_name": cluster.name,
        "kubernetes_pod_cidrs": list(map(str, cluster.pods)),
        "kubernetes_service_cidrs": list(map(str, cluster.services)),
        "kubernetes_resolvers": _addresses(_with(blueprint, "dns"))[:3],
        "kubernetes_renewal_server": _renewal_server(blueprint),
    }


Wanted = Callable[[Blueprint, Machine], bool]
Variables = Callable[[Blueprint, Machine], dict[str, object]]


def _firewall(blueprint: Blueprint, machine: Machine) -> dict[str, object]:
    return filtering.variables(blueprint, machine)


ROLES: tuple[tuple[str, Wanted, Variables], ...] = (
    ("routing", _is_router, _routing),
    ("firewall", _always, _firewall),
    ("time_sync", _has_time, _time_sync),
    ("dns", _is_name_server, _dns),
    ("pki", _has_authority, _pki),
    ("logging", _has_log, _logging),
    ("figures", _is_watched, _figures),
)
"""Every role but the first, ``base``, in the order it runs: who is given it, and with what."""
