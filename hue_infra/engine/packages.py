"""Which plugin serves a package, and how a provider's recorded inputs say so.

A parameterized package is served by a plugin of another name that was given parameters. In
state the version of the package stands among a provider's inputs, and the plugin in
``__internal``. Source: pulumi/pulumi, pkg/resource/deploy/providers (provider.go, registry.go).
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hue_infra.engine.values import PropertyMap, Value

INTERNAL: Final = "__internal"
VERSION: Final = "version"
_URL: Final = "pluginDownloadURL"
_CHECKSUMS: Final = "pluginChecksums"
_NAME: Final = "name"
_PARAMETERS: Final = "parameterization"
_ENVIRONMENT: Final = "envVarMappings"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What makes another package of a plugin: the package's name and version, and a value."""

    name: str
    version: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """A plugin, and what it was given."""

    plugin: str
    version: str = ""
    """Of the plugin; nothing means whichever is there."""
    url: str = ""
    checksums: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Platform to SHA-256 in hex."""
    parameters: Parameters | None = None
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Variable to the name under which the plugin sees its value."""

    @property
    def name(self) -> str:
        """The package, which the types of its resources begin with."""
        return self.parameters.name if self.parameters else self.plugin

    @property
    def default_name(self) -> str:
        """Name of the default provider of this package."""
        version = self.parameters.version if self.parameters else self.version
        parts = ["default", *re.split(r"[.+-]", version)] if version else ["default"]
        if self.url:
            parts.append(re.sub(r"[^A-Za-z0-9_.-]", "_", self.url))
        return "_".join(parts)

    def recorded(self) -> PropertyMap:
        """What a provider's inputs say of its package."""
        internal: PropertyMap = {}
        found: PropertyMap = {}
        if self.version:
            found |= {INTERNAL: internal, VERSION: self.version}
        if self.url:
            internal[_URL] = self.url
        if self.checksums:
            internal[_CHECKSUMS] = dict(self.checksums)
        if self.environment:
            internal[_ENVIRONMENT] = dict(self.environment)
        if self.parameters:
            internal |= {
                _NAME: self.plugin,
                VERSION: self.version,
                _PARAMETERS: base64.b64encode(self.parameters.value).decode(),
            }
            found[VERSION] = self.parameters.version
        return {**found, INTERNAL: internal} if internal else found


def recorded_package(name: str, inputs: Mapping[str, Value]) -> Package:
    """The package *name* as the inputs of its provider record it."""
    stored = inputs.get(INTERNAL)
    internal = stored if isinstance(stored, dict) else {}
    version = _text(inputs, VERSION)
    parameters = None
    if value := _text(internal, _PARAMETERS):
        parameters = Parameters(name, version, base64.b64decode(value))
        version = _text(internal, VERSION)
    return Package(
        plugin=_text(internal, _NAME) or name,
        version=version,
        # Older states hold the address beside the version.
        url=_text(internal, _URL) or _text(inputs, _URL),
        checksums=_texts(internal, _CHECKSUMS),
        parameters=parameters,
        environment=_texts(internal, _ENVIRONMENT),
    )


def settings(inputs: Mapping[str, Value]) -> PropertyMap:
    """The provider's own settings among the inputs of its resource."""
    return {key: value for key, value in inputs.items() if key != INTERNAL}


def _text(values: Mapping[str, Value], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _texts(values: Mapping[str, Value], key: str) -> dict[str, str]:
    found = values.get(key)
    held = found if isinstance(found, dict) else {}
    return {name: text for name, text in held.items() if isinstance(text, str)}
