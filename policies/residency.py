"""Rules on where the state's data may lie."""

import datetime
from collections.abc import Iterator

from hue_infra.policies.rule import Breach, Citation, Declared, Provenance, Rule, Severity
from hue_infra.words import say

HOME = "VN"


def data_in_viet_nam(declared: Declared) -> Iterator[Breach]:
    """Every site, platform and system keeps its data in Viet Nam."""
    province, blueprint = declared.province, declared.blueprint
    places = [(site.source, site.title, site.country) for site in blueprint.sites]
    places += [(plan.source, plan.name, plan.country) for plan in blueprint.platforms]
    systems = province.systems.items()
    places += [(f"systems.{key}", system.title, system.data_country) for key, system in systems]
    for source, title, country in places:
        if country != HOME:
            yield Breach(say("policies.dat-001-breach", place=title, country=country), source)


RULES = (
    Rule(
        id="dat-001",
        severity=Severity.CRITICAL,
        levels=(1, 2, 3, 4, 5),
        citations=(
            Citation(
                "NĐ 163/2024/NĐ-CP",
                "Đ30.1",
                Provenance.TEXT,
                datetime.date(2026, 11, 22),
                datetime.date(2024, 12, 24),
            ),
            Citation(
                "QCVN 12:2026/BCA",
                "2.2.16.1.4, 2.2.16.3.1",
                Provenance.TEXT,
                datetime.date(2026, 11, 22),
                datetime.date(2026, 7, 1),
            ),
        ),
        declared=data_in_viet_nam,
    ),
)
