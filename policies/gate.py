"""The gate: rules held against the declared model and each resource before it is touched."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hue_infra.engine.api import AnalyzedResource, Violation
from hue_infra.engine.values import UNKNOWN, Secret, Value
from hue_infra.policies import network, residency, workloads
from hue_infra.policies.rule import Declared, Resource, Rule
from hue_infra.words import say

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


class ResourceGate:
    """An analyzer for the engine: each resource rule on each resource."""

    def __init__(self, rules_: Iterable[Rule], sources: Mapping[str, str]) -> None:
        """Remember the rules and, for each resource's name, its place in the file.

        Args:
            rules_: The rules to hold.
            sources: First word of a resource's name to ``file:line:column``.
        """
        self._rules = tuple(rule for rule in rules_ if rule.resource)
        self._sources = dict(sources)

    def analyze(self, resource: AnalyzedResource) -> list[Violation]:
        """Return the rules that *resource* breaks, each with what to change and where."""
        view = resource_view(resource.type, resource.name, resource.inputs)
        return [
            Violation(
                rule.id.upper(),
                self._sentence(rule, breach.message, resource.name),
                rule.mandatory,
                resource.urn,
            )
            for rule in self._rules
            for breach in (rule.resource(view) if rule.resource else ())
        ]

    def _sentence(self, rule: Rule, message: str, name: str) -> str:
        where = self._sources.get(name.split("/", maxsplit=1)[0], "")
        return say(
            "policies.violation",
            title=rule.title,
            message=message,
            mend=rule.mend,
            where=where or "-",
        )


def resource_view(kind: str, name: str, inputs: Mapping[str, Value]) -> Resource:
    """A resource as rules see it: secrets opened, unknown values left out."""
    plain, unknown = _plain(dict(inputs))
    assert isinstance(plain, dict)  # noqa: S101 - a dict goes in
    return Resource(kind, name, plain, unknown)


def _plain(value: Value) -> tuple[object, bool]:
    if isinstance(value, Secret):
        return _plain(value.value)
    if isinstance(value, dict):
        kept = {key: _plain(item) for key, item in value.items()}
        known = {key: item for key, (item, _) in kept.items() if item is not UNKNOWN}
        return known, any(unknown for _, unknown in kept.values())
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return [item for item, _ in items if item is not UNKNOWN], any(gone for _, gone in items)
    return value, value is UNKNOWN
