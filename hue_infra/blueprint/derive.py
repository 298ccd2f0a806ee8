"""From the province file's model to the blueprint: pure, ordered, repeatable.

Province at a date, and the Lock  ──►  addresses  ──►  machines, links, names, flows, sizes;
the addresses once given are the Lock to keep for the next time.
"""

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Protocol, TypeVar

from hue_infra.blueprint import machines, naming, platforms
from hue_infra.blueprint.addressing import allocate_links, allocate_published, allocate_sites
from hue_infra.blueprint.certificates import certificates
from hue_infra.blueprint.dns import zones
from hue_infra.blueprint.draft import Draft
from hue_infra.blueprint.flows import flows
from hue_infra.blueprint.links import links
from hue_infra.blueprint.links import wanted as wanted_links
from hue_infra.blueprint.lock import Lock
from hue_infra.blueprint.materials import materials, storage
from hue_infra.blueprint.placed import PlacedError
from hue_infra.blueprint.plan import Blueprint, SitePlan
from hue_infra.errors import InputError
from hue_infra.model.administration import Regime, Tier, Unit, units_at
from hue_infra.model.kinds import Access
from hue_infra.model.province import Province
from hue_infra.model.resolve import ResolvedSite, sites

T = TypeVar("T")

LAB_SITES = 4
"""How many sites the lab realises where the file names none: the first ones."""


class Loaded(Protocol):
    """A province file that has been read: its model, and where each key stands."""

    @property
    def province(self) -> Province:
        """The model."""

    def where(self, source: str) -> str:
        """``file:line:column`` of a key path."""


def derive(loaded: Loaded, date: datetime.date, lock: Lock) -> tuple[Blueprint, Lock]:
    """All that follows from the province at *date*, and the lock that keeps its addresses.

    Raises:
        InputError: An address range is exhausted, a link overloaded, a name given twice;
            tells the line of the file.
    """
    try:
        return _derive(loaded.province, date, lock)
    except PlacedError as error:
        where = loaded.where(error.source)
        raise InputError(f"{where}: {error}", hint=error.hint) from error


def _derive(province: Province, date: datetime.date, lock: Lock) -> tuple[Blueprint, Lock]:
    resolved = sites(province, date)
    kept = _allocate(province, resolved, lock)
    draft = _draft(province, resolved, kept)
    _check_names(draft)
    return _blueprint(draft, date), kept


def _allocate(province: Province, resolved: tuple[ResolvedSite, ...], lock: Lock) -> Lock:
    allocations = province.allocations
    needs = [machines.need(site, platforms.virtual(province, site.name)) for site in resolved]
    kept = allocate_sites(allocations, needs, lock)
    return dataclasses.replace(
        kept,
        links=allocate_links(allocations, wanted_links(resolved), lock),
        published=allocate_published(allocations, platforms.wanted(province), lock),
    )


def _draft(province: Province, resolved: tuple[ResolvedSite, ...], lock: Lock) -> Draft:
    domain = province.province.domain
    each = [(site, lock.sites[site.name]) for site in resolved]
    return Draft(
        province=province,
        sites=resolved,
        lock=lock,
        segments=_flat(machines.segments(site, own) for site, own in each),
        machines=_flat(machines.machines(site, own, domain) for site, own in each),
        cameras=_flat(machines.cameras(province, site, lock) for site in resolved),
        rooms=_flat(machines.rooms(province, site, lock) for site in resolved),
        publications=tuple(platforms.publications(province, lock.published)),
    )


def _flat(parts: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(one for part in parts for one in part)


def _check_names(draft: Draft) -> None:
    places = {site.name: site.source for site in draft.sites}
    naming.check_unique(
        (
            *((one.name, one.source) for one in draft.machines),
            *((one.name, f"{places[one.site]}.rooms.{one.kind}") for one in draft.rooms),
            *((one.name, f"{places[one.site]}.cameras.{one.kind}") for one in draft.cameras),
        )
    )


def _blueprint(draft: Draft, date: datetime.date) -> Blueprint:
    identity, given = draft.province.province, draft.province.allocations
    unit = _unit(identity.code, date)
    lines = links(draft, draft.lock.links)
    clusters = tuple(platforms.clusters(draft))
    needs = tuple(storage(draft))
    return Blueprint(
        codename=identity.codename,
        title=unit.title if unit else identity.codename,
        domain=identity.domain,
        date=date,
        regime=str(Regime.at(date)),
        sites=tuple(_site_plans(draft)),
        segments=draft.segments,
        machines=draft.machines,
        links=lines,
        flows=flows(draft, lines),
        publications=draft.publications,
        dns=zones(draft, lines, clusters),
        certificates=tuple(certificates(draft, clusters)),
        cameras=draft.cameras,
        rooms=draft.rooms,
        clusters=clusters,
        platforms=tuple(platforms.platforms(draft)),
        storage=needs,
        materials=tuple(materials(draft, needs)),
        title_en=unit.title_en if unit else identity.codename,
        ranges=(*given.ipv4, given.transit, given.ipv6),
    )


def _unit(code: str, date: datetime.date) -> Unit | None:
    return next((one for one in units_at(code, date) if one.tier is Tier.PROVINCE), None)


def _site_plans(draft: Draft) -> Iterable[SitePlan]:
    named = draft.province.lab.sites or tuple(site.name for site in draft.sites[:LAB_SITES])
    for site in draft.sites:
        yield SitePlan(
            name=site.name,
            title=site.title,
            kind=site.kind,
            unit=site.unit,
            tier=site.tier,
            parent=site.parent,
            domain=naming.site_domain(site.name, draft.domain),
            users=site.users,
            country=site.country,
            source=site.source,
            in_lab=site.name in named or site.access is Access.DATA_CENTRE,
            title_en=site.title_en,
            access=str(site.access),
            voice_lines=site.voice_lines,
        )
