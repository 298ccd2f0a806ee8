"""What this engine does not do, refused by name: nothing a program asks is ignored silently."""

from typing import Final

from pulumi.runtime.proto import resource_pb2

from hue_infra.errors import EngineError
from hue_infra.words import say

OPTIONS: Final = {"state_migrations": "state_migrations"}
"""Field of a registration to the name of the option in Python."""


class UnsupportedError(EngineError):
    """The program uses a part of Pulumi that this engine lacks."""


def refuse_options(request: resource_pb2.RegisterResourceRequest) -> None:
    """Raise for the first option in *request* that this engine lacks."""
    given = {field.name for field, _ in request.ListFields()}
    for name, option in OPTIONS.items():
        if name in given:
            raise option_error(option, f"{request.type} {request.name}")


def option_error(option: str, resource: str) -> UnsupportedError:
    """The refusal of a resource option."""
    return UnsupportedError(say("deployment.option-refused", option=option, resource=resource))


def feature_error(feature: str) -> UnsupportedError:
    """The refusal of a whole feature."""
    return UnsupportedError(say("deployment.feature-refused", feature=feature))
