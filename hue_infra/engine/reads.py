"""Resources that a program only looks up (``.get``): read, recorded, never changed.

Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go (GenerateReadSteps) and step.go
(ReadStep).
"""

import threading
from dataclasses import replace

from hue_infra.engine import records
from hue_infra.engine.aliases import find_old
from hue_infra.engine.api import Op
from hue_infra.engine.calls import with_secret_outputs
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import Goal
from hue_infra.engine.leaving import lacks, skipped, without_circle
from hue_infra.engine.ledger import Entry
from hue_infra.engine.provider import State
from hue_infra.engine.registration import Registration
from hue_infra.engine.state import ResourceState
from hue_infra.errors import EngineError
from hue_infra.words import say


def read_resource(deployment: Deployment, goal: Goal, id_: str) -> Entry:
    """Look up the resource *id_*, also in a preview, and record it as external.

    A managed resource of the same name gives way to it: with the same id it is no longer managed,
    with another it is deleted at the end. What depends on something that this run leaves unmade is
    skipped: the state could not say what it depends on.

    Raises:
        EngineError: It does not exist, or would stand on itself by way of what is left alone.
    """
    registration = Registration(deployment, goal)
    registration.claim()
    if lacks(deployment, registration.new):
        return skipped(deployment, registration.new)
    old = find_old(deployment, goal, registration.urn)
    managed = old is not None and not old.state.external and old.state.id != id_
    op: Op = "read-replacement" if managed else "read"
    wanted = replace(without_circle(deployment, registration.new, old), id=id_, external=True)
    entry = Entry(_looked_up(deployment, goal, wanted, op))
    if managed and old is not None:
        ledger = deployment.ledger
        ticket = ledger.begin("reading", entry.state)
        ledger.doom(old)
        ledger.done(ticket, entry)
        deployment.reporter.planned(records.record("replace", entry.state))
    else:
        _record(deployment, old, entry)
    _settle(deployment, entry)
    return entry


def _looked_up(deployment: Deployment, goal: Goal, wanted: ResourceState, op: Op) -> ResourceState:
    calls = deployment.calls(wanted.urn, goal.type, goal.provider)
    step = records.record(op, wanted)
    deployment.reporter.planned(step)
    with deployment.slot(wanted.urn), deployment.reporter.running(step) as running:
        found: State | None = State("", {})
        reasons: tuple[str, ...] = ()
        if wanted.id:
            # Without it is a preview that does not know the id yet.
            found, reasons = calls.look(wanted.id, goal.inputs, goal.inputs)
        if found is None:
            raise EngineError(say("deployment.read-missing", name=goal.name, id=wanted.id))
        outputs = with_secret_outputs(found.outputs, goal.additional_secret_outputs)
        deployment.reporter.conceal.learn(outputs)
        state = replace(wanted, id=found.id or wanted.id, outputs=outputs, init_errors=reasons)
        running.became(state)
        return state


def _record(deployment: Deployment, old: Entry | None, entry: Entry) -> None:
    if old is not None:
        deployment.ledger.same(entry, old)
    else:
        deployment.ledger.done(deployment.ledger.begin("reading", entry.state), entry)


def _settle(deployment: Deployment, entry: Entry) -> None:
    with deployment.lock:
        deployment.decided[entry.state.urn] = over = threading.Event()
        over.set()
        deployment.settled[entry.state.urn] = entry
        deployment.reads[entry.state.urn] = entry
