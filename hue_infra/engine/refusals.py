"""What this engine does not do, refused by name: nothing a program asks is ignored silently."""

from pulumi.runtime.proto import resource_pb2

from hue_infra.errors import EngineError
from hue_infra.words import say

_OPTIONS = {
    "remote": "remote component",
    "importId": "import_",
    "deletedWith": "deleted_with",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
    "transforms": "transforms",
    "state_migrations": "state_migrations",
    "packageRef": "parameterized package",
    "hooks": "hooks",
    "hideDiffs": "hide_diffs",
    "envVarMappings": "env_var_mappings",
    "pluginDownloadURL": "plugin_download_url",
    "pluginChecksums": "plugin_checksums",
}
"""Field of a registration to the name of the option in Python."""

_READ_OPTIONS = ("packageRef", "pluginDownloadURL", "pluginChecksums")


class UnsupportedError(EngineError):
    """The program uses a part of Pulumi that this engine lacks."""


def refuse_options(request: resource_pb2.RegisterResourceRequest) -> None:
    """Raise for the first option in *request* that this engine lacks."""
    given = {field.name for field, _ in request.ListFields()}
    if "hooks" in given and not request.hooks.ListFields():
        given.discard("hooks")
    for name, option in _OPTIONS.items():
        if name in given:
            raise option_error(option, f"{request.type} {request.name}")


def refuse_read_options(request: resource_pb2.ReadResourceRequest) -> None:
    """Raise for the first option of a read that this engine lacks."""
    given = {field.name for field, _ in request.ListFields()}
    for name in _READ_OPTIONS:
        if name in given:
            raise option_error(_OPTIONS[name], f"{request.type} {request.name}")


def option_error(option: str, resource: str) -> UnsupportedError:
    """The refusal of a resource option."""
    return UnsupportedError(say("deployment.option-refused", option=option, resource=resource))


def feature_error(feature: str) -> UnsupportedError:
    """The refusal of a whole feature."""
    return UnsupportedError(say("deployment.feature-refused", feature=feature))
