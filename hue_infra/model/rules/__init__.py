"""Rules between the parts of a province file; each yields what breaks it.

A rule sees the file as far as it holds together, and says nothing of parts
that have errors of their own.  Whatever it names is looked up in the file as
written, so that one mistake is told once.
"""

from collections.abc import Callable, Iterator

from hue_infra.model.document import Problem
from hue_infra.model.draft import Draft
from hue_infra.model.rules import addresses, machines, services, sites, units

Rule = Callable[[Draft], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    units.province_exists,
    units.tiers_exist,
    units.overrides_name_units,
    units.names_are_free,
    sites.kinds_exist,
    sites.one_data_centre,
    sites.every_site_has_an_uplink,
    sites.important_sites_have_two_routes,
    sites.counted_classes_exist,
    sites.devices_have_a_zone,
    sites.vlans_differ,
    sites.lab_sites_exist,
    machines.zones_exist,
    machines.each_class_has_one_router,
    machines.racks_exist,
    machines.racks_hold_their_servers,
    machines.addresses_differ,
    machines.clusters_have_machines,
    addresses.ranges_are_disjoint,
    addresses.ranges_are_large_enough,
    services.clusters_exist,
    services.clusters_are_safe_enough,
    services.namespaces_are_free,
    services.published_from_a_dmz,
    services.hosts_belong_to_the_province,
    services.zones_of_systems_exist,
    services.flows_join_what_exists,
    services.registries_are_hosts,
)


def check(draft: Draft) -> Iterator[Problem]:
    """Every problem that any rule finds."""
    for rule in RULES:
        yield from rule(draft)
