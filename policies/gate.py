"""The gate on the declared model: every rule that looks at the province before any resource.

Resources are judged by our own policy pack; see `resource_gate`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hue_infra.policies import network, residency, workloads
from hue_infra.policies.rule import Declared, Rule

Locate = Callable[[str], str]
"""Key path in province.yaml to ``file:line:column``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach as the operator reads it."""

    rule: str
    title: str
    mandatory: bool
    message: str
    where: str
    """``file:line:column``."""
    mend: str


def rules(allowed_registries: Sequence[str]) -> tuple[Rule, ...]:
    """Every rule, for a province that takes images from *allowed_registries*."""
    return (*network.RULES, *residency.RULES, *workloads.rules(allowed_registries))


def declared_findings(declared: Declared, locate: Locate) -> list[Finding]:
    """Hold every rule on the declared model against it."""
    found = []
    for rule in rules(declared.province.images.allowed):
        for breach in rule.declared(declared) if rule.declared else ():
            where = locate(breach.source)
            found.append(
                Finding(
                    rule.id.upper(), rule.title, rule.mandatory, breach.message, where, rule.mend
                )
            )
    return found
