"""What a run that died was creating: found again, if the provider can, before a new run begins.

Without this, a create that was cut off is done again by the next apply, whose providers are
idempotent; but a destroy would know nothing of what was half made.
"""

from dataclasses import replace

from hue_infra.engine.deployment import Deployment
from hue_infra.engine.relations import rewritten
from hue_infra.engine.state import Operation, ResourceState, Snapshot, now
from hue_infra.errors import EngineError
from hue_infra.words import say


def recover(deployment: Deployment, snapshot: Snapshot) -> Snapshot:
    """*snapshot* with cut-off creates that left something recorded as unfinished resources.

    Args:
        deployment: A preview of the same snapshot, whose providers answer.
        snapshot: The state as it was left.
    """
    known = snapshot.by_urn()
    found: dict[str, ResourceState] = {}
    for operation in snapshot.pending:
        resource = operation.resource
        if operation.kind == "creating" and resource.custom and resource.urn not in known:
            state = _find(deployment, resource)
            if state is not None:
                found[resource.urn] = state
    if not found:
        return snapshot
    left = tuple(item for item in snapshot.pending if not _is_settled(item, found))
    # Later runs may have deleted what it was to stand on.
    recovered = [
        rewritten(state, lambda urn: urn if urn in known else "") for state in found.values()
    ]
    return replace(snapshot, resources=(*snapshot.resources, *recovered), pending=left)


def _is_settled(operation: Operation, found: dict[str, ResourceState]) -> bool:
    return operation.kind == "creating" and operation.resource.urn in found


def _find(deployment: Deployment, resource: ResourceState) -> ResourceState | None:
    try:
        state = deployment.calls_of(resource).find(resource.inputs)
    except EngineError as error:
        # The warning about the cut-off create stays, and the next apply does it again.
        deployment.reporter.log("warning", str(error), resource.urn)
        return None
    if state is None:
        return None
    reasons = (say("deployment.cut-off"),)
    return replace(resource, id=state.id, outputs=state.outputs, created=now(), init_errors=reasons)
