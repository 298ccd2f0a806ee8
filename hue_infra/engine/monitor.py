"""The two services that a Pulumi program talks to, as plain objects in its own process.

The SDK takes any objects with the stubs' methods for its monitor and engine. Each call
comes on a thread of the program's executor and blocks until the step is done.
"""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import callback_pb2, engine_pb2, resource_pb2

from hue_infra.engine import refusals, urns
from hue_infra.engine.defaults import DefaultProviders, inherit
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import Goal, from_request
from hue_infra.engine.reads import read_resource
from hue_infra.engine.registration import Registration
from hue_infra.engine.reporter import Severity
from hue_infra.engine.values import PropertyMap, has_unknown, plain
from hue_infra.engine.wire import from_struct, to_struct
from hue_infra.errors import HueError
from hue_infra.words import say

FEATURES: Final = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "outputValues": resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    # These are announced so that our own refusal is read, not "update the Pulumi CLI".
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "replaceWith": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    "replacementTrigger": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    "parameterization": resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    "stateMigrations": resource_pb2.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
    "transforms": resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    "invokeTransforms": resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    "resourceHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    "errorHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
}
ORGANIZATION = "organization"
_SEVERITIES: Final[dict[int, Severity]] = {
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


Request = TypeVar("Request")
Response = TypeVar("Response")


class CallError(grpc.RpcError):  # type: ignore[misc]  # it ships no types
    """A refusal as the SDK expects it from a stub."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self._code = code
        self._details = details

    def code(self) -> grpc.StatusCode:
        """The kind of failure."""
        return self._code

    def details(self) -> str:
        """The sentence."""
        return self._details


def _guarded(
    method: "Callable[[MonitorService, Request], Response]",
) -> "Callable[[MonitorService, Request], Response]":
    """Turn whatever else a call raises into a stop that the SDK understands.

    The SDK knows only `Exception`: anything else would leave the program waiting for ever.
    """

    @functools.wraps(method)
    def call(self: "MonitorService", request: Request) -> Response:
        try:
            return method(self, request)
        except CallError:
            raise
        except BaseException as error:
            self.deployment.give_up(error)
            raise _closed() from error

    return call


class EngineService:
    """Takes the program's log."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802 - the protocol's name
        """Pass a sentence on; the SDK's own debugging is dropped."""
        severity = _SEVERITIES.get(request.severity)
        if severity is not None:
            self.deployment.reporter.log(severity, request.message, request.urn)
        return empty_pb2.Empty()

    def RequirePulumiVersion(  # noqa: N802 - the protocol's name
        self, request: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """Refuse: this is not a version of Pulumi."""
        raise _refused(f"require_pulumi_version {request.pulumi_version_range}")


class MonitorService:
    """Takes the program's registrations, reads and function calls."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._defaults = DefaultProviders(deployment)

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
        deployment = self.deployment
        urn = _urn(deployment, request.parent, request.type, request.name)
        try:
            deployment.check_open()
            refusals.refuse_options(request)
            entry = Registration(deployment, self._goal(request)).run()
        except HueError as error:
            return self._failed(urn, error)
        state = entry.state
        # A component's outputs are told by the program itself, later.
        outputs = state.outputs if state.custom else {}
        return resource_pb2.RegisterResourceResponse(
            urn=state.urn, id=state.id, object=to_struct(outputs)
        )

    @_guarded
    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Record the outputs of a component or of the stack."""
        deployment = self.deployment
        outputs = _plain(request.outputs)
        deployment.reporter.conceal.learn(outputs)
        with deployment.lock:
            entry = deployment.settled.get(request.urn)
        if entry is not None:
            deployment.ledger.amend(entry, replace(entry.state, outputs=outputs))
        return empty_pb2.Empty()

    @_guarded
    def ReadResource(  # noqa: N802
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        """Look up a resource that another party manages."""
        urn = _urn(self.deployment, request.parent, request.type, request.name)
        try:
            self.deployment.check_open()
            refusals.refuse_read_options(request)
            entry = read_resource(self.deployment, self._read_goal(request), request.id)
        except HueError as error:
            self._failed(urn, error)
            raise _closed() from error
        return resource_pb2.ReadResourceResponse(
            urn=entry.state.urn, properties=to_struct(entry.state.outputs), id=entry.state.id
        )

    @_guarded
    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        """Answer a function of a provider."""
        args = _plain(request.args)
        if has_unknown(args):
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        if request.packageRef:
            raise _refused("parameterized package")
        try:
            package = urns.package_of(request.tok)
            reference = request.provider or self._defaults.reference(package, request.version)
            calls = self.deployment.calls("", package, reference)
            answer = calls.invoke(request.tok, args, preview=self.deployment.preview)
        except HueError as error:
            raise CallError(grpc.StatusCode.UNKNOWN, str(error)) from error
        self.deployment.reporter.conceal.learn(answer)
        response = resource_pb2.ResourceInvokeResponse()
        # The field is named by a keyword of Python.
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response

    def SignalAndWaitForShutdown(self, _: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802
        """Nothing needs the program any more: hooks are refused."""
        return empty_pb2.Empty()

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> empty_pb2.Empty:  # noqa: N802
        """Refuse."""
        raise _refused(f"parameterized package {request.name}")

    def Call(self, request: resource_pb2.ResourceCallRequest) -> empty_pb2.Empty:  # noqa: N802
        """Refuse."""
        raise _refused(f"Call {request.tok}")

    def ExistsResource(self, request: resource_pb2.ExistsResourceRequest) -> empty_pb2.Empty:  # noqa: N802
        """Refuse."""
        raise _refused(f"ExistsResource {request.type}")

    def RegisterStackTransform(self, _: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        """Refuse."""
        raise _refused("transforms")

    def RegisterStackInvokeTransform(self, _: callback_pb2.Callback) -> empty_pb2.Empty:  # noqa: N802
        """Refuse."""
        raise _refused("invoke transforms")

    def RegisterResourceHook(  # noqa: N802
        self, request: resource_pb2.RegisterResourceHookRequest
    ) -> empty_pb2.Empty:
        """Refuse."""
        raise _refused(f"hooks ({request.name})")

    def RegisterErrorHook(  # noqa: N802
        self, request: resource_pb2.RegisterErrorHookRequest
    ) -> empty_pb2.Empty:
        """Refuse."""
        raise _refused(f"hooks ({request.name})")

    def _goal(self, request: resource_pb2.RegisterResourceRequest) -> Goal:
        return self._with_provider(from_request(request))

    def _read_goal(self, request: resource_pb2.ReadResourceRequest) -> Goal:
        goal = Goal(
            type=request.type,
            name=request.name,
            parent=request.parent,
            inputs=_plain(request.properties),
            provider=request.provider,
            version=request.version,
            dependencies=tuple(request.dependencies),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
        )
        return self._with_provider(goal)

    def _with_provider(self, goal: Goal) -> Goal:
        goal = inherit(goal, self.deployment.goals.get(goal.parent))
        if goal.is_provider and goal.delete_before_replace:
            raise refusals.option_error("delete_before_replace", f"{goal.type} {goal.name}")
        if not goal.custom or goal.is_provider or goal.provider:
            return goal
        return replace(goal, provider=self._defaults.reference(goal.package, goal.version))

    def _failed(self, urn: str, error: HueError) -> resource_pb2.RegisterResourceResponse:
        """Report a failure; the program ends, or goes on with what does not depend on it."""
        self.deployment.fail(urn, error)
        if self.deployment.stopped:
            raise _closed() from error
        return resource_pb2.RegisterResourceResponse(
            urn=urn, object=struct_pb2.Struct(), result=resource_pb2.Result.FAIL
        )


def _plain(data: struct_pb2.Struct) -> PropertyMap:
    return {key: plain(value) for key, value in from_struct(data).items()}


def _urn(deployment: Deployment, parent: str, type_: str, name: str) -> str:
    return urns.make(deployment.stack.name, deployment.stack.project, parent, type_, name)


def _closed() -> CallError:
    return CallError(grpc.StatusCode.UNAVAILABLE, say("deployment.stopped"))


def _refused(feature: str) -> CallError:
    return CallError(grpc.StatusCode.UNKNOWN, str(refusals.feature_error(feature)))
