"""The gates of a run: each resource is remediated, then analyzed, before it is touched.

At the end of a run without failures the stack is analyzed as a whole.
Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go, deployment_executor.go.
"""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from hue_infra.engine import urns
from hue_infra.engine.aliases import alias_urns
from hue_infra.engine.analysis import (
    AnalyzedOptions,
    AnalyzedProvider,
    AnalyzedResource,
    Analyzer,
    Remediation,
    Scene,
    Violation,
)
from hue_infra.engine.assets import hashed
from hue_infra.engine.backend import ORGANIZATION
from hue_infra.engine.deployment import Deployment, ReportedError
from hue_infra.engine.events import PolicyLoading
from hue_infra.engine.goal import Goal
from hue_infra.engine.state import ResourceState
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import PropertyMap
from hue_infra.words import say


@contextlib.contextmanager
def standing(deployment: Deployment) -> Iterator[None]:
    """Inside the block the gates of *deployment* can be asked.

    Raises:
        HueError: One of them cannot; nothing has been touched.
    """
    deployment.gates = _gates(deployment)
    scene = _scene(deployment)
    with contextlib.ExitStack() as leaving:
        for gate in deployment.gates:
            leaving.callback(gate.end)
        _begin(deployment, scene)
        yield


def examine(deployment: Deployment, goal: Goal, new: ResourceState) -> ResourceState:
    """Pass *new*, inputs checked, through every gate; returns it as remediated.

    Raises:
        ReportedError: It breaks a mandatory rule. A preview only reports that.
        EngineError: A gate could not be asked.
    """
    for gate in deployment.gates:
        new = _remediated(deployment, gate, goal, new)
    if not deployment.gates:
        return new
    resource = _before(deployment, goal, new)
    found = [violation for gate in deployment.gates for violation in gate.analyze(resource)]
    for violation in found:
        deployment.reporter.violation(violation)
    if any(violation.mandatory for violation in found) and not deployment.preview:
        raise ReportedError(say("deployment.stopped"))
    return new


def examine_stack(deployment: Deployment) -> None:
    """Show the stack as it now stands to every gate."""
    if not deployment.gates:
        return
    with deployment.lock:
        states = [entry.state for entry in deployment.settled.values()]
    resources = [_after(deployment, state) for state in states]
    known = {state.urn for state in states}
    root = next((state.urn for state in states if state.type == ROOT_TYPE), "")
    for gate in deployment.gates:
        for violation in gate.analyze_stack(resources):
            urn = violation.urn if violation.urn in known else root
            deployment.reporter.violation(replace(violation, urn=urn))


def _gates(deployment: Deployment) -> list[Analyzer]:
    options = deployment.options
    if not options.policy_packs:
        return list(options.analyzers)
    # Imported late: it imports pulumi, which those who only read the state must not wait for.
    from hue_infra.engine.policy.pack import PackAnalyzer  # noqa: PLC0415

    return [*options.analyzers, *map(PackAnalyzer.of, options.policy_packs)]


def _scene(deployment: Deployment) -> Scene:
    options, stack = deployment.options, deployment.stack
    return Scene(
        project=stack.project,
        stack=stack.name,
        organization=ORGANIZATION,
        preview=deployment.preview,
        config=options.config,
        secret_config=options.secret_config,
        tell=lambda line: deployment.reporter.log("info", line),
    )


def _begin(deployment: Deployment, scene: Scene) -> None:
    """Start all gates at once: a pack in a process of its own takes a second."""
    reporter = deployment.reporter

    def begin(gate: Analyzer) -> None:
        gate.begin(scene)

    for pack in deployment.options.policy_packs:
        reporter.send(PolicyLoading(str(pack.path)))
    with ThreadPoolExecutor(max(1, len(deployment.gates)), "gate") as pool:
        list(pool.map(begin, deployment.gates))
    reporter.policy_packs = {gate.name: gate.version for gate in deployment.gates if gate.name}


def _remediated(
    deployment: Deployment, gate: Analyzer, goal: Goal, new: ResourceState
) -> ResourceState:
    reporter = deployment.reporter
    for remediation in gate.remediate(_before(deployment, goal, new)):
        if remediation.problem:
            reporter.violation(_excuse(remediation, new.urn))
            continue
        inputs = {key: hashed(value, Path.cwd()) for key, value in remediation.inputs.items()}
        reporter.conceal.learn(inputs)
        reporter.remediated(new.urn, replace(remediation, inputs=inputs), new.inputs)
        new = replace(new, inputs=inputs)
    return new


def _excuse(remediation: Remediation, urn: str) -> Violation:
    """That a policy could not remediate is worth a warning."""
    return Violation(
        rule=remediation.rule,
        message=remediation.problem,
        mandatory=False,
        urn=urn,
        pack=remediation.pack,
        pack_version=remediation.pack_version,
    )


def _before(deployment: Deployment, goal: Goal, new: ResourceState) -> AnalyzedResource:
    """A resource as it is wanted."""
    aliases = alias_urns(goal, deployment.stack, deployment.aliases) if goal.aliases else ()
    return _resource(deployment, new, new.inputs, goal, tuple(aliases))


def _after(deployment: Deployment, state: ResourceState) -> AnalyzedResource:
    """A resource as it stands."""
    goal = deployment.goals.get(state.urn)
    resource = _resource(deployment, state, state.outputs, goal)
    return replace(
        resource,
        dependencies=state.dependencies,
        property_dependencies=state.property_dependencies,
    )


def _resource(
    deployment: Deployment,
    state: ResourceState,
    properties: PropertyMap,
    goal: Goal | None,
    aliases: tuple[str, ...] = (),
) -> AnalyzedResource:
    options = AnalyzedOptions(
        protect=state.protect,
        ignore_changes=state.ignore_changes,
        delete_before_replace=goal.delete_before_replace if goal else None,
        additional_secret_outputs=state.additional_secret_outputs,
        aliases=aliases,
        timeouts=state.custom_timeouts,
    )
    return AnalyzedResource(
        state.urn,
        state.type,
        state.name,
        properties,
        state.parent,
        state.provider,
        options,
        _manager(deployment, state.provider),
    )


def _manager(deployment: Deployment, reference: str) -> AnalyzedProvider | None:
    if not reference:
        return None
    urn, _ = urns.split_reference(reference)
    entry = deployment.settled.get(urn) or deployment.olds.get(urn)
    if entry is None:
        return None
    state = entry.state
    return AnalyzedProvider(state.urn, state.type, state.name, state.inputs)
