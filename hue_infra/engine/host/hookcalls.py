"""Hooks that stay in the program's process, as the engine's steps call them.

Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go, wrapResourceHookCallback.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import callback_pb2, resource_pb2

from hue_infra.engine import urns
from hue_infra.engine.hooks import ErrorHook, ErrorHookArgs, Hook, HookArgs, HookError
from hue_infra.engine.host.callbacks import Callbacks
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import PropertyMap
from hue_infra.engine.wire import ALL, to_struct
from hue_infra.errors import EngineError


def hook(callbacks: Callbacks, callback: callback_pb2.Callback) -> Hook:
    """A hook of the program as a function."""

    def call(args: HookArgs) -> None:
        request = resource_pb2.ResourceHookRequest(
            **_told(args), new_outputs=_packed(args.new_outputs)
        )
        raw = _invoked(callbacks, callback, request)
        if problem := resource_pb2.ResourceHookResponse.FromString(raw).error:
            raise HookError(problem)

    return call


def error_hook(callbacks: Callbacks, callback: callback_pb2.Callback) -> ErrorHook:
    """An error hook of the program as a function."""

    def call(args: ErrorHookArgs) -> bool:
        request = resource_pb2.ErrorHookRequest(
            **_told(args), failed_operation=args.operation, errors=list(args.errors)
        )
        answer = resource_pb2.ErrorHookResponse.FromString(_invoked(callbacks, callback, request))
        if answer.error:
            raise HookError(answer.error)
        return answer.retry

    return call


def _told(args: HookArgs | ErrorHookArgs) -> dict[str, Any]:
    """What hooks of either kind are told of the resource."""
    return {
        "urn": args.urn,
        "id": args.id,
        "name": args.name,
        "type": args.type,
        "new_inputs": _packed(args.new_inputs),
        "old_inputs": _packed(args.old_inputs),
        "old_outputs": _packed(args.old_outputs),
        "old_options": _options(args.old),
        "new_options": _options(args.new),
    }


def _invoked(
    callbacks: Callbacks,
    callback: callback_pb2.Callback,
    request: resource_pb2.ResourceHookRequest | resource_pb2.ErrorHookRequest,
) -> bytes:
    try:
        return callbacks.invoke(callback, request)
    except EngineError as error:
        raise HookError(str(error)) from error


def _packed(properties: PropertyMap | None) -> struct_pb2.Struct | None:
    return None if properties is None else to_struct(properties, ALL)


def _options(state: ResourceState | None) -> resource_pb2.ResourceOptions | None:
    """The options of a resource, as far as its state records them."""
    if state is None:
        return None
    options = resource_pb2.ResourceOptions(
        parent=state.parent,
        depends_on=list(state.dependencies),
        ignore_changes=list(state.ignore_changes),
        replace_on_changes=list(state.replace_on_changes),
        provider=state.provider,
        deleted_with=state.deleted_with,
        additional_secret_outputs=list(state.additional_secret_outputs),
        protect=state.protect,
        retain_on_delete=state.retain_on_delete,
        custom_timeouts=_timeouts(state),
    )
    setattr(options, "import", state.import_id)
    if state.provider:
        urn, _ = urns.split_reference(state.provider)
        options.providers[urns.package_of(urns.type_of(urn))] = state.provider
    return options


def _timeouts(
    state: ResourceState,
) -> resource_pb2.RegisterResourceRequest.CustomTimeouts | None:
    if state.custom_timeouts is None:
        return None
    given: Mapping[str, float | None] = {
        "create": state.custom_timeouts.create,
        "update": state.custom_timeouts.update,
        "delete": state.custom_timeouts.delete,
    }
    return resource_pb2.RegisterResourceRequest.CustomTimeouts(
        **{name: spelled(value) for name, value in given.items()}
    )


def spelled(seconds: float | None) -> str:
    """A duration as Go writes it; nothing for none.

    >>> spelled(90.0)
    '90s'
    """
    return "" if seconds is None else f"{seconds:g}s"
