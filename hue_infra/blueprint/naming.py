"""Names of sites, machines, cameras and rooms.

A commune's domain is its unaccented name under the province's:
``<tenphuongxa>.<tentinhthanh>.gov.vn`` (NĐ 224/2026/NĐ-CP, Điều 11.4); a
department's likewise. Everything of a site is named under the site's domain.

    >>> fqdn("gw", site_domain("phuxuan", "hue.gov.vn"))
    'gw.phuxuan.hue.gov.vn'
"""

from collections.abc import Iterable

from hue_infra.blueprint.placed import PlacedError
from hue_infra.words import say


def site_domain(site: str, province_domain: str) -> str:
    """Domain of a site: its codename under the province's domain."""
    return f"{site}.{province_domain}"


def machine_name(site: str, machine: str) -> str:
    """Name of a machine, camera or room, unique in the province."""
    return f"{site}-{machine}"


def fqdn(host: str, domain: str) -> str:
    """Full name of a host of a site."""
    return f"{host}.{domain}"


def numbered(kind: str, number: int) -> str:
    """Name of the *number*-th thing of a kind at its site, counted from one."""
    return f"{kind}-{number:02d}"


def check_unique(names: Iterable[tuple[str, str]]) -> None:
    """See that no name is given twice; each comes with its key path.

    Raises:
        PlacedError: Two things have one name: their sites and own names join alike.
    """
    seen: dict[str, str] = {}
    for name, source in names:
        if name in seen:
            raise PlacedError(
                say("blueprint.name-twice", name=name, other=seen[name]),
                source,
                hint=say("blueprint.name-twice-hint"),
            )
        seen[name] = source
