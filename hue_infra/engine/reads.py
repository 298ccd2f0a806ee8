"""Resources that a program only looks up (``.get``): read, recorded, never changed."""

import threading
from dataclasses import replace

from hue_infra.engine import records
from hue_infra.engine.calls import with_secret_outputs
from hue_infra.engine.deployment import Deployment
from hue_infra.engine.goal import Goal
from hue_infra.engine.ledger import Entry
from hue_infra.engine.registration import Registration
from hue_infra.engine.state import ResourceState
from hue_infra.errors import EngineError
from hue_infra.words import say


def read_resource(deployment: Deployment, goal: Goal, id_: str) -> Entry:
    """Look up the resource *id_*, also in a preview, and record it as external.

    Raises:
        EngineError: It does not exist, or this stack manages another under the same name.
    """
    registration = Registration(deployment, goal)
    registration.claim()
    old = registration.find_old()
    if old is not None and not old.state.external and old.state.id != id_:
        raise EngineError(say("deployment.read-managed", name=goal.name))
    calls = deployment.calls(registration.urn, goal.type, goal.provider)
    step = records.record("read", replace(registration.new, id=id_))
    deployment.reporter.planned(step)
    with deployment.slot(), deployment.reporter.running(step):
        found = calls.read(id_, goal.inputs, {})
    if found is None:
        raise EngineError(say("deployment.read-missing", name=goal.name, id=id_))
    outputs = with_secret_outputs(found.outputs, goal.additional_secret_outputs)
    state = replace(registration.new, id=found.id, outputs=outputs, external=True)
    return _recorded(deployment, old, state)


def _recorded(deployment: Deployment, old: Entry | None, state: ResourceState) -> Entry:
    entry = Entry(state)
    if old is not None:
        deployment.ledger.same(entry, old)
    else:
        deployment.ledger.done(deployment.ledger.begin("reading", state), entry)
    with deployment.lock:
        deployment.decided[state.urn] = over = threading.Event()
        over.set()
        deployment.settled[state.urn] = entry
    return entry
