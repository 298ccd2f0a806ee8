"""The two services that a Pulumi program talks to.

They are plain objects with the methods of the protocol: the SDK takes them as they are for a
program in this process, and `host.station` serves the same objects to other processes. Each call
comes on a thread of its own and blocks until the step is done.
Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go.
"""

import functools
from collections.abc import Callable
from typing import Final, TypeVar

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import callback_pb2, engine_pb2, provider_pb2, resource_pb2

from hue_infra.engine import refusals, signatures, urns, version_range
from hue_infra.engine.assets import hashed
from hue_infra.engine.components import Components, MethodError
from hue_infra.engine.deployment import Deployment, StoppedError
from hue_infra.engine.events import Severity
from hue_infra.engine.features import FEATURES
from hue_infra.engine.goal import Goal, from_request
from hue_infra.engine.host import hookcalls
from hue_infra.engine.host.callbacks import Callbacks
from hue_infra.engine.host.rpc import CallError
from hue_infra.engine.host.transforms import Transforms
from hue_infra.engine.ledger import Entry
from hue_infra.engine.outputs import register_outputs
from hue_infra.engine.provider import InvokeFailure
from hue_infra.engine.reads import read_resource
from hue_infra.engine.registration import Registration
from hue_infra.engine.selection import Selection
from hue_infra.engine.values import PropertyMap, has_unknown, plain
from hue_infra.engine.wire import Keep, from_struct, to_struct
from hue_infra.errors import EngineError, HueError
from hue_infra.words import say

ORGANIZATION = "organization"
_SEVERITIES: Final[dict[int, Severity]] = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}
_GET_RESOURCE: Final = "pulumi:pulumi:getResource"

Request = TypeVar("Request")
Response = TypeVar("Response")


def _guarded(
    method: "Callable[[MonitorService, Request], Response]",
) -> "Callable[[MonitorService, Request], Response]":
    """Turn whatever a call raises into what the SDK understands.

    The SDK knows only `Exception`: anything else would leave the program waiting for ever.
    """

    @functools.wraps(method)
    def call(self: "MonitorService", request: Request) -> Response:
        try:
            return method(self, request)
        except CallError:
            raise
        except HueError as error:
            if isinstance(error, StoppedError) and self.deployment.stopped:
                raise _closed() from error
            raise CallError(grpc.StatusCode.UNKNOWN, str(error)) from error
        except BaseException as error:
            self.deployment.give_up(error)
            raise _closed() from error

    return call


