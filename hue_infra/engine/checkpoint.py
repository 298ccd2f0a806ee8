"""The JSON of a stack's state: Pulumi's checkpoint version 3, as a file and as an export.

The file-backend form is ``{"version": 3, "checkpoint": {"stack": …, "latest": <deployment>}}``,
the form of ``pulumi stack export`` is ``{"version": 3, "deployment": <deployment>}``.
Source: pulumi/pulumi, sdk/go/common/apitype/core.go and pkg/resource/stack/deployment.go.

A key that this engine does not know is refused by name: to drop it could lose what it protects.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from hue_infra.engine.crypter import Crypter
from hue_infra.engine.encoding import Decoder, Encoder, dumps
from hue_infra.engine.state import (
    Manifest,
    Operation,
    OperationKind,
    ResourceState,
    Snapshot,
    Timeouts,
    new_manifest,
)
from hue_infra.errors import EngineError
from hue_infra.words import say

VERSION: Final = 3
# Which JSON key holds which field, by the kind of value; the order is that of apitype.
TEXTS: Final = {
    "id": "id",
    "parent": "parent",
    "provider": "provider",
    "importID": "import_id",
    "deletedWith": "deleted_with",
    "created": "created",
    "modified": "modified",
    "sourcePosition": "source_position",
}
FLAGS: Final = {
    "delete": "delete",
    "protect": "protect",
    "external": "external",
    "pendingReplacement": "pending_replacement",
    "retainOnDelete": "retain_on_delete",
}
LISTS: Final = {
    "dependencies": "dependencies",
    "initErrors": "init_errors",
    "additionalSecretOutputs": "additional_secret_outputs",
    "ignoreChanges": "ignore_changes",
    "replaceOnChanges": "replace_on_changes",
}
PROPERTIES: Final = ("inputs", "outputs")
TIMEOUTS: Final = ("create", "update", "delete", "read")
KEPT: Final = frozenset({"stackTrace", "hideDiff"})
"""Written by Pulumi for display; we carry them along unread."""
IGNORED: Final = frozenset({"aliases"})
"""Upstream itself drops these when it reads a state."""
KNOWN: Final = frozenset(
    {"urn", "type", "custom", "propertyDependencies", "customTimeouts", *PROPERTIES}
    | {*TEXTS, *FLAGS, *LISTS, *KEPT, *IGNORED}
)


def encode_resource(resource: ResourceState, crypter: Crypter | None) -> dict[str, object]:
    """One resource as ``ResourceV3``; a None *crypter* shows secrets in clear."""
    data: dict[str, object] = {"urn": resource.urn, "custom": resource.custom}
    data["type"] = resource.type
    for key, field in {**FLAGS, **TEXTS}.items():
        data[key] = getattr(resource, field)
    for key, field in LISTS.items():
        data[key] = list(getattr(resource, field))
    for key in PROPERTIES:
        data[key] = Encoder(crypter, f"{resource.urn}#{key}").properties(getattr(resource, key))
    data["propertyDependencies"] = {
        key: list(resource.property_dependencies[key])
        for key in sorted(resource.property_dependencies)
    }
    data["customTimeouts"] = _timeouts(resource.custom_timeouts)
    data.update(resource.extra)
    # Go leaves out what is empty, but for these three.
    return {key: data[key] for key in data if data[key] or key in {"urn", "custom", "type"}}


def decode_resource(data: Mapping[str, object], crypter: Crypter | None) -> ResourceState:
    """Read a ``ResourceV3``; without a crypter its secrets stay `Sealed`.

    Raises:
        EngineError: It lacks what every resource has, or has what this engine does not know.
    """
    urn = data.get("urn")
    if not isinstance(urn, str) or not isinstance(data.get("type"), str):
        raise EngineError(say("engine.resource-malformed", urn=str(urn)))
    _refuse_unknown(data, urn)
    # The tables above name the field of each key, which no type checker can follow.
    fields: dict[str, Any] = {"urn": urn, "type": data["type"]}
    fields["custom"] = bool(data.get("custom"))
    fields.update({field: data[key] for key, field in {**TEXTS, **FLAGS}.items() if key in data})
    fields.update({field: tuple(_list(data, key)) for key, field in LISTS.items()})
    for key in PROPERTIES:
        fields[key] = Decoder(crypter, f"{urn}#{key}").properties(_map(data, key))
    fields["property_dependencies"] = {
        key: tuple(cast("Iterable[str]", urns or ()))
        for key, urns in _map(data, "propertyDependencies").items()
    }
    if timeouts := _map(data, "customTimeouts"):
        fields["custom_timeouts"] = Timeouts(**cast("dict[str, float]", timeouts))
    fields["extra"] = {key: data[key] for key in sorted(KEPT & data.keys())}
    return ResourceState(**fields)


def encode_deployment(snapshot: Snapshot, crypter: Crypter | None) -> dict[str, object]:
    """A snapshot as ``DeploymentV3``; a None *crypter* shows secrets in clear."""
    manifest: dict[str, object] = {
        "time": snapshot.manifest.time,
        "magic": snapshot.manifest.magic,
        "version": snapshot.manifest.version,
    }
    if snapshot.manifest.plugins:
        manifest["plugins"] = [dict(plugin) for plugin in snapshot.manifest.plugins]
    data: dict[str, object] = {"manifest": manifest}
    if snapshot.salt:
        data["secrets_providers"] = {"type": "passphrase", "state": {"salt": snapshot.salt}}
    if snapshot.resources:
        data["resources"] = [encode_resource(item, crypter) for item in snapshot.resources]
    if snapshot.pending:
        data["pending_operations"] = [encode_operation(item, crypter) for item in snapshot.pending]
    return {**data, "metadata": dict(snapshot.metadata)}


def encode_operation(operation: Operation, crypter: Crypter | None) -> dict[str, object]:
    """A pending operation as ``OperationV2``."""
    return {"resource": encode_resource(operation.resource, crypter), "type": operation.kind}


def decode_operation(data: Mapping[str, object], crypter: Crypter | None) -> Operation:
    """Read an ``OperationV2``."""
    resource = decode_resource(_map(data, "resource"), crypter)
    return Operation(resource, cast("OperationKind", data["type"]))


def export(snapshot: Snapshot, crypter: Crypter | None) -> dict[str, object]:
    """The snapshot in the form of ``pulumi stack export``; no crypter: ``--show-secrets``."""
    return {"version": VERSION, "deployment": encode_deployment(snapshot, crypter)}


def dump(stack: str, snapshot: Snapshot, crypter: Crypter | None) -> bytes:
    """The bytes of a state file of the file backend.

    Args:
        stack: Its full name, ``organization/<project>/<stack>``.
        snapshot: What to write.
        crypter: Encrypts the secrets.
    """
    latest = encode_deployment(snapshot, crypter)
    text = dumps({"version": VERSION, "checkpoint": {"stack": stack, "latest": latest}})
    return text.encode()


@dataclass(frozen=True, slots=True)
class Stored:
    """A deployment as its file holds it, secrets still encrypted: cheap to read, no passphrase."""

    data: Mapping[str, object]

    @property
    def salt(self) -> str:
        """State of the passphrase provider, empty when there is none.

        Raises:
            EngineError: The secrets are held by another provider, a cloud's for instance.
        """
        provider = _map(self.data, "secrets_providers")
        if not provider:
            return ""
        if provider.get("type") != "passphrase":
            raise EngineError(say("engine.secrets-provider", type=str(provider.get("type"))))
        return str(_map(provider, "state").get("salt", ""))

    def decode(self, crypter: Crypter | None) -> Snapshot:
        """The snapshot; without a crypter its secrets stay `Sealed`."""
        return Snapshot(
            tuple(decode_resource(item, crypter) for item in _maps(self.data, "resources")),
            tuple(
                decode_operation(item, crypter) for item in _maps(self.data, "pending_operations")
            ),
            _manifest(_map(self.data, "manifest")),
            self.salt,
            _map(self.data, "metadata"),
        )


def parse(text: bytes, name: str) -> Stored:
    """Read either form, a state file or an export.

    Args:
        text: The bytes of the file.
        name: What to call it in an error.

    Raises:
        EngineError: It is not such a file, or of a version or with features we do not know.
    """
    try:
        data = json.loads(text)
    except ValueError as problem:
        raise EngineError(
            say("engine.state-malformed", file=name, problem=str(problem))
        ) from problem
    return from_document(data, name)


def from_document(data: object, name: str) -> Stored:
    """As `parse`, for JSON that is already read."""
    if not isinstance(data, dict) or not {"checkpoint", "deployment"} & data.keys():
        problem = say("engine.state-no-deployment")
        raise EngineError(say("engine.state-malformed", file=name, problem=problem))
    if data.get("features"):
        names = ", ".join(str(feature) for feature in data["features"])
        raise EngineError(say("engine.state-features", file=name, features=names))
    if data.get("version") not in (VERSION, VERSION + 1):
        raise EngineError(say("engine.state-version", file=name, version=str(data.get("version"))))
    inner = data.get("deployment") or _map(data, "checkpoint").get("latest") or {}
    stored = Stored(cast("dict[str, object]", inner))
    for key in ("snippets", "extensions"):
        if stored.data.get(key):
            raise EngineError(say("engine.state-features", file=name, features=key))
    return stored


def _refuse_unknown(data: Mapping[str, object], urn: str) -> None:
    # An empty value means the same as a key left out, whatever the key.
    unknown = sorted(key for key in data.keys() - KNOWN if data[key])
    if unknown:
        raise EngineError(
            say("engine.resource-keys", urn=urn, keys=", ".join(unknown)),
            hint=say("engine.resource-keys-hint"),
        )


def _timeouts(timeouts: Timeouts | None) -> dict[str, float]:
    if timeouts is None:
        return {}
    named = {key: getattr(timeouts, key) for key in TIMEOUTS}
    return {key: value for key, value in named.items() if value}


def _manifest(data: Mapping[str, object]) -> Manifest:
    if not data:
        return new_manifest()
    plugins = tuple(_maps(data, "plugins"))
    return Manifest(str(data["time"]), str(data["version"]), plugins, str(data["magic"]))


def _map(data: Mapping[str, object], key: str) -> dict[str, object]:
    value = data.get(key) or {}
    if not isinstance(value, dict):
        raise EngineError(say("engine.key-malformed", key=key))
    return value


def _list(data: Mapping[str, object], key: str) -> list[str]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise EngineError(say("engine.key-malformed", key=key))
    return value


def _maps(data: Mapping[str, object], key: str) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", _list(data, key))
