"""Components that a plugin makes, and methods that it answers.

The plugin's process registers the component and its children with this run's own monitor.
Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (RegisterResource with remote, Call).
"""

from collections.abc import Mapping

from pulumi.runtime.proto import provider_pb2, resource_pb2

from hue_infra.engine.assets import hashed
from hue_infra.engine.backend import ORGANIZATION
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import from_request
from hue_infra.engine.provider import Called, CallRequest, ConstructRequest, Site
from hue_infra.engine.selection import Selection
from hue_infra.engine.values import PropertyMap, dependencies, plain
from hue_infra.engine.wire import Keep, from_struct, to_struct
from hue_infra.errors import EngineError, HueError
from hue_infra.words import say


class MethodError(EngineError):
    """A method of a resource failed in its plugin: no program survives that."""


class Components:
    """Asks the plugins of one run."""

    def __init__(self, deployment: Deployment, selection: Selection) -> None:
        self._deployment = deployment
        self._selection = selection

    def construct(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Have a component made.

        Raises:
            EngineError: Its plugin failed.
        """
        run = self._deployment
        goal = from_request(request, run.directory, run.root)
        inputs = self._values(request.object)
        calls = run.calls(request.name, request.type, request.provider)
        providers = self._selection.of_components(request)
        try:
            made = calls.construct(ConstructRequest(self._site(), goal, inputs, providers))
        except EngineError as error:
            head = say("deployment.component-failed", type=goal.type, name=goal.name)
            raise EngineError(f"{head} {error}") from error
        depends = _with_carried(made.outputs, made.dependencies)
        outputs = {key: plain(value) for key, value in made.outputs.items()}
        run.reporter.conceal.learn(outputs)
        keep = Keep(secrets=request.acceptSecrets, resources=request.acceptResources)
        answer = resource_pb2.RegisterResourceResponse(
            urn=made.urn, object=to_struct(outputs, keep)
        )
        for key, urns in depends.items():
            answer.propertyDependencies[key].urns.extend(urns)
        return answer

    def call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:
        """Have a method answered.

        Raises:
            MethodError: Its plugin failed.
            EngineError: It could not be asked.
        """
        run = self._deployment
        args = self._values(request.args)
        given = {key: tuple(item.urns) for key, item in request.argDependencies.items()}
        calls = run.calls("", request.tok, self._selection.of_call(request))
        asked = CallRequest(self._site(), request.tok, args, _with_carried(args, given))
        try:
            called = calls.call(asked)
        except HueError as error:
            head = say("deployment.call-failed", token=asked.token)
            raise MethodError(f"{head} {error}", hint=error.hint) from error
        return _called(run, called)

    def _values(self, data: object) -> PropertyMap:
        directory = self._deployment.directory
        values = from_struct(data)  # type: ignore[arg-type]  # a Struct of either request
        return {key: hashed(value, directory) for key, value in values.items()}

    def _site(self) -> Site:
        # Imported late: the station serves the monitor, which asks for components.
        from hue_infra.engine.host.station import Station  # noqa: PLC0415

        run = self._deployment
        return Site(
            project=run.stack.project,
            stack=run.stack.name,
            organization=ORGANIZATION,
            monitor=run.shared(Station).address,
            preview=run.preview,
            parallel=run.options.parallel,
            config=run.options.config,
            secret_config=run.options.secret_config,
        )


def _called(run: Deployment, called: Called) -> provider_pb2.CallResponse:
    depends = _with_carried(called.outputs, called.dependencies)
    outputs = {key: plain(value) for key, value in called.outputs.items()}
    run.reporter.conceal.learn(outputs)
    answer = provider_pb2.CallResponse(
        failures=[
            provider_pb2.CheckFailure(property=item.property, reason=item.reason)
            for item in called.failures
        ]
    )
    # The field is named by a keyword of Python.
    getattr(answer, "return").CopyFrom(to_struct(outputs))
    for key, urns in depends.items():
        answer.returnDependencies[key].urns.extend(urns)
    return answer


def _with_carried(
    values: PropertyMap, given: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """*given* dependencies of each value, with those that the value itself carries."""
    return {
        key: tuple(dict.fromkeys((*given.get(key, ()), *sorted(dependencies(value)))))
        for key, value in values.items()
    }
