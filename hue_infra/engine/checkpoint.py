"""The JSON of a stack's state: Pulumi's checkpoint, as a file and as an export.

The file-backend form is ``{"version": 3, "checkpoint": {"stack": …, "latest": <deployment>}}``,
the form of ``pulumi stack export`` is ``{"version": 3, "deployment": <deployment>}``. A state with
what older readers must not overlook is of version 4 and names it among its ``features``.
Source: pulumi/pulumi, sdk/go/common/apitype/core.go and pkg/resource/stack/deployment.go.

A key that this engine does not know is refused by name: to drop it could lose what it protects.
"""

import json
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from hue_infra.engine.crypter import Crypter
from hue_infra.engine.encoding import Decoder, Encoder, dumps
from hue_infra.engine.state import (
    HOOKS,
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
FEATURES_VERSION: Final = 4
"""Of a state that says which ``features`` its reader must know."""
FEATURES: Final = {
    "refreshBeforeUpdate": "refreshBeforeUpdate",
    "viewOf": "views",
    "resourceHooks": "hooks",
    "taint": "taint",
    "replaceWith": "replaceWith",
    "extensionRef": "extensionParameterization",
    "snippetID": "snippets-prototype",
}
"""Key of a resource to the feature that it makes the state need."""
READABLE: Final = frozenset({"refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith"})
"""The features that this engine acts upon; a state with others is not run."""
# Which JSON key holds which field, by the kind of value; the order is that of apitype.
TEXTS: Final = {
    "id": "id",
    "parent": "parent",
    "provider": "provider",
    "importID": "import_id",
    "deletedWith": "deleted_with",
    "viewOf": "view_of",
    "created": "created",
    "modified": "modified",
    "sourcePosition": "source_position",
}
FLAGS: Final = {
    "delete": "delete",
    "protect": "protect",
    "taint": "taint",
    "external": "external",
    "pendingReplacement": "pending_replacement",
    "retainOnDelete": "retain_on_delete",
    "refreshBeforeUpdate": "refresh_before_update",
}
SIMPLE: Final = {**FLAGS, **TEXTS}
LISTS: Final = {
    "dependencies": "dependencies",
    "initErrors": "init_errors",
    "additionalSecretOutputs": "additional_secret_outputs",
    "replaceWith": "replace_with",
    "ignoreChanges": "ignore_changes",
    "hideDiff": "hide_diffs",
    "replaceOnChanges": "replace_on_changes",
}
PROPERTIES: Final = ("inputs", "outputs")
TIMEOUTS: Final = ("create", "update", "delete", "read")
HOOK_NAMES: Final = {name: name.title().replace("_", "") for name in HOOKS}
"""Occasion of a hook to its key under ``resourceHooks``."""
KEPT: Final = frozenset({"stackTrace", "extensionRef", "snippetID"})
"""Carried along unread."""
IGNORED: Final = frozenset({"aliases"})
"""Upstream itself drops these when it reads a state."""
KNOWN: Final = frozenset(
    {"urn", "type", "custom", "propertyDependencies", "customTimeouts", *PROPERTIES}
    | {"replacementTrigger", "resourceHooks"}
    | {*TEXTS, *FLAGS, *LISTS, *KEPT, *IGNORED}
)


_simple = operator.attrgetter(*SIMPLE.values())


def encode_resource(resource: ResourceState, crypter: Crypter | None) -> dict[str, object]:
    """One resource as ``ResourceV3``; a None *crypter* shows secrets in clear."""
    data: dict[str, object] = {"urn": resource.urn, "custom": resource.custom}
    data["type"] = resource.type
    data.update(zip(SIMPLE, _simple(resource), strict=True))
    for key, field in LISTS.items():
        data[key] = list(getattr(resource, field))
    for key in PROPERTIES:
        data[key] = Encoder(crypter, f"{resource.urn}#{key}").properties(getattr(resource, key))
    data["propertyDependencies"] = {
        key: list(resource.property_dependencies[key])
        for key in sorted(resource.property_dependencies)
    }
    data["customTimeouts"] = _timeouts(resource.custom_timeouts)
    data["resourceHooks"] = {
        HOOK_NAMES[key]: list(resource.hooks[key]) for key in HOOKS if resource.hooks.get(key)
    }
    data.update(resource.extra)
    # Go leaves out what is empty, but for these three, and for a trigger that is set.
    kept = {key: data[key] for key in data if data[key] or key in {"urn", "custom", "type"}}
    if resource.replacement_trigger is not None:
        encoder = Encoder(crypter, f"{resource.urn}#replacementTrigger")
        kept["replacementTrigger"] = encoder.value(resource.replacement_trigger)
    return kept


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
    fields.update({field: data[key] for key, field in SIMPLE.items() if key in data})
    fields.update({field: tuple(_list(data, key)) for key, field in LISTS.items() if key in data})
    for key in PROPERTIES:
        fields[key] = Decoder(crypter, f"{urn}#{key}").properties(_map(data, key))
    fields["property_dependencies"] = {
        key: tuple(cast("Iterable[str]", urns or ()))
        for key, urns in _map(data, "propertyDependencies").items()
    }
    decoder = Decoder(crypter, f"{urn}#replacementTrigger")
    fields["replacement_trigger"] = decoder.value(data.get("replacementTrigger"))
    fields["hooks"] = _hooks(_map(data, "resourceHooks"))
    if timeouts := _map(data, "customTimeouts"):
        fields["custom_timeouts"] = Timeouts(**cast("dict[str, float]", timeouts))
    fields["extra"] = {key: data[key] for key in sorted(KEPT & data.keys()) if data[key]}
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
    deployment = encode_deployment(snapshot, crypter)
    return {**_heading(snapshot), "deployment": deployment}


def dump(stack: str, snapshot: Snapshot, crypter: Crypter | None) -> bytes:
    """The bytes of a state file of the file backend.

    Args:
        stack: Its full name, ``organization/<project>/<stack>``.
        snapshot: What to write.
        crypter: Encrypts the secrets.
    """
    latest = encode_deployment(snapshot, crypter)
    text = dumps({**_heading(snapshot), "checkpoint": {"stack": stack, "latest": latest}})
    return text.encode()


def features(snapshot: Snapshot) -> list[str]:
    """What a reader of *snapshot* must know of, by upstream's names, in order."""
    return sorted({name for item in snapshot.resources for name in _needed(item)})


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
    unread = [str(item) for item in data.get("features") or () if item not in READABLE]
    if unread:
        names = ", ".join(unread)
        raise EngineError(say("engine.state-features", file=name, features=names))
    if data.get("version") not in (VERSION, FEATURES_VERSION):
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


def _heading(snapshot: Snapshot) -> dict[str, object]:
    """The version of a document, and the features that make it what it is."""
    needed = features(snapshot)
    if not needed:
        return {"version": VERSION}
    return {"version": FEATURES_VERSION, "features": needed}


def _needed(resource: ResourceState) -> Iterator[str]:
    """The features that one resource makes a state need."""
    fields = {**TEXTS, **FLAGS, **LISTS, "resourceHooks": "hooks"}
    for key, feature in FEATURES.items():
        if (key in fields and getattr(resource, fields[key])) or resource.extra.get(key):
            yield feature


def _hooks(data: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The hooks by our names; an occasion that nobody knows is refused."""
    occasions = {key: name for name, key in HOOK_NAMES.items()}
    for key in data:
        if key not in occasions:
            raise EngineError(say("engine.key-malformed", key=f"resourceHooks.{key}"))
    return {occasions[key]: tuple(_list(data, key)) for key in data}


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
