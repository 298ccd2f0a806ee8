"""Other names under which the state may know a resource.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, generateAliases.
"""

from collections.abc import Iterator

from hue_infra.engine import urns
from hue_infra.engine.api import StackRef
from hue_infra.engine.goal import Alias, Goal


def alias_urns(goal: Goal, stack: StackRef, parents: dict[str, str]) -> list[str]:
    """The URNs a resource may have had, likeliest first.

    Args:
        goal: The resource as the program wants it.
        stack: Where it lives.
        parents: New URN to old URN of the resources found by an alias in this run.
    """
    return list(dict.fromkeys(_all(goal, stack, parents)))


def _all(goal: Goal, stack: StackRef, parents: dict[str, str]) -> Iterator[str]:
    own = [_collapsed(alias, goal, stack, parents) for alias in goal.aliases]
    yield from own
    old_parent = parents.get(goal.parent)
    if old_parent is None:
        return
    parent_name = urns.name_of(goal.parent)
    yield _inherited(stack, old_parent, parent_name, goal.type, goal.name)
    for urn in own:
        yield _inherited(stack, old_parent, parent_name, urns.type_of(urn), urns.name_of(urn))


def _collapsed(alias: Alias, goal: Goal, stack: StackRef, parents: dict[str, str]) -> str:
    if alias.urn:
        return alias.urn
    parent = parents.get(alias.parent, alias.parent) if alias.parent else goal.parent
    return urns.make(
        alias.stack or stack.name,
        alias.project or stack.project,
        "" if alias.no_parent else parent,
        alias.type or goal.type,
        alias.name or goal.name,
    )


def _inherited(stack: StackRef, old_parent: str, parent_name: str, type_: str, name: str) -> str:
    """A child's URN under its parent's old one, renamed with it if named after it."""
    if name.startswith(parent_name):
        name = urns.name_of(old_parent) + name.removeprefix(parent_name)
    return urns.make(stack.name, stack.project, old_parent, type_, name)
