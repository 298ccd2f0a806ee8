"""The resources of a package as its plugin serves them, over gRPC.

The plugin says at the handshake, or when it is configured, what it accepts; secrets that it
does not take are marked again in what it answers.
Source: pulumi/pulumi, pkg/resource/plugin/provider_plugin.go.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf import struct_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2

from hue_infra.engine import signatures, urns
from hue_infra.engine.calls import ProviderError
from hue_infra.engine.encoding import Encoder, dumps
from hue_infra.engine.host import components, failures
from hue_infra.engine.host.answers import check_failures, difference
from hue_infra.engine.host.plugin import Plugin
from hue_infra.engine.packages import VERSION, Package
from hue_infra.engine.provider import (
    Called,
    CallRequest,
    Checked,
    CheckRequest,
    Constructed,
    ConstructRequest,
    CreateRequest,
    DeleteRequest,
    Diff,
    DiffRequest,
    InvokeFailure,
    Provider,
    ReadRequest,
    State,
    UpdateRequest,
)
from hue_infra.engine.values import (
    PropertyMap,
    Value,
    annotate_secrets,
    has_secret,
    has_unknown,
    secret,
    without_secrets,
)
from hue_infra.engine.wire import USUAL, Keep, from_struct, to_struct
from hue_infra.errors import EngineError
from hue_infra.words import say

_SETTINGS: Final = Keep(secrets=False, resources=False)
"""How settings are sent that are only looked at: what the plugin accepts is not known yet."""

Answer = Any
"""A message of Pulumi's protocol."""


