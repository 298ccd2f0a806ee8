"""Changes that an operator makes to a state by hand, by rules that keep it whole.

Secrets in the state may stay sealed. Source: pulumi/pulumi, pkg/resource/edit/operations.go.
"""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import replace

from hue_infra.engine.integrity import listed
from hue_infra.engine.relations import with_dependents
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.errors import InputError
from hue_infra.words import say


def unprotected(snapshot: Snapshot, wanted: Collection[str] | None) -> Snapshot:
    """*snapshot* with the protection taken off what *wanted* names, or off everything.

    Raises:
        InputError: A URN names no resource.
    """
    if wanted is not None:
        _check_known(snapshot, wanted)
    resources = (
        replace(item, protect=False)
        if not item.delete and (wanted is None or item.urn in wanted)
        else item
        for item in snapshot.resources
    )
    return replace(snapshot, resources=tuple(resources))


def without(
    snapshot: Snapshot, wanted: Collection[str], *, dependents: bool = False, force: bool = False
) -> Snapshot:
    """*snapshot* without what *wanted* names; what it stands for is left as it is.

    Args:
        snapshot: The state.
        wanted: URNs to forget.
        dependents: Whether what depends on them is forgotten too.
        force: Whether protected resources may be forgotten.

    Raises:
        InputError: A URN names no resource, or two; something depends on one that is to go, or
            it is protected.
    """
    _check_known(snapshot, wanted)
    _check_single(snapshot, wanted)
    doomed = with_dependents(snapshot.resources, wanted)
    standing = [item.urn for item in snapshot.resources if item.urn in doomed - {*wanted}]
    if standing and not dependents:
        problem = f"{say('state.needed')}\n{listed(standing)}"
        raise InputError(problem, hint=say("state.needed-hint"))
    if not force:
        _check_free(item for item in snapshot.resources if item.urn in doomed)
    kept = tuple(item for item in snapshot.resources if item.urn not in doomed)
    pending = tuple(one for one in snapshot.pending if one.resource.urn not in doomed)
    return replace(snapshot, resources=kept, pending=pending)


def emptied(snapshot: Snapshot, *, force: bool = False) -> Snapshot:
    """*snapshot* without any resource.

    Raises:
        InputError: One is protected, and *force* does not say that it may be forgotten.
    """
    if not force:
        _check_free(snapshot.resources)
    return replace(snapshot, resources=(), pending=())


def _check_free(resources: Iterable[ResourceState]) -> None:
    if guarded := [item.urn for item in resources if item.protect]:
        problem = f"{say('state.protected')}\n{listed(guarded)}"
        raise InputError(problem, hint=say("state.protected-hint"))


def _check_known(snapshot: Snapshot, wanted: Collection[str]) -> None:
    known = {item.urn for item in snapshot.resources}
    for urn in wanted:
        if urn not in known:
            near = difflib.get_close_matches(urn, known, n=1)
            hint = say("state.unknown-hint", urn=near[0]) if near else ""
            raise InputError(say("state.unknown", urn=urn), hint=hint)


def _check_single(snapshot: Snapshot, wanted: Collection[str]) -> None:
    """A URN of a resource that also awaits its deletion does not say which one is meant."""
    for urn in wanted:
        if sum(item.urn == urn for item in snapshot.resources) > 1:
            raise InputError(say("state.twice", urn=urn), hint=say("state.twice-hint"))
