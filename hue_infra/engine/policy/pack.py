"""The conversation with one policy pack, wherever it runs.

Handshake, the stack, the pack's description, its configuration; then for each resource what
becomes of it and what is wrong with it; at the end the stack as a whole; then the farewell.
Source: pulumi/pulumi, sdk/go/common/resource/plugin/analyzer_plugin.go; pkg/engine/update.go.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2

from hue_infra.engine.analysis import (
    AnalyzedResource,
    Analyzer,
    Level,
    PolicyPack,
    Remediation,
    Scene,
    Violation,
)
from hue_infra.engine.policy import configuration, messages, project
from hue_infra.engine.policy.beside import Beside
from hue_infra.engine.policy.configuration import Policy, Setting
from hue_infra.engine.policy.project import PackProject
from hue_infra.engine.wire import from_struct
from hue_infra.errors import EngineError, InputError
from hue_infra.words import say

_UNIMPLEMENTED = grpc.StatusCode.UNIMPLEMENTED


class Link(Protocol):
    """A pack that can be asked."""

    stub: Any
    """Has the methods of the analyzer's service."""

    def close(self) -> None:
        """End the pack."""


Connect = Callable[[PackProject, Scene], Link]


class PackAnalyzer(Analyzer):
    """A policy pack as a gate of a run."""

    def __init__(
        self, folder: Path, given: Mapping[str, Setting] | None = None, connect: Connect = Beside
    ) -> None:
        """Name the pack; nothing is started before `begin`.

        Args:
            folder: Where its ``PulumiPolicy.yaml`` lies.
            given: The operator's configuration, by policy; None where there is none.
            connect: Starts the pack: as a process of its own, or in this one.
        """
        self._folder = folder
        self._given = given
        self._connect = connect
        self._link: Link | None = None
        self._policies: dict[str, Policy] = {}
        self._levels: dict[str, Level] = {}

    @classmethod
    def of(cls, pack: PolicyPack) -> "PackAnalyzer":
        """The gate of a pack that the operator names.

        Raises:
            InputError: Its configuration cannot be read.
        """
        given = None if pack.config is None else configuration.load(pack.config)
        return cls(pack.path.resolve(), given)

    def begin(self, scene: Scene) -> None:
        """Start the pack and configure it.

        Raises:
            InputError: The configuration does not fit the policies.
            EngineError: The pack does not start, or fails.
        """
        described = project.read(self._folder)
        self.name = str(self._folder)
        self._link = self._connect(described, scene)
        folder = str(self._folder)
        self._ask(
            "Handshake",
            analyzer_pb2.AnalyzerHandshakeRequest(root_directory=folder, program_directory=folder),
        )
        self._ask("ConfigureStack", messages.stack_request(scene))
        info = self._ask("GetAnalyzerInfo", empty_pb2.Empty())
        if info is None:
            raise EngineError(say("policy.no-info", pack=folder))
        self.name, self.version = info.name, described.version or info.version
        self._policies = {policy.name: policy for policy in messages.policies(info)}
        self._configure(info)

    def remediate(self, resource: AnalyzedResource) -> Sequence[Remediation]:
        """Have the policies that remediate change *resource*."""
        if "remediate" not in self._levels.values():
            return ()
        answer = self._ask("Remediate", messages.request(resource, internal=True))
        return [self._remediation(item) for item in answer.remediations] if answer else ()

    def analyze(self, resource: AnalyzedResource) -> Sequence[Violation]:
        """Ask what *resource* breaks."""
        if not self._has("resource"):
            return ()
        answer = self._ask("Analyze", messages.request(resource))
        found = answer.diagnostics if answer else ()
        return [self._violation(item, resource.urn) for item in found]

    def analyze_stack(self, resources: Sequence[AnalyzedResource]) -> Sequence[Violation]:
        """Ask what the stack breaks as it now stands."""
        if not self._has("stack"):
            return ()
        request = analyzer_pb2.AnalyzeStackRequest(
            resources=[messages.stack_resource(item) for item in resources]
        )
        answer = self._ask("AnalyzeStack", request)
        return [self._violation(item, item.urn) for item in answer.diagnostics] if answer else ()

    def end(self) -> None:
        """Say farewell and end the pack."""
        link, self._link = self._link, None
        if link is None:
            return
        try:
            _call(link, "Cancel", empty_pb2.Empty())
        except grpc.RpcError:
            pass  # It is ended in any case.
        finally:
            link.close()

    def _configure(self, info: analyzer_pb2.AnalyzerInfo) -> None:
        policies = list(self._policies.values())
        self._levels = {policy.name: policy.level for policy in policies}
        if not info.supportsConfig:
            if self._given is not None:
                raise InputError(say("policy.no-config", pack=self.name))
            return
        settings = configuration.reconcile(policies, messages.initial(info), self._given or {})
        if broken := configuration.problems(policies, settings):
            head = say("policy.config-invalid", pack=self.name, version=self.version)
            raise InputError("\n".join(f"{head}  {problem}" for problem in broken))
        self._ask("Configure", messages.settings_request(settings))
        self._levels = {name: settings[name].level or "advisory" for name in self._policies}

    def _has(self, kind: str) -> bool:
        """Whether any policy that is not disabled looks at this kind of thing."""
        return any(
            policy.kind in {kind, ""} and self._levels[policy.name] != "disabled"
            for policy in self._policies.values()
        )

    def _ask(self, method: str, request: object) -> Any:  # noqa: ANN401 - any message of the protocol
        """Ask the pack; None where it does not know the question, as older ones do not."""
        if self._link is None:
            raise EngineError(say("policy.not-begun", pack=str(self._folder)))
        try:
            return _call(self._link, method, request)
        except grpc.RpcError as error:
            if error.code() is _UNIMPLEMENTED:
                return None
            head = say("policy.failed", pack=self.name)
            raise EngineError(f"{head} {error.details()}".rstrip()) from error

    def _violation(self, item: analyzer_pb2.AnalyzeDiagnostic, urn: str) -> Violation:
        policy = self._policies.get(item.policyName)
        return Violation(
            rule=item.policyName,
            message=item.message,
            # What a remediation has left wrong is as bad as what nobody remediates.
            mandatory=messages.level_of(item.enforcementLevel) in {"mandatory", "remediate"},
            urn=urn,
            pack=item.policyPackName,
            pack_version=self.version or item.policyPackVersion,
            severity=messages.severity_of(item.severity) or (policy.severity if policy else ""),
        )

    def _remediation(self, item: analyzer_pb2.Remediation) -> Remediation:
        return Remediation(
            rule=item.policyName,
            inputs=from_struct(item.properties),
            pack=item.policyPackName,
            pack_version=self.version or item.policyPackVersion,
            problem=item.diagnostic,
        )


def _call(link: Link, method: str, request: object) -> Any:  # noqa: ANN401 - any message of the protocol
    return getattr(link.stub, method)(request)
