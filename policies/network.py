"""Rules on network zones and what may pass between them."""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping

from hue_infra.model.kinds import ZoneKind
from hue_infra.model.resolve import data_centre
from hue_infra.policies.rule import (
    Breach,
    Citation,
    Declared,
    Provenance,
    Resource,
    Rule,
    Severity,
)
from hue_infra.words import say

CHECKED = datetime.date(2026, 11, 22)
NEW_REGIME = datetime.date(2026, 8, 19)
CONFIGURATION = "dynamic/machine:Configuration"

BASIC = frozenset({ZoneKind.INTERNAL, ZoneKind.BORDER, ZoneKind.DMZ})
MINIMUM: Mapping[int, frozenset[ZoneKind]] = {
    1: BASIC,
    2: BASIC | {ZoneKind.SERVER},
    3: BASIC | {ZoneKind.SERVER, ZoneKind.DATABASE, ZoneKind.MANAGEMENT},
    4: BASIC | {ZoneKind.SERVER, ZoneKind.DATABASE, ZoneKind.MANAGEMENT},
    5: BASIC | {ZoneKind.SERVER, ZoneKind.DATABASE, ZoneKind.MANAGEMENT},
}
"""Zone kinds a system of each level needs; circular 12/2022 appendices I-IV, part II.1.a."""


def minimum_zones(declared: Declared) -> Iterator[Breach]:
    """The data centre has every zone that the level of its systems asks for."""
    centre = data_centre(declared.province)
    kinds = {segment.kind for segment in declared.blueprint.segments if segment.site == centre}
    for name, system in declared.province.systems.items():
        missing = MINIMUM[system.level] - kinds
        if missing:
            yield Breach(
                say(
                    "policies.net-001-breach",
                    system=system.title,
                    level=system.level,
                    zones=", ".join(sorted(missing)),
                ),
                f"systems.{name}.level",
            )


def default_deny(declared: Declared) -> Iterator[Breach]:
    """No declared flow opens everything from everywhere."""
    for name, flow in declared.province.flows.items():
        if "*" in flow.sources and ("*" in flow.targets or not flow.ports):
            yield Breach(say("policies.net-004-breach-flow", flow=name), f"flows.{name}")


def machine_denies_by_default(resource: Resource) -> Iterable[Breach]:
    """Every configured machine has the firewall role, and it drops what no flow names."""
    # A name with a slash is an addition to a machine, whose own configuration is judged by itself.
    is_whole = resource.type.endswith(CONFIGURATION) and "/" not in resource.name
    if not is_whole or resource.unknown:
        return
    roles = resource.inputs.get("roles")
    text = roles.get("firewall") if isinstance(roles, Mapping) else None
    if not isinstance(text, str):
        yield Breach(say("policies.net-004-breach-none", machine=resource.name))
    elif json.loads(text).get("firewall_default_policy", "drop") != "drop":
        yield Breach(say("policies.net-004-breach-open", machine=resource.name))


RULES = (
    Rule(
        id="net-001",
        severity=Severity.CRITICAL,
        levels=(1, 2, 3, 4, 5),
        citations=(
            Citation(
                "TT 12/2022/TT-BTTTT",
                "PL I-IV, II.1.a",
                Provenance.TEXT,
                CHECKED,
                datetime.date(2022, 10, 1),
                NEW_REGIME,
            ),
            Citation(
                "TCVN 14423:2026",
                "4/5/6/7.12.2.2b",
                Provenance.SECONDARY,
                CHECKED,
                datetime.date(2026, 7, 24),
            ),
        ),
        declared=minimum_zones,
    ),
    Rule(
        id="net-004",
        severity=Severity.CRITICAL,
        levels=(1, 2, 3, 4, 5),
        citations=(
            Citation(
                "TCVN 14423:2026",
                "3.12.2.4c, 4.12.2.4b, 5.12.2.4d",
                Provenance.SECONDARY,
                CHECKED,
                datetime.date(2026, 7, 24),
            ),
        ),
        declared=default_deny,
        resource=machine_denies_by_default,
        types=rf".*{CONFIGURATION}",
    ),
)
