"""Components and methods that a plugin serves: what it is told, and what it answers.

Source: pulumi/pulumi, pkg/resource/plugin/provider_plugin.go, Construct and Call.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi.runtime.proto import alias_pb2, provider_pb2, resource_pb2, resource_pb2_grpc

from hue_infra.engine.goal import Alias, Goal
from hue_infra.engine.host import rpc
from hue_infra.engine.host.answers import check_failures
from hue_infra.engine.host.hookcalls import spelled
from hue_infra.engine.provider import (
    Called,
    CallRequest,
    Constructed,
    ConstructRequest,
    Site,
)
from hue_infra.engine.wire import ALL, Keep, from_struct, to_struct, to_value

Construct = provider_pb2.ConstructRequest
Call = provider_pb2.CallRequest


def construction(request: ConstructRequest, keep: Keep) -> Construct:
    """The call that makes a component."""
    goal = request.goal
    made = Construct(
        **_of_run(request.site),
        type=goal.type,
        name=goal.name,
        parent=goal.parent,
        inputs=to_struct(request.inputs, keep),
        providers=dict(request.providers),
        accepts_output_values=True,
    )
    for key, urns in goal.property_dependencies.items():
        made.inputDependencies[key].urns.extend(urns)
    _set_options(made, goal)
    return made


def constructed(answer: provider_pb2.ConstructResponse) -> Constructed:
    """The component that was made."""
    depends = {key: tuple(item.urns) for key, item in answer.stateDependencies.items()}
    return Constructed(answer.urn, from_struct(answer.state), depends)


def reserved(request: ConstructRequest) -> Constructed:
    """The component registered with nothing in it, in the stead of its plugin.

    Raises:
        grpc.RpcError: The monitor refuses it.
    """
    goal = request.goal
    with rpc.channel(request.site.monitor) as channel:
        monitor = resource_pb2_grpc.ResourceMonitorStub(channel)
        asked = resource_pb2.RegisterResourceRequest(
            type=goal.type, name=goal.name, parent=goal.parent
        )
        return Constructed(monitor.RegisterResource(asked).urn, {})


def call(request: CallRequest, keep: Keep) -> Call:
    """The call of a method."""
    made = Call(
        tok=request.token,
        # Those who serve methods know secrets and references, whatever they say of resources.
        args=to_struct(request.args, replace(keep, secrets=True, resources=True)),
        **_of_run(request.site),
        accepts_output_values=True,
    )
    for key, urns in request.dependencies.items():
        made.argDependencies[key].urns.extend(urns)
    return made


def called(answer: provider_pb2.CallResponse) -> Called:
    """What a method answered."""
    depends = {key: tuple(item.urns) for key, item in answer.returnDependencies.items()}
    # The field is named by a keyword of Python.
    outputs = from_struct(getattr(answer, "return"))
    return Called(outputs, depends, check_failures(answer))


def _of_run(site: Site) -> dict[str, Any]:
    """What every call tells of the run that it is part of."""
    return {
        "project": site.project,
        "stack": site.stack,
        "organization": site.organization,
        "config": dict(site.config),
        "configSecretKeys": sorted(site.secret_config),
        "dryRun": site.preview,
        "parallel": site.parallel,
        "monitorEndpoint": site.monitor,
    }


def _set_options(made: Construct, goal: Goal) -> None:
    made.dependencies.extend(goal.dependencies)
    made.aliases.extend(map(_alias, goal.aliases))
    made.ignoreChanges.extend(goal.ignore_changes)
    made.replaceOnChanges.extend(goal.replace_on_changes)
    made.additionalSecretOutputs.extend(goal.additional_secret_outputs)
    made.replace_with.extend(goal.replace_with)
    made.deletedWith = goal.deleted_with
    chosen: Mapping[str, bool | None] = {
        "protect": goal.protect,
        "retainOnDelete": goal.retain_on_delete,
        "deleteBeforeReplace": goal.delete_before_replace,
    }
    for name, value in chosen.items():
        if value is not None:
            setattr(made, name, value)
    for occasion, names in goal.hooks.items():
        getattr(made.resource_hooks, occasion).extend(names)
    if goal.replacement_trigger is not None:
        made.replacement_trigger.CopyFrom(to_value(goal.replacement_trigger, ALL))
    if goal.timeouts is not None:
        for name in ("create", "update", "delete", "read"):
            setattr(made.customTimeouts, name, spelled(getattr(goal.timeouts, name)))


def _alias(alias: Alias) -> alias_pb2.Alias:
    if alias.urn:
        return alias_pb2.Alias(urn=alias.urn)
    spec = alias_pb2.Alias.Spec(
        name=alias.name, type=alias.type, stack=alias.stack, project=alias.project
    )
    if alias.no_parent:
        spec.noParent = True
    elif alias.parent:
        spec.parentUrn = alias.parent
    return alias_pb2.Alias(spec=spec)
