"""What a plugin says when a call fails: a sentence, and what Pulumi packs beside it.

Source: pulumi/pulumi, sdk/go/common/util/rpcutil/rpcerror; pkg/resource/deploy/source_eval.go,
errorToMessage.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf.message import Message
from pulumi.runtime.proto import errors_pb2, provider_pb2, status_pb2

from hue_infra.engine.encoding import Encoder, dumps
from hue_infra.engine.property_paths import look_up, parse
from hue_infra.engine.provider import PartialFailure
from hue_infra.engine.values import Secret, Value, has_secret
from hue_infra.engine.wire import from_struct
from hue_infra.errors import EngineError
from hue_infra.words import say

_PACKED: Final = "grpc-status-details-bin"
_MASK: Final = "[secret]"

Detail = TypeVar("Detail", bound=Message)


def is_unimplemented(error: grpc.RpcError) -> bool:
    """Whether the plugin does not know the call."""
    return bool(error.code() == grpc.StatusCode.UNIMPLEMENTED)


def sentence(error: grpc.RpcError, given: Mapping[str, Value] | None = None) -> str:
    """What went wrong; the inputs that it names are shown with their values in *given*."""
    text = error.details() or ""
    for cause in _details(error, errors_pb2.ErrorCause):
        text += f": {cause.message}"
    for packed in _details(error, errors_pb2.InputPropertiesError):
        for item in packed.errors:
            text += f"\n\t\t- {_problem(item.property_path, item.reason, given or {})}"
    # Inputs that are wrong speak for themselves; the bare code only where nothing else does.
    return text or str(error.code())


def partial(error: grpc.RpcError) -> PartialFailure | None:
    """The resource that exists but is not ready, if that is what the failure means."""
    for packed in _details(error, provider_pb2.ErrorResourceInitFailed):
        inputs = from_struct(packed.inputs) if packed.HasField("inputs") else None
        reasons = tuple(packed.reasons) or (say("plugins.not-ready"),)
        return PartialFailure(packed.id, from_struct(packed.properties), reasons, inputs)
    return None


def missing_settings(error: grpc.RpcError) -> dict[str, str]:
    """The settings that a provider cannot do without, each with what it is for."""
    return {
        item.name: item.description
        for packed in _details(error, provider_pb2.ConfigureErrorMissingKeys)
        for item in packed.missingKeys
    }


def _details(error: grpc.RpcError, kind: type[Detail]) -> Iterator[Detail]:
    for key, value in _trailing(error):
        if key != _PACKED:
            continue
        for packed in status_pb2.Status.FromString(value).details:
            found = kind()
            if packed.Unpack(found):
                yield found


def _trailing(error: grpc.RpcError) -> Any:  # noqa: ANN401 - grpc ships no types
    told = getattr(error, "trailing_metadata", None)
    return (told() if told else None) or ()


def _problem(path: str, reason: str, given: Mapping[str, Value]) -> str:
    shown = _shown(path, given)
    if shown is None:
        return say("plugins.input-problem", path=path, reason=reason)
    return say("plugins.value-problem", path=path, value=shown, reason=reason)


def _shown(path: str, given: Mapping[str, Value]) -> str | None:
    """The value at *path* as Pulumi shows it; None where there is none."""
    try:
        value = look_up(given, parse(path))
    except EngineError:
        return None
    if value is None:
        return None
    if isinstance(value, Secret) or has_secret(value):
        return _MASK
    return value if isinstance(value, str) else dumps(Encoder(None).value(value))
