"""Resources that exist already and are taken over: read, recorded, from then on managed.

Source: pulumi/pulumi, pkg/resource/deploy/step.go, ImportStep, and step_generator.go.
"""

from dataclasses import replace

from hue_infra.engine import records
from hue_infra.engine.api import Op
from hue_infra.engine.calls import Calls, with_secret_outputs
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import Goal
from hue_infra.engine.ledger import Entry
from hue_infra.engine.state import ResourceState, now
from hue_infra.errors import EngineError
from hue_infra.words import say


def is_import(goal: Goal, old: ResourceState | None) -> bool:
    """Whether *goal* asks for an existing resource other than the recorded one."""
    if not goal.custom or not goal.import_id:
        return False
    return old is None or old.external or goal.import_id != (old.import_id or old.id)


def import_resource(
    deployment: Deployment, calls: Calls, new: ResourceState, old: Entry | None, *, gone: bool
) -> Entry:
    """Read the resource that *new* names by its import id and record it as it is.

    Whatever the program wants otherwise is a matter of the steps that follow.

    Args:
        deployment: The run.
        calls: Its provider.
        new: The resource as wanted.
        old: What the state had under its name: it is replaced, and deleted at the end.
        gone: Whether *old* was deleted already in this run.

    Raises:
        EngineError: It does not exist, or its provider cannot tell its inputs.
    """
    replacing = old is not None and not gone
    op: Op = "import-replacement" if replacing else "import"
    ledger = deployment.ledger
    step = records.record(op, replace(new, id=new.import_id))
    deployment.reporter.planned(step)
    with deployment.slot(), deployment.reporter.running(step):
        ticket = ledger.begin("importing", new)
        try:
            entry = Entry(_read(deployment, calls, new))
        except BaseException:
            ledger.failed(ticket)
            raise
        leaving = old if gone else _doomed(deployment, entry.state)
        if old is not None and replacing:
            ledger.doom(old)
        ledger.done(ticket, entry, leaving)
    if replacing:
        deployment.reporter.planned(records.record("replace", entry.state))
    return entry


def _doomed(deployment: Deployment, taken: ResourceState) -> Entry | None:
    """What an earlier run was to delete, and is now *taken* over again: it must not go."""
    for entry in deployment.ledger.untouched():
        state = entry.state
        if state.delete and (state.urn, state.id) == (taken.urn, taken.id):
            return entry
    return None


def _read(deployment: Deployment, calls: Calls, new: ResourceState) -> ResourceState:
    found, reasons = calls.look(new.import_id, {}, {})
    if found is None:
        raise EngineError(say("steps.import-missing", name=new.name, id=new.import_id))
    if found.inputs is None:
        raise EngineError(say("steps.import-unsupported", name=new.name, type=new.type))
    conceal = deployment.reporter.conceal
    outputs = with_secret_outputs(found.outputs, new.additional_secret_outputs)
    conceal.learn(outputs)
    moment = now()
    return replace(
        new,
        id=found.id or new.import_id,
        inputs=deployment.sealed(found.inputs),
        outputs=deployment.sealed(outputs),
        init_errors=reasons,
        refresh_before_update=found.refresh_before_update,
        created=moment,
        modified=moment,
    )