class PluginProvider(Provider):
    """One provider resource's plugin.

    Secrets are handed to it, and taken off here for a plugin that does not accept them.
    """

    def __init__(
        self, plugin: Plugin, package: Package, release: Callable[[Plugin, bool], None]
    ) -> None:
        """Speak to *plugin*.

        Args:
            plugin: Running, and parameterized if *package* is.
            package: What the plugin serves.
            release: Takes the plugin back at the end, and whether it was ever configured.
        """
        self._plugin = plugin
        self._package = package
        self._release = release
        self._urn = ""
        self._id = ""
        self._configured = False
        self._keep = _SETTINGS
        if plugin.handshake is not None:
            self._accept(plugin.handshake)

    def identify(self, urn: str, id_: str) -> None:
        """Tell the plugin from now on which provider resource it is."""
        self._urn, self._id = urn, id_

    def check_config(self, old: PropertyMap | None, new: PropertyMap) -> Checked:
        """Validate the provider's settings; a plugin that cannot takes any."""
        request = provider_pb2.CheckRequest(
            olds=None if old is None else to_struct(old, _SETTINGS),
            news=to_struct(new, _SETTINGS),
            **_named(self._urn),
        )
        try:
            answer = self._plugin.ask("CheckConfig", request)
        except grpc.RpcError as error:
            if failures.is_unimplemented(error):
                return Checked(new)
            raise self._failure(error, new) from error
        return Checked(annotate_secrets(from_struct(answer.inputs), new), check_failures(answer))

    def diff_config(self, old: PropertyMap, new: PropertyMap) -> Diff:
        """Say whether other settings mean other resources; a plugin that cannot never does."""
        recorded = to_struct(old, _SETTINGS)
        request = provider_pb2.DiffRequest(
            olds=recorded, old_inputs=recorded, news=to_struct(new, _SETTINGS), **_named(self._urn)
        )
        try:
            return difference(self._plugin.ask("DiffConfig", request))
        except grpc.RpcError as error:
            if failures.is_unimplemented(error):
                return Diff(changes=None)
            raise self._failure(error) from error

    def configure(self, inputs: PropertyMap) -> None:
        """Hand over the settings, secrets marked.

        Raises:
            EngineError: The plugin refuses them; names the settings that it lacks.
        """
        request = provider_pb2.ConfigureRequest(
            args=to_struct(inputs, USUAL),
            variables=_variables(self._package.name, inputs),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        if self._urn:
            request.MergeFrom(provider_pb2.ConfigureRequest(**_named(self._urn)))
            request.id = self._id or signatures.UNKNOWN
        try:
            answer = self._plugin.ask("Configure", request)
        except grpc.RpcError as error:
            if missing := failures.missing_settings(error):
                raise EngineError(self._wanting(missing)) from error
            raise self._failure(error, inputs) from error
        if self._plugin.handshake is None:
            self._accept_configured(answer)
        self._configured = True

    def check(self, request: CheckRequest) -> Checked:
        """Validate a resource's inputs."""
        outputs = request.old_outputs
        asked = provider_pb2.CheckRequest(
            # Always there: plugins have come to rely on it.
            olds=self._packed(request.old_inputs or {}),
            news=self._packed(request.inputs),
            old_outputs=None if outputs is None else self._packed(outputs),
            randomSeed=request.random_seed,
            **_named(request.urn),
        )
        answer = self._ask("Check", asked, request.inputs)
        inputs = self._marked(from_struct(answer.inputs), request.inputs)
        return Checked(inputs, check_failures(answer))

    def diff(self, request: DiffRequest) -> Diff:
        """Compare what is recorded with new inputs."""
        asked = provider_pb2.DiffRequest(
            id=request.id,
            old_inputs=self._packed(request.old_inputs),
            olds=self._packed(request.old_outputs),
            news=self._packed(request.inputs),
            ignoreChanges=request.ignore_changes,
            **_named(request.urn),
        )
        return difference(self._ask("Diff", asked, request.inputs))

    def create(self, request: CreateRequest) -> State:
        """Make a resource, or foretell it."""
        asked = provider_pb2.CreateRequest(
            properties=self._packed(request.inputs, unknowns=request.preview),
            timeout=request.timeout or 0.0,
            preview=request.preview,
            **_named(request.urn),
        )
        answer = self._ask("Create", asked, request.inputs)
        outputs = self._known(answer.properties, preview=request.preview)
        return State(
            answer.id,
            self._marked(outputs, request.inputs),
            refresh_before_update=answer.refresh_before_update,
        )

    def read(self, request: ReadRequest) -> State | None:
        """Look at a resource."""
        asked = provider_pb2.ReadRequest(
            id=request.id,
            properties=self._packed(request.outputs, unknowns=False),
            # To look something up that is not managed here, there are none.
            inputs=self._packed(request.inputs, unknowns=False) if request.inputs else None,
            **_named(request.urn),
        )
        answer = self._ask("Read", asked, {**request.outputs, **request.inputs})
        if not answer.id:
            return None
        inputs = None
        if answer.HasField("inputs"):
            inputs = self._marked(self._known(answer.inputs), request.inputs)
        return State(
            answer.id,
            self._marked(self._known(answer.properties), request.outputs),
            inputs,
            answer.refresh_before_update,
        )

    def update(self, request: UpdateRequest) -> State:
        """Change a resource in place, or foretell it."""
        asked = provider_pb2.UpdateRequest(
            id=request.id,
            old_inputs=self._packed(request.old_inputs, unknowns=False),
            olds=self._packed(request.old_outputs, unknowns=False),
            news=self._packed(request.inputs, unknowns=request.preview),
            timeout=request.timeout or 0.0,
            ignoreChanges=request.ignore_changes,
            preview=request.preview,
            **_named(request.urn),
        )
        answer = self._ask("Update", asked, request.inputs)
        outputs = self._known(answer.properties, preview=request.preview)
        return State(
            request.id,
            self._marked(outputs, request.inputs),
            refresh_before_update=answer.refresh_before_update,
        )

    def delete(self, request: DeleteRequest) -> None:
        """Remove a resource."""
        asked = provider_pb2.DeleteRequest(
            id=request.id,
            properties=self._packed(request.outputs, unknowns=False),
            old_inputs=self._packed(request.inputs, unknowns=False),
            timeout=request.timeout or 0.0,
            **_named(request.urn),
        )
        self._ask("Delete", asked, request.inputs)

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> PropertyMap:
        """Answer a function; all of it is secret where secrets went in unmarked."""
        asked = provider_pb2.InvokeRequest(
            tok=token, args=self._packed(args, unknowns=False), preview=preview
        )
        answer = self._ask("Invoke", asked, args)
        if failed := check_failures(answer):
            raise InvokeFailure(failed)
        # The field is named by a keyword of Python.
        found = self._known(getattr(answer, "return"))
        if self._keep.secrets or not any(map(has_secret, args.values())):
            return found
        return {key: secret(value) for key, value in found.items()}

    def construct(self, request: ConstructRequest) -> Constructed:
        """Make a component; while the settings are not known, only its name is taken."""
        if not self._configured:
            return self._reserved(request)
        if not self._keep.secrets:
            raise EngineError(say("plugins.no-secrets", name=self._package.name))
        asked = components.construction(request, self._keep)
        return components.constructed(self._ask("Construct", asked, request.inputs))

    def call(self, request: CallRequest) -> Called:
        """Call a method of a resource."""
        asked = components.call(request, self._keep)
        return components.called(self._ask("Call", asked, request.args))

    def cancel(self) -> None:
        """Ask the plugin to give up what it does."""
        self._plugin.cancel()

    def close(self) -> None:
        """Let the plugin go."""
        self._release(self._plugin, self._configured)

    def _ask(self, method: str, request: Message, given: Mapping[str, Value]) -> Answer:
        try:
            return self._plugin.ask(method, request)
        except grpc.RpcError as error:
            if unready := failures.partial(error):
                unready.outputs = self._marked(unready.outputs, given)
                if unready.inputs is not None:
                    unready.inputs = self._marked(unready.inputs, given)
                raise unready from error
            raise self._failure(error, given) from error

    def _reserved(self, request: ConstructRequest) -> Constructed:
        try:
            return components.reserved(request)
        except grpc.RpcError as error:
            raise self._failure(error) from error

    def _failure(
        self, error: grpc.RpcError, given: Mapping[str, Value] | None = None
    ) -> ProviderError:
        return ProviderError(failures.sentence(error, given))

    def _wanting(self, missing: Mapping[str, str]) -> str:
        return "\n".join(
            say("plugins.missing-setting", key=key, description=description)
            for key, description in missing.items()
        )

    def _accept(self, answer: provider_pb2.ProviderHandshakeResponse) -> None:
        self._keep = Keep(
            secrets=answer.accept_secrets,
            resources=answer.accept_resources,
            outputs=answer.accept_outputs,
        )

    def _accept_configured(self, answer: provider_pb2.ConfigureResponse) -> None:
        self.supports_preview = answer.supportsPreview
        self._keep = Keep(
            secrets=answer.acceptSecrets,
            resources=answer.acceptResources,
            outputs=answer.acceptOutputs,
        )

    def _packed(self, values: Mapping[str, Value], *, unknowns: bool = True) -> struct_pb2.Struct:
        keep = Keep(self._keep.secrets, self._keep.resources, unknowns=unknowns)
        return to_struct(values, keep)

    def _marked(self, answer: PropertyMap, given: Mapping[str, Value]) -> PropertyMap:
        return answer if self._keep.secrets else annotate_secrets(answer, given)

    def _known(self, data: struct_pb2.Struct, *, preview: bool = False) -> PropertyMap:
        values = from_struct(data)
        for key, value in values.items():
            if not preview and has_unknown(value):
                raise ProviderError(say("plugins.unknown", key=key, name=self._package.name))
        return values


class _Named(TypedDict, total=False):
    urn: str
    name: str
    type: str


def _named(urn: str) -> _Named:
    """What every call says of the resource that it is about."""
    if not urn:
        return {}
    return {"urn": urn, "name": urns.name_of(urn), "type": urns.type_of(urn)}


def _variables(package: str, inputs: Mapping[str, Value]) -> dict[str, str]:
    """The settings as older plugins read them: texts, or JSON."""
    found = {}
    for key, value in inputs.items():
        plain = without_secrets(value)
        text = plain if isinstance(plain, str) else dumps(Encoder(None).value(plain))
        found[f"{package}:config:{key}"] = text
    found.pop(f"{package}:config:{VERSION}", None)
    return found
