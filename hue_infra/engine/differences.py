"""How a resource as wanted differs from its record, and whether it can be changed in place.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go: diff, providerChanged, diffResource,
applyReplaceOnChanges, shouldTriggerReplace.
"""

from collections.abc import Iterator
from dataclasses import replace

from hue_infra.engine import urns
from hue_infra.engine.calls import Calls
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.packages import settings
from hue_infra.engine.property_paths import covers, ignoring, parse, render
from hue_infra.engine.provider import Diff
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import (
    Path,
    PropertyMap,
    Value,
    diff_values,
    has_unknown,
    without_secrets,
)
from hue_infra.errors import EngineError
from hue_infra.words import say

INIT_ERROR = "#initerror"
"""What ``replace_on_changes`` may name for a resource that was never ready."""


def difference(
    deployment: Deployment, calls: Calls | None, old: ResourceState, new: ResourceState
) -> Diff:
    """What there is to change for *old* to become *new*.

    Args:
        deployment: The run.
        calls: The provider of *new*; None for a component.
        old: The resource as recorded.
        new: The resource as wanted, inputs checked.

    Raises:
        EngineError: The provider failed, or the program gave a trigger nobody knows yet.
    """
    reason = _replaced_by_wish(deployment, old, new)
    if reason:
        diff = Diff(changes=True, replaces=(reason,))
    elif calls is None:
        diff = Diff(changes=bool(diff_values(old.inputs, new.inputs, secretness=True)))
    else:
        diff = compared(calls, old, new.inputs, new.ignore_changes)
    return with_forced(diff, old, new)


def compared(
    calls: Calls, old: ResourceState, inputs: PropertyMap, ignore_changes: tuple[str, ...]
) -> Diff:
    """What the provider says of other *inputs*; where it cannot tell, the inputs do.

    A property that it calls ``…-replace`` replaces, whether it is also named so or not.
    """
    diff = calls.diff(old.id, (old.inputs, old.outputs), inputs, ignore_changes)
    if diff.changes is None:
        wanted = ignoring(inputs, old.inputs, ignore_changes)
        found = diff_values(old.inputs, wanted)
        detailed = {render(path): kind for path, kind in found.items()}
        diff = replace(diff, changes=bool(found), detailed=diff.detailed or detailed)
    forcing = (text for text, kind in diff.detailed.items() if kind.endswith("-replace"))
    heads = (str(parse(text)[0]) for text in forcing)
    return replace(diff, replaces=tuple(dict.fromkeys((*diff.replaces, *heads))))


def with_forced(diff: Diff, old: ResourceState, new: ResourceState) -> Diff:
    """*diff* with the program's ``replace_on_changes`` applied."""
    selectors = [parse(text) for text in new.replace_on_changes]
    forced: list[str] = []
    if diff.changes:
        forced += [text for text in _changed(diff, old, new) if _hit(selectors, parse(text))]
    if old.init_errors and _hit(selectors, (INIT_ERROR,)):
        forced.append(INIT_ERROR)
    if not forced:
        return diff
    detailed = {
        text: f"{kind.removesuffix('-replace')}-replace" if text in forced else kind
        for text, kind in diff.detailed.items()
    }
    heads = (str(parse(text)[0]) for text in forced)
    replaces = tuple(dict.fromkeys((*diff.replaces, *heads)))
    return replace(diff, changes=True, replaces=replaces, detailed=detailed)


def provider_changed(deployment: Deployment, old: ResourceState, new: ResourceState) -> bool:
    """Whether another provider manages the resource, one that cannot go on with what there is.

    The provider's ``diff_config`` decides, asked of the new one.
    """
    if old.provider == new.provider or urns.is_provider(new.type):
        return False
    if not old.provider or not new.provider:
        return True
    old_urn, new_urn = (urns.split_reference(item)[0] for item in (old.provider, new.provider))
    if deployment.aliases.get(new_urn) == old_urn:
        return False
    before, after = deployment.olds.get(old_urn), deployment.settled.get(new_urn)
    if urns.type_of(old_urn) != urns.type_of(new_urn) or before is None or after is None:
        return True
    provider = deployment.calls(new.urn, new.type, new.provider).provider
    diff = provider.diff_config(settings(before.state.inputs), settings(after.state.inputs))
    return bool(diff.replaces) or any(kind.endswith("-replace") for kind in diff.detailed.values())


def is_replaced_on_request(deployment: Deployment, old: ResourceState) -> bool:
    """Whether the operator wants the resource made anew, whatever the program says."""
    return old.taint or old.urn in deployment.scope.replaced


def triggered(old: Value, new: Value) -> bool:
    """Whether a ``replacement_trigger`` calls for a replacement: both are set and differ.

    What is not known yet counts as different.
    """
    if has_unknown(old) or has_unknown(new):
        return True
    if without_secrets(old) is None or without_secrets(new) is None:
        return False
    return bool(diff_values(old, new))


def _replaced_by_wish(deployment: Deployment, old: ResourceState, new: ResourceState) -> str:
    """Why the resource is replaced whatever its provider would say; nothing if it is not."""
    if not deployment.preview and has_unknown(new.replacement_trigger):
        raise EngineError(say("steps.trigger-unknown", name=new.name))
    if triggered(old.replacement_trigger, new.replacement_trigger):
        return "replacementTrigger"
    if is_replaced_on_request(deployment, old):
        return "id"
    with deployment.lock:
        if deployment.replaced & set(new.replace_with):
            return "replaceWith"
        if new.deleted_with in deployment.replaced:
            return "deletedWith"
    return "provider" if provider_changed(deployment, old, new) else ""


def _changed(diff: Diff, old: ResourceState, new: ResourceState) -> Iterator[str]:
    """Paths of what changes; where the provider names none, those of the inputs."""
    if diff.detailed or diff.changed:
        yield from diff.detailed
        yield from diff.changed
    else:
        yield from map(render, diff_values(old.inputs, new.inputs))


def _hit(selectors: list[Path], path: Path) -> bool:
    return any(covers(selector, path) for selector in selectors)
