"""What must hold in a state for it to be used: Pulumi's own checks, and all problems at once.

Source: pulumi/pulumi, pkg/resource/deploy/snapshot.go, VerifyIntegrity.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from hue_infra.engine import relations, urns
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.errors import EngineError
from hue_infra.words import say

MOST_TOLD = 10
"""One broken place often breaks a hundred: more problems are counted only."""


def verify(snapshot: Snapshot, backups: str) -> None:
    """Refuse a snapshot that does not hold together.

    Args:
        snapshot: What to check.
        backups: Where older copies lie, for the hint.

    Raises:
        EngineError: It names the resources and what is wrong with each.
    """
    found = problems(snapshot)
    if found:
        raise EngineError(
            f"{say('state.broken')}\n{listed(found)}",
            hint=say("state.broken-hint", backups=backups),
        )


def listed(found: Sequence[str]) -> str:
    """Problems as lines below a sentence."""
    lines = [f"  {item}" for item in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        lines.append("  " + say("state.broken-more", count=len(found) - MOST_TOLD))
    return "\n".join(lines)


def problems(snapshot: Snapshot) -> list[str]:
    """Each way in which *snapshot* does not hold together, as a sentence."""
    found = []
    if snapshot.manifest.magic != snapshot.manifest.expected_magic:
        found.append(say("state.broken-magic"))
    everything = {resource.urn for resource in snapshot.resources}
    seen: set[str] = set()
    providers: set[str] = set()
    for resource in snapshot.resources:
        found += _own(resource)
        found += _provider(resource, providers)
        found += _order(resource, seen, everything)
        seen.add(resource.urn)
        if urns.is_provider(resource.type):
            providers.add(urns.reference(resource.urn, resource.id))
    return found + list(_duplicates(snapshot))


def _own(resource: ResourceState) -> Iterator[str]:
    parts = resource.urn.split("::", 3)
    # The qualified type ends in the resource's own, after its parents' and a dollar sign.
    if len(parts) != 4 or parts[2].rpartition("$")[2] != resource.type:  # noqa: PLR2004
        yield say("state.broken-type", urn=resource.urn, type=resource.type)
    if not resource.custom and resource.id:
        yield say("state.broken-id", urn=resource.urn)


def _provider(resource: ResourceState, providers: set[str]) -> Iterator[str]:
    provider = resource.provider
    # What waits for its replacement may have lost its provider to it.
    if not provider or provider in providers or resource.pending_replacement:
        return
    yield say("state.broken-provider", urn=resource.urn, provider=provider)


def _order(resource: ResourceState, seen: set[str], everything: set[str]) -> Iterator[str]:
    for place, urn in relations.references(resource):
        if urn not in seen:
            sentence = "state.broken-order" if urn in everything else "state.broken-missing"
            yield say(sentence, urn=resource.urn, place=place, other=urn)


def _duplicates(snapshot: Snapshot) -> Iterator[str]:
    live = Counter(item.urn for item in snapshot.resources if not item.delete)
    for urn, times in live.items():
        if times > 1:
            yield say("state.broken-twice", urn=urn)
