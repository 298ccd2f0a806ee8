"""What a resource says of others: the references it holds, read, followed and rewritten."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from hue_infra.engine import urns
from hue_infra.engine.state import ResourceState

if TYPE_CHECKING:
    from hue_infra.engine.goal import Goal

PARENT = "parent"
DEPENDENCY = "dependencies"
BY_PROPERTY = "propertyDependencies"
DELETED_WITH = "deletedWith"
REPLACE_WITH = "replaceWith"


Rewrite = Callable[[str], str]
"""A URN to the URN that stands for it now, or to nothing when the reference is to be dropped.

Providers are named by URN and id: of two that share a URN the other is not meant.
"""


def references(resource: "ResourceState | Goal") -> Iterator[tuple[str, str]]:
    """Every resource that must stand before *resource*, its provider aside: its place, its URN.

    The place is a key of the state, ``propertyDependencies.<property>`` for a property's.
    """
    if resource.parent:
        yield PARENT, resource.parent
    for urn in resource.dependencies:
        yield DEPENDENCY, urn
    for key, items in resource.property_dependencies.items():
        for urn in items:
            yield f"{BY_PROPERTY}.{key}", urn
    if resource.deleted_with:
        yield DELETED_WITH, resource.deleted_with
    for urn in resource.replace_with:
        yield REPLACE_WITH, urn


def needed(resource: "ResourceState | Goal") -> set[str]:
    """URNs of all that *resource* needs to stand before it, its provider too."""
    found = {urn for _, urn in references(resource)}
    if resource.provider:
        found.add(urns.split_reference(resource.provider)[0])
    return found


def with_dependents(states: Iterable[ResourceState], chosen: Iterable[str]) -> set[str]:
    """*chosen* and all that depends on it, children too; *states* stand in state order."""
    found = set(chosen)
    for state in states:
        if needed(state) & found:
            found.add(state.urn)
    return found


def rewritten(resource: ResourceState, rewrite: Rewrite) -> ResourceState:
    """*resource* with each reference passed through *rewrite*, and what is dropped left out.

    A provider's reference is passed on whole and never dropped: a resource cannot be without.
    """
    changed = replace(
        resource,
        parent=rewrite(resource.parent) if resource.parent else "",
        dependencies=_all(resource.dependencies, rewrite),
        property_dependencies={
            key: _all(items, rewrite) for key, items in resource.property_dependencies.items()
        },
        deleted_with=rewrite(resource.deleted_with) if resource.deleted_with else "",
        replace_with=_all(resource.replace_with, rewrite),
        provider=rewrite(resource.provider) or resource.provider if resource.provider else "",
    )
    return resource if changed == resource else changed


def _all(items: tuple[str, ...], rewrite: Rewrite) -> tuple[str, ...]:
    return tuple(found for item in items if (found := rewrite(item)))


def called(resource: ResourceState, names: Mapping[str, str]) -> ResourceState:
    """*resource*, saying the new name of each that *names* gives one.

    What was replaced and awaits its deletion goes by the new name of what took its place: who
    stands on it still says so by the name that both have.
    """
    now = rewritten(resource, lambda name: names.get(name, name))
    now = replace(now, provider=manager_called(now.provider, names))
    if now.delete and now.urn in names:
        urn = names[now.urn]
        now = replace(now, urn=urn, type=urns.type_of(urn))
    return now


def manager_called(reference: str, names: Mapping[str, str]) -> str:
    """The reference of a provider, by the new name that *names* gives it."""
    urn, id_ = urns.split_reference(reference)
    by_urn = urns.reference(names[urn], id_) if urn in names else reference
    return names.get(reference, by_urn)


def names_of(resource: ResourceState) -> tuple[str, ...]:
    """What others call *resource* by: its URN; a provider also by URN and id."""
    if urns.is_provider(resource.type):
        return resource.urn, urns.reference(resource.urn, resource.id)
    return (resource.urn,)
