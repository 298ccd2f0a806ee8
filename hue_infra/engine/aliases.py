"""Other names under which the state may know a resource, and who may claim them.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, generateAliases and getOldResource.
"""

from collections.abc import Iterator, Mapping

from hue_infra.engine import urns
from hue_infra.engine.api import StackRef
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import Alias, Goal
from hue_infra.engine.ledger import Entry
from hue_infra.errors import EngineError
from hue_infra.words import say


def find_old(deployment: Deployment, goal: Goal, urn: str) -> Entry | None:
    """What the state knows of a resource: under its own URN first, else under an alias.

    An alias that is found is taken: nobody else may claim it in this run.

    Raises:
        EngineError: Another resource of the program has the alias, or took it before.
    """
    with deployment.lock:
        if other := deployment.taken.get(urn):
            raise EngineError(say("steps.alias-was-taken", urn=urn, other=other))
        if urn in deployment.olds:
            return deployment.olds[urn]
        for alias in alias_urns(goal, deployment.stack, deployment.aliases):
            if alias in deployment.olds:
                _claim(deployment, alias, urn)
                return deployment.olds[alias]
    return None


def alias_urns(goal: Goal, stack: StackRef, parents: Mapping[str, str]) -> list[str]:
    """The URNs a resource may have had, likeliest first.

    Args:
        goal: The resource as the program wants it.
        stack: Where it lives.
        parents: New URN to old URN of the resources found by an alias in this run.
    """
    return list(dict.fromkeys(_all(goal, stack, parents)))


def _claim(deployment: Deployment, alias: str, urn: str) -> None:
    other = alias if alias in deployment.goals else deployment.taken.get(alias)
    if other is not None:
        raise EngineError(say("steps.alias-taken", alias=alias, urn=urn, other=other))
    deployment.aliases[urn] = alias
    deployment.taken[alias] = urn


def _all(goal: Goal, stack: StackRef, parents: Mapping[str, str]) -> Iterator[str]:
    own = [_collapsed(alias, goal, stack, parents) for alias in goal.aliases]
    yield from own
    old_parent = parents.get(goal.parent)
    if old_parent is None:
        return
    parent_name = urns.name_of(goal.parent)
    yield _inherited(stack, old_parent, parent_name, goal.type, goal.name)
    for urn in own:
        yield _inherited(stack, old_parent, parent_name, urns.type_of(urn), urns.name_of(urn))


def _collapsed(alias: Alias, goal: Goal, stack: StackRef, parents: Mapping[str, str]) -> str:
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
