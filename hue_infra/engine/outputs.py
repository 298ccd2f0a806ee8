"""Outputs that the program tells: of components as it goes, of the stack once all is over.

Source: pulumi/pulumi, pkg/resource/deploy/step_executor.go, executeRegisterResourceOutputs.
"""

from dataclasses import replace

from hue_infra.engine.deployment import Deployment
from hue_infra.engine.hooks import HookError
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import PropertyMap, has_unknown


def register_outputs(deployment: Deployment, urn: str, outputs: PropertyMap) -> None:
    """Record the outputs of a component; those of the stack wait for `settle_stack_outputs`.

    Of a resource that failed or was skipped nothing is recorded.
    """
    deployment.reporter.conceal.learn(outputs)
    with deployment.lock:
        entry = deployment.settled.get(urn)
        moment, old = deployment.unfinished.pop(urn, ("", None))
    if entry is None or entry.skipped:
        return
    if entry.state.type == ROOT_TYPE:
        deployment.outputs = outputs
        return
    deployment.ledger.amend(entry, replace(entry.state, outputs=outputs))
    deployment.reporter.outputs(entry.state)
    if moment:
        try:
            deployment.hooks.around(moment, entry.state, old)
        except HookError as error:
            deployment.fail_late(urn, error)


def settle_stack_outputs(deployment: Deployment) -> None:
    """Record the stack's outputs: the program's, laid over the old ones if anything failed.

    After a failure an output that is missing may only not have been come to.
    """
    told = deployment.outputs
    if told is None:
        return
    if not deployment.preview:
        told = {key: value for key, value in told.items() if not has_unknown(value)}
    for entry in list(deployment.settled.values()):
        if entry.state.type == ROOT_TYPE and deployment.ledger.holds(entry):
            old = deployment.olds.get(entry.state.urn)
            kept = old.state.outputs if old and _is_broken(deployment) else {}
            deployment.ledger.amend(entry, replace(entry.state, outputs={**kept, **told}))
            deployment.reporter.outputs(entry.state)


def _is_broken(deployment: Deployment) -> bool:
    return deployment.stopped or bool(deployment.failed) or deployment.reporter.failed
