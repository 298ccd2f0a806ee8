"""What must hold in a state for it to be used: Pulumi's own checks, and all problems at once.

Source: pulumi/pulumi, pkg/resource/stack/snapshot/integrity.go.
"""

from collections import Counter
from collections.abc import Iterator

from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.errors import EngineError
from hue_infra.words import say

PROVIDER_PREFIX = "pulumi:providers:"
SEPARATOR = "::"


def verify(snapshot: Snapshot, backups: str) -> None:
    """Refuse a snapshot that does not hold together.

    Args:
        snapshot: What to check.
        backups: Where older copies lie, for the hint.

    Raises:
        EngineError: It names every problem.
    """
    found = problems(snapshot)
    if found:
        text = "\n".join(f"  {item}" for item in found)
        raise EngineError(
            f"{say('engine.integrity')}\n{text}", hint=say("engine.integrity-hint", backups=backups)
        )


def problems(snapshot: Snapshot) -> list[str]:
    """Each way in which *snapshot* does not hold together, as a sentence."""
    found = []
    if snapshot.manifest.magic != snapshot.manifest.expected_magic:
        found.append(say("engine.integrity-magic"))
    seen: set[str] = set()
    providers: set[str] = set()
    for resource in snapshot.resources:
        found += _own(resource)
        found += _order(resource, seen, providers)
        seen.add(resource.urn)
        if resource.type.startswith(PROVIDER_PREFIX):
            providers.add(f"{resource.urn}{SEPARATOR}{resource.id}")
    return found + list(_duplicates(snapshot))


def references(resource: ResourceState) -> Iterator[tuple[str, str]]:
    """Every resource that must stand before *resource*: what it is to it, and its URN."""
    if resource.parent:
        yield "parent", resource.parent
    for urn in resource.dependencies:
        yield "dependency", urn
    for key, urns in resource.property_dependencies.items():
        for urn in urns:
            yield f"propertyDependencies.{key}", urn
    if resource.deleted_with:
        yield "deletedWith", resource.deleted_with


def _own(resource: ResourceState) -> Iterator[str]:
    parts = resource.urn.split(SEPARATOR, 3)
    # The qualified type ends in the resource's own, after its parents' and a dollar sign.
    if len(parts) != 4 or parts[2].rpartition("$")[2] != resource.type:  # noqa: PLR2004
        yield say("engine.integrity-type", urn=resource.urn, type=resource.type)
    if not resource.custom and resource.id:
        yield say("engine.integrity-id", urn=resource.urn)


def _order(resource: ResourceState, seen: set[str], providers: set[str]) -> Iterator[str]:
    provider = resource.provider
    if provider and provider not in providers and not resource.pending_replacement:
        yield say("engine.integrity-provider", urn=resource.urn, provider=provider)
    for kind, urn in references(resource):
        if urn not in seen:
            yield say("engine.integrity-order", urn=resource.urn, kind=kind, other=urn)


def _duplicates(snapshot: Snapshot) -> Iterator[str]:
    live = Counter(item.urn for item in snapshot.resources if not item.delete)
    for urn, times in live.items():
        if times > 1:
            yield say("engine.integrity-twice", urn=urn)