class EngineService:
    """Takes the program's log."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802 - the protocol's name
        """Pass a sentence on; debugging, the SDK's own too, only to those who asked for it."""
        severity = _SEVERITIES.get(request.severity, "info")
        if severity != "debug" or self.deployment.options.debug:
            self.deployment.reporter.log(severity, request.message, request.urn)
        return empty_pb2.Empty()

    def RequirePulumiVersion(  # noqa: N802 - the protocol's name
        self, request: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """Refuse a range that the version whose behaviour this engine has is not in."""
        try:
            version_range.require(request.pulumi_version_range)
        except HueError as error:
            raise CallError(grpc.StatusCode.FAILED_PRECONDITION, str(error)) from error
        return engine_pb2.RequirePulumiVersionResponse()


class MonitorService:
    """Takes the program's registrations, reads, function calls and callbacks."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._selection = Selection(deployment)
        self._transforms = deployment.shared(Transforms)
        self._components = Components(deployment, self._selection)

    def GetDeploymentInfo(self, _: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:  # noqa: N802
        """Tell the program what it runs in."""
        options, stack = self.deployment.options, self.deployment.stack
        return resource_pb2.DeploymentInfo(
            project=stack.project,
            stack=stack.name,
            organization=ORGANIZATION,
            config=dict(options.config),
            configSecretKeys=sorted(options.secret_config),
            dryRun=self.deployment.preview,
            parallel=options.parallel,
            supportedFeatures=sorted(FEATURES.values()),
        )

    def SupportsFeature(  # noqa: N802
        self, request: resource_pb2.SupportsFeatureRequest
    ) -> resource_pb2.SupportsFeatureResponse:
        """Answer an older SDK."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in FEATURES)

    @_guarded
    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Bring one resource to what the program wants."""
        urn = _urn(self.deployment, request.parent, request.type, request.name)
        try:
            self.deployment.check_open()
            return self._registered(request)
        except HueError as error:
            return self._failed(urn, error)

    @_guarded
    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Record the outputs of a component or of the stack."""
        register_outputs(self.deployment, request.urn, self._plain(request.outputs))
        return empty_pb2.Empty()

    @_guarded
    def ReadResource(  # noqa: N802
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        """Look up a resource that another party manages."""
        urn = _urn(self.deployment, request.parent, request.type, request.name)
        id_ = "" if request.id in signatures.UNKNOWNS else request.id
        try:
            self.deployment.check_open()
            entry = read_resource(self.deployment, self._read_goal(request), id_)
        except HueError as error:
            self._report(urn, error)
            raise _closed() from error
        keep = Keep(secrets=request.acceptSecrets, resources=request.acceptResources)
        return resource_pb2.ReadResourceResponse(
            urn=entry.state.urn,
            properties=to_struct(entry.state.outputs, keep),
            id=entry.state.id,
            unknown=entry.skipped,
        )

    @_guarded
    def ExistsResource(  # noqa: N802
        self, request: resource_pb2.ExistsResourceRequest
    ) -> resource_pb2.ExistsResourceResponse:
        """Tell whether a resource is there, whoever manages it."""
        if request.id in signatures.UNKNOWNS:
            return resource_pb2.ExistsResourceResponse(unknown=True)
        package = self._selection.package(urns.package_of(request.type), request)
        reference = self._selection.reference(request.provider, package)
        urn = _urn(self.deployment, request.parent, request.type, request.id)
        calls = self.deployment.calls(urn, request.type, reference)
        properties = self._plain(request.properties)
        found = calls.read(request.id, properties, properties)
        return resource_pb2.ExistsResourceResponse(exists=found is not None)

    @_guarded
    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        """Answer a function of a provider."""
        self._transforms.apply_invoke(request)
        args = self._plain(request.args)
        if has_unknown(args):
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        name = urns.package_of(request.tok)
        given = self._selection.resolve(request.provider, {}, request.parent, name)
        package = self._selection.package(name, request)
        reference = self._selection.reference(given, package)
        calls = self.deployment.calls("", name, reference)
        try:
            answer = calls.invoke(request.tok, args, preview=self.deployment.preview)
        except InvokeFailure as failure:
            return resource_pb2.ResourceInvokeResponse(failures=_failures(failure))
        except HueError as error:
            head = say("deployment.invoke-failed", token=request.tok)
            raise EngineError(f"{head} {error}") from error
        self.deployment.reporter.conceal.learn(answer)
        keep = Keep(resources=request.acceptResources or request.tok == _GET_RESOURCE)
        response = resource_pb2.ResourceInvokeResponse()
        # The field is named by a keyword of Python.
        getattr(response, "return").CopyFrom(to_struct(answer, keep))
        return response

    @_guarded
    def Call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:  # noqa: N802
        """Call a method of a resource."""
        try:
            return self._components.call(request)
        except MethodError as error:
            self._report("", error)
            raise _closed() from error

    @_guarded
    def RegisterPackage(  # noqa: N802
        self, request: resource_pb2.RegisterPackageRequest
    ) -> resource_pb2.RegisterPackageResponse:
        """Take a package that later requests name by its reference."""
        return resource_pb2.RegisterPackageResponse(ref=self._selection.packages.add(request))

    @_guarded
    def RegisterStackTransform(self, request: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        """Take a transform of every resource to come."""
        self._transforms.add(request)
        return empty_pb2.Empty()

    @_guarded
    def RegisterStackInvokeTransform(self, request: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        """Take a transform of every function call to come."""
        self._transforms.add_invoke(request)
        return empty_pb2.Empty()

    @_guarded
    def RegisterResourceHook(  # noqa: N802
        self, request: resource_pb2.RegisterResourceHookRequest
    ) -> empty_pb2.Empty:
        """Take a hook, by the name under which resources ask for it."""
        called = hookcalls.hook(self.deployment.shared(Callbacks), request.callback)
        self.deployment.hooks.register(
            request.name, called, request.on_dry_run, ignore_errors=request.ignore_errors
        )
        return empty_pb2.Empty()

    @_guarded
    def RegisterErrorHook(  # noqa: N802
        self, request: resource_pb2.RegisterErrorHookRequest
    ) -> empty_pb2.Empty:
        """Take a hook that says whether a failed step is tried again."""
        called = hookcalls.error_hook(self.deployment.shared(Callbacks), request.callback)
        self.deployment.hooks.register_error(request.name, called)
        return empty_pb2.Empty()

    @_guarded
    def SignalAndWaitForShutdown(self, _: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802
        """Do all that is left to do while the program can still answer its hooks."""
        self.deployment.conclude()
        return empty_pb2.Empty()

    def _registered(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        refusals.refuse_options(request)
        self._selection.inherit(request)
        own = self._transforms.own(request)
        self._transforms.apply(request, own)
        request.provider = self._selection.own_provider(request)
        if request.remote:
            answer = self._components.construct(request)
        else:
            entry = Registration(self.deployment, self._goal(request)).run()
            answer = _answer(request, entry)
        self._transforms.settle(answer.urn, request.parent, own)
        if not request.custom:
            self._selection.settle(answer.urn, request.parent, request.providers)
        return answer

    def _goal(self, request: resource_pb2.RegisterResourceRequest) -> Goal:
        goal = from_request(request, self.deployment.directory, self.deployment.root)
        goal.inputs.update(self._selection.recorded(request))
        return goal

    def _read_goal(self, request: resource_pb2.ReadResourceRequest) -> Goal:
        name = urns.package_of(request.type)
        given = self._selection.resolve(request.provider, {}, request.parent, name)
        package = self._selection.package(name, request)
        return Goal(
            type=request.type,
            name=request.name,
            parent=request.parent,
            inputs=self._plain(request.properties),
            provider=self._selection.reference(given, package),
            version=request.version,
            dependencies=tuple(request.dependencies),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
        )

    def _plain(self, data: struct_pb2.Struct) -> PropertyMap:
        directory = self.deployment.directory
        return {key: hashed(plain(value), directory) for key, value in from_struct(data).items()}

    def _failed(self, urn: str, error: HueError) -> resource_pb2.RegisterResourceResponse:
        """Report a failure; the program ends, or goes on with what does not depend on it."""
        self.deployment.fail(urn, error)
        if self.deployment.stopped:
            raise _closed() from error
        return resource_pb2.RegisterResourceResponse(
            urn=urn, object=struct_pb2.Struct(), result=resource_pb2.Result.FAIL
        )

    def _report(self, urn: str, error: HueError) -> None:
        """Report a failure that no program survives."""
        self.deployment.fail(urn, error)
        self.deployment.stop()


def _answer(
    request: resource_pb2.RegisterResourceRequest, entry: Entry
) -> resource_pb2.RegisterResourceResponse:
    state = entry.state
    # A component's outputs are told by the program itself, later.
    outputs = state.outputs if state.custom else {}
    if not request.supportsPartialValues:
        outputs = {key: value for key, value in outputs.items() if not has_unknown(value)}
    keep = Keep(secrets=request.acceptSecrets, resources=request.acceptResources)
    return resource_pb2.RegisterResourceResponse(
        urn=state.urn, id=state.id, object=to_struct(outputs, keep), unknown=entry.skipped
    )


def _failures(failure: InvokeFailure) -> list[provider_pb2.CheckFailure]:
    return [
        provider_pb2.CheckFailure(property=item.property, reason=item.reason)
        for item in failure.failures
    ]


def _urn(deployment: Deployment, parent: str, type_: str, name: str) -> str:
    return urns.make(deployment.stack.name, deployment.stack.project, parent, type_, name)


def _closed() -> CallError:
    return CallError(grpc.StatusCode.UNAVAILABLE, say("deployment.stopped"))
