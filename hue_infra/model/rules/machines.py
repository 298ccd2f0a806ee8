"""Rules about machines, racks and clusters."""

from collections import defaultdict
from collections.abc import Iterator

from hue_infra.model.document import KeyPath, Problem, Values
from hue_infra.model.draft import Draft
from hue_infra.model.kinds import Role
from hue_infra.model.province import Cluster, MachineSpec, Server
from hue_infra.units import Power


def _machines(draft: Draft) -> Iterator[tuple[KeyPath, str, MachineSpec]]:
    """Every machine the file writes down: path, class, words."""
    for kind, base in draft.province.site_classes.items():
        for name, machine in base.machines.items():
            yield ("site_classes", kind, "machines", name), kind, machine
    for path, kind, special in draft.overrides():
        for name, machine in (special.machines or {}).items():
            yield (*path, "machines", name), kind, machine


def zones_exist(draft: Draft) -> Iterator[Problem]:
    """A machine stands in a zone of its site's class."""
    for path, kind, machine in _machines(draft):
        if kind in draft.province.site_classes:
            section = ("site_classes", kind, "zones")
            yield from draft.unknown((*path, "zone"), machine.zone, "zone", section)


def each_class_has_one_router(draft: Draft) -> Iterator[Problem]:
    """The gateway of all zones of a site is one machine."""
    for kind, base in draft.province.site_classes.items():
        if len(base.machines) != len(draft.document.names("site_classes", kind, "machines")):
            continue
        routers = [name for name, spec in base.machines.items() if Role.ROUTER in spec.roles]
        if not routers:
            yield Problem(("site_classes", kind), "no-router", {"kind": kind}, on_key=True)
        for name in routers[1:]:
            path = ("site_classes", kind, "machines", name)
            values = {"first": routers[0], "name": name}
            yield Problem(path, "second-router", values, on_key=True)


def racks_exist(draft: Draft) -> Iterator[Problem]:
    """Machines and servers stand in racks of the data centre."""
    section = ("data_centre", "racks")
    for path, _, machine in _machines(draft):
        if machine.rack is not None:
            yield from draft.unknown((*path, "rack"), machine.rack, "rack", section)
    for name, server in draft.province.data_centre.servers.items():
        path = ("data_centre", "servers", name, "rack")
        yield from draft.unknown(path, server.rack, "rack", section)


def racks_hold_their_servers(draft: Draft) -> Iterator[Problem]:
    """What stands in a rack fits in its height and its power."""
    standing: dict[str, list[Server]] = defaultdict(list)
    for server in draft.province.data_centre.servers.values():
        standing[server.rack].append(server)
    for name, rack in draft.province.data_centre.racks.items():
        path = ("data_centre", "racks", name)
        height = sum(server.height for server in standing[name])
        if height > rack.units:
            values: Values = {"rack": name, "needed": height, "units": rack.units}
            yield Problem(path, "rack-height", values, on_key=True)
        power = Power(sum(server.power.watts for server in standing[name]))
        if power > rack.power:
            values = {"rack": name, "needed": str(power), "power": str(rack.power)}
            yield Problem(path, "rack-power", values, on_key=True)


def addresses_differ(draft: Draft) -> Iterator[Problem]:
    """No two machines are reached at one management address."""
    first: dict[str, KeyPath] = {}
    for path, _, machine in _machines(draft):
        if machine.address is None:
            continue
        if machine.address in first:
            values = {"address": machine.address, "first": str(first[machine.address][-1])}
            yield Problem((*path, "address"), "address-twice", values)
        first.setdefault(machine.address, path)


def clusters_have_machines(draft: Draft) -> Iterator[Problem]:
    """A cluster runs on machines of its site that have the role for it, an odd number in control.

    An even control plane survives no more failures than the odd one below it
    (etcd needs a majority).
    """
    for name, cluster in draft.province.clusters.items():
        path = ("clusters", name)
        yield from draft.unknown((*path, "site"), cluster.site, "site", ("sites",))
        known = _machines_of(draft, cluster.site)
        if known is not None:
            yield from _nodes(draft, path, cluster, known)
        count = len(cluster.control_plane)
        if count % 2 == 0:
            yield Problem(
                (*path, "control_plane"), "control-plane-even", {"count": count, "fewer": count - 1}
            )
        yield from _declared_twice(path, cluster)
        yield from _pools(path, cluster)


def _declared_twice(path: KeyPath, cluster: Cluster) -> Iterator[Problem]:
    first: dict[str, KeyPath] = {}
    for where, names in cluster.groups:
        for index, name in enumerate(names):
            here = (*path, *where, index)
            if name in first and first[name] == ("control_plane",):
                yield Problem(here, "worker-in-control", {"name": name})
            elif name in first:
                values = {"name": name, "first": ".".join(map(str, first[name]))}
                yield Problem(here, "node-twice", values)
            first.setdefault(name, where)


def _pools(path: KeyPath, cluster: Cluster) -> Iterator[Problem]:
    """A pool has a level of its own, no higher than what its cluster is for."""
    first: dict[int, str] = {}
    for name, pool in cluster.pools.items():
        here = (*path, "pools", name, "level")
        if pool.level > cluster.level:
            values = {"level": pool.level, "highest": cluster.level}
            yield Problem(here, "pool-above-cluster", values)
        if pool.level in first:
            yield Problem(
                here, "pool-level-twice", {"level": pool.level, "first": first[pool.level]}
            )
        first.setdefault(pool.level, name)


def _machines_of(draft: Draft, site: str) -> dict[str, MachineSpec] | None:
    entry = draft.province.sites.get(site)
    base = draft.province.site_classes.get(entry.kind) if entry else None
    return base.machines | (entry.machines or {}) if base and entry else None


def _nodes(
    draft: Draft, path: KeyPath, cluster: Cluster, known: dict[str, MachineSpec]
) -> Iterator[Problem]:
    kind = draft.province.sites[cluster.site].kind
    declared = {
        *known,
        *draft.document.names("site_classes", kind, "machines"),
        *draft.document.names("sites", cluster.site, "machines"),
    }
    for where, names in cluster.groups:
        for index, name in enumerate(names):
            here = (*path, *where, index)
            if name not in declared:
                yield draft.missing(here, name, "machine", declared)
            elif name in known and Role.KUBERNETES not in known[name].roles:
                yield Problem(here, "not-kubernetes", {"name": name})
