"""Which provider manages a resource or answers a call: named, inherited, or the default one.

Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (inheritFromParent, resolveProvider,
getProviderReference).
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Protocol

from pulumi.runtime.proto import resource_pb2

from hue_infra.engine import urns
from hue_infra.engine.defaults import DefaultProviders
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.package_refs import PackageRefs
from hue_infra.engine.packages import Package
from hue_infra.engine.refusals import option_error
from hue_infra.engine.values import PropertyMap
from hue_infra.errors import EngineError
from hue_infra.words import say

SELF: Final = "__self__"
"""The argument of a method's call that is the resource itself."""


class Asked(Protocol):
    """What every request says of its package."""

    version: str
    pluginDownloadURL: str  # noqa: N815 - the protocol's name
    packageRef: str  # noqa: N815 - the protocol's name

    @property
    def pluginChecksums(self) -> Mapping[str, bytes]:  # noqa: N802 - the protocol's name
        """Platform to checksum."""


class Selection:
    """Finds providers for the requests of one run."""

    def __init__(self, deployment: Deployment) -> None:
        self.packages = PackageRefs()
        self._deployment = deployment
        self._defaults = DefaultProviders(deployment)
        self._of_components: dict[str, dict[str, str]] = {}
        """Component to package and the provider that its children use."""
        self._lock = threading.Lock()

    def package(self, name: str, request: Asked) -> Package:
        """The package *name* as a request describes it."""
        if request.packageRef:
            return self.packages.get(request.packageRef)
        checksums = {key: value.hex() for key, value in request.pluginChecksums.items()}
        return Package(name, request.version, request.pluginDownloadURL, checksums)

    def inherit(self, request: resource_pb2.RegisterResourceRequest) -> None:
        """Fill in the options that *request* leaves to its parent."""
        parent = self._deployment.goals.get(request.parent)
        if parent is None:
            return
        request.deletedWith = request.deletedWith or parent.deleted_with
        if parent.protect is not None and not request.HasField("protect"):
            request.protect = parent.protect
        if parent.retain_on_delete is not None and not request.HasField("retainOnDelete"):
            request.retainOnDelete = parent.retain_on_delete
        component = not request.custom and not request.remote
        if not request.provider and (component or _package_of(parent.provider) == _own(request)):
            request.provider = parent.provider

    def resolve(self, given: str, of: Mapping[str, str], parent: str, package: str) -> str:
        """The provider that a request names, or that comes to it from components above."""
        if given or package in of:
            return given or of[package]
        with self._lock:
            return self._of_components.get(parent, {}).get(package, "")

    def settle(self, urn: str, parent: str, of: Mapping[str, str]) -> None:
        """Remember which providers a component has for its children."""
        with self._lock:
            self._of_components[urn] = {**self._of_components.get(parent, {}), **of}

    def reference(self, given: str, package: Package) -> str:
        """The provider *given*, else the default one of *package*, made if there is none yet."""
        return given or self._defaults.reference(package)

    def of_components(self, request: resource_pb2.RegisterResourceRequest) -> dict[str, str]:
        """Package to provider, as a component hands them to its children."""
        with self._lock:
            return {**self._of_components.get(request.parent, {}), **request.providers}

    def own_provider(self, request: resource_pb2.RegisterResourceRequest) -> str:
        """The reference of the provider that manages what *request* registers; empty for none."""
        is_provider = urns.is_provider(request.type)
        if is_provider and request.deleteBeforeReplace:
            raise option_error("delete_before_replace", f"{request.type} {request.name}")
        if is_provider or not (request.custom or request.remote):
            return request.provider
        name = urns.package_of(request.type)
        given = self.resolve(request.provider, request.providers, request.parent, name)
        return self.reference(given, self.package(name, request))

    def recorded(self, request: resource_pb2.RegisterResourceRequest) -> PropertyMap:
        """What the inputs of a registered provider say of its package; nothing for others."""
        if not urns.is_provider(request.type):
            if request.envVarMappings:
                raise EngineError(say("deployment.not-a-provider", name=request.name))
            return {}
        package = self.package(urns.package_of(request.type), request)
        return replace(package, environment=dict(request.envVarMappings)).recorded()

    def of_call(self, request: resource_pb2.ResourceCallRequest) -> str:
        """The provider that answers a method: of a provider itself, or of its resource.

        Raises:
            EngineError: The resource is not part of the program.
        """
        fields = request.args.fields
        own = fields[SELF].struct_value.fields if SELF in fields else {}
        urn = own["urn"].string_value if "urn" in own else ""
        if urns.is_provider(request.tok):
            id_ = own["id"].string_value if "id" in own else ""
            return urns.reference(urn, id_)
        if request.provider or not urn:
            given = request.provider
        else:
            goal = self._deployment.goals.get(urn)
            if goal is None:
                raise EngineError(say("deployment.unknown-resource", urn=urn))
            given = goal.provider
        return self.reference(given, self.package(urns.package_of(request.tok), request))


def _package_of(reference: str) -> str:
    if not reference:
        return ""
    urn, _ = urns.split_reference(reference)
    return urns.package_of(urns.type_of(urn))


def _own(request: resource_pb2.RegisterResourceRequest) -> str:
    return "" if urns.is_provider(request.type) else urns.package_of(request.type)
