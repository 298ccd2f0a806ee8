"""Runs that never were: what the engine would tell of them, event by event."""

import types

import pytest

from hue_infra.cli.programs.board import Scene
from hue_infra.engine import events
from hue_infra.engine.analysis import Remediation, Violation
from hue_infra.engine.api import Change, Outcome, StepRecord
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import UNKNOWN, Archive, Asset, ResourceReference, Secret

STACK, PROJECT = "dev", "site"
ROOT = f"urn:pulumi:{STACK}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{STACK}"
DISK, SERVER, GROUP = "cloud:storage/disk:Disk", "cloud:index:Server", "site:index:Group"
PROVIDER = f"urn:pulumi:{STACK}::{PROJECT}::pulumi:providers:cloud::default::id"


def state(type_, name, parent=ROOT, **fields):
    chain = f"{GROUP}$" if parent.endswith("::group") else ""
    urn = f"urn:pulumi:{STACK}::{PROJECT}::{chain}{type_}::{name}"
    custom = type_ not in {GROUP, "pulumi:pulumi:Stack"}
    above = "" if type_ == "pulumi:pulumi:Stack" else parent
    provider = PROVIDER if custom and not type_.startswith("pulumi:") else ""
    fixed = {"custom": custom, "parent": above, "provider": provider}
    return ResourceState(urn, type_, **{**fixed, **fields})


def step(op, old=None, new=None, *changes, **more):
    told = new or old
    fixed = {"id": told.id, "custom": told.custom, "parent": told.parent}
    return StepRecord(
        op, told.urn, told.type, told.name, changes=changes, old=old, new=new, **fixed, **more
    )


STACK_STATE = state("pulumi:pulumi:Stack", f"{PROJECT}-{STACK}")
GROUP_STATE = state(GROUP, "group")
BELOW = GROUP_STATE.urn
PROVIDER_STATE = state("pulumi:providers:cloud", "default")


def disk(name="disk", **fields):
    fixed = {"inputs": {"size": 10, "key": Secret("hush")}, "parent": BELOW}
    return state(DISK, name, **{**fixed, **fields})


def finished(*steps, ok=True, outputs=None, **more):
    return events.Finished(Outcome(ok, steps, outputs or {}, (), 3.2, **more))


def done(one, seconds):
    yield events.StepPlanned(one)
    yield events.StepStarted(one)
    yield events.StepDone(one, seconds)


def creation():
    """A preview of a stack that is new."""
    stack = step("create", None, STACK_STATE)
    provider = step("create", None, PROVIDER_STATE)
    group = step("create", None, GROUP_STATE)
    inputs = {
        "size": 10,
        "key": Secret("hush"),
        "__defaults": [],
        "tags": {"owner": "an", "empty": {}},
        "ports": [80, {"from": 1}],
        "image": Asset(path="disk.img", hash="0123456789abcdef"),
        "files": Archive(assets={"a": Asset(text="x", hash="f0")}, hash="fedcba9876543210"),
        "of": ResourceReference("urn:x::y::z::w", "id"),
        "later": UNKNOWN,
    }
    wanted = disk(inputs=inputs)
    made = disk(inputs=inputs, outputs={"size": 10, "address": UNKNOWN, "key": Secret("hush")})
    new = step("create", None, wanted)
    outputs = {"address": UNKNOWN, "key": Secret("hush"), "size": 10}
    told = step("create", None, state("pulumi:pulumi:Stack", "site-dev", outputs=outputs))
    yield events.PolicyLoading("packs/guard")
    yield events.StepPlanned(stack)
    yield events.StepForetold(stack)
    yield events.StepPlanned(provider)
    yield events.StepPlanned(group)
    yield events.StepForetold(group)
    yield events.Log("info", "printed by\nthe program\n", ROOT)
    yield events.PolicyRemediated(
        wanted.urn, Remediation("tagged", {"tags": {"a": "b"}}, "guard", "1.0.0"), {"tags": {}}
    )
    yield events.PolicyFound(
        Violation("small", "too large\nby far", False, wanted.urn, "guard", "1.0.0", "low")
    )
    yield events.StepPlanned(new)
    yield events.StepForetold(step("create", None, made))
    yield events.Log("warning", "nearly full", wanted.urn)
    yield events.OutputsTold(told)
    yield finished(stack, provider, group, new, policy_packs={"guard": "1.0.0"})


def changed_disk():
    """A step that changes most kinds of properties."""
    before = disk(
        "changed", id="d-1", inputs={"size": 10, "tags": {"a": "1", "b": "2"}, "ports": [1, 2]}
    )
    after = disk(
        "changed", id="d-1", inputs={"size": 12, "tags": {"a": "1", "c": "3"}, "ports": [1]},
        hide_diffs=("noise",), provider=PROVIDER.replace("default", "mine"),
    )  # fmt: skip
    return step(
        "update", before, after,
        Change("size", "update", 10, 12),
        Change("tags.b", "delete", "2", None),
        Change("tags.c", "add", None, {"deep": ["x", "[secret]"]}),
        Change("ports[1]", "delete", 2, None),
        Change("key", "update", "[secret]", "[secret]"),
        Change("noise", "update", 1, 2),
        Change("__state", "update", 1, 2),
        detailed=True,
    )  # fmt: skip


def change():
    """An update in which most things happen, and one fails."""
    stack = step("same", STACK_STATE, STACK_STATE)
    group = step("same", GROUP_STATE, GROUP_STATE)
    changed = changed_disk()
    old, new = disk("moved", id="d-2"), disk("moved")
    shift = Change("zone", "update-replace", "a", "b")
    beside = step("create-replacement", old, new, shift, replaces=("zone",))
    whole = step("replace", old, new, shift, replaces=("zone",))
    gone = step("delete-replaced", old, None)
    failing = step("create", None, state(SERVER, "web"))
    guarded = step("same", disk("kept", id="d-3"), disk("kept", id="d-3", protect=True))
    looked = step("read", None, disk("seen", id="d-4", external=True))
    yield events.StepPlanned(stack)
    yield events.StepPlanned(group)
    yield events.StepPlanned(guarded)
    for one in (changed, failing, beside):
        yield events.StepPlanned(one)
        yield events.StepStarted(one)
    yield events.Status(failing.urn, "an address")
    yield from done(looked, 0.1)
    yield events.StepDone(changed, 0.52)
    yield events.StepFailed(failing, "no room", 61.0)
    yield events.Log("error", "no room \nat all", failing.urn)
    yield events.StepDone(beside, 2.0)
    yield events.StepPlanned(whole)
    yield from done(gone, 1.0)
    yield outputs_told()
    steps = (stack, group, guarded, changed, failing, beside, looked, whole, gone)
    yield finished(*steps, ok=False)


def outputs_told():
    told = {"ports": [80, 443], "key": Secret("hush"), "gone": 1}
    now = {"ports": [80, 8443], "key": Secret("hush"), "new": "x"}
    before, after = (
        state("pulumi:pulumi:Stack", "site-dev", outputs=outputs) for outputs in (told, now)
    )
    return events.OutputsTold(step("same", before, after))


def drift():
    """A refresh that finds one resource changed, one gone, one the same."""
    other = disk("drifted", id="d-1", outputs={"size": 11})
    looks = (
        step(
            "refresh", disk("drifted", id="d-1", outputs={"size": 10}), other,
            Change("size", "update", 10, 11),
        ),
        step("refresh", disk("lost", id="d-2"), None, Change("id", "delete", "d-2")),
        step("refresh", disk("same", id="d-3"), disk("same", id="d-3")),
    )  # fmt: skip
    for one in looks:
        yield events.StepPlanned(one)
    yield finished(*looks)


def removal():
    """A destroy that is told about a target nobody has."""
    steps = (
        step("delete", disk(id="d-1", retain_on_delete=True), None),
        step("delete", STACK_STATE, None),
    )
    yield events.Log("error", "target x is unknown", "x")
    for one in steps:
        yield from done(one, 0.04)
    yield finished(*steps, ok=False)


def refusal():
    """A preview in which a mandatory policy is broken."""
    wanted = step("create", None, disk())
    yield events.StepPlanned(wanted)
    found = (
        Violation("open", "too open", True, wanted.urn, "guard", "1.0.0", "high"),
        Violation("named", "no name", True, wanted.urn),
        Violation("whole", "the stack is too large", False, "", "guard", "1.0.0"),
    )
    for one in found:
        yield events.PolicyFound(one)
    yield finished(wanted, ok=False, violations=found, policy_packs={"guard": "1.0.0"})


RUNS = {
    "creation": (Scene(PROJECT, STACK, "up", preview=True), creation),
    "change": (Scene(PROJECT, STACK, "up", preview=False), change),
    "drift": (Scene(PROJECT, STACK, "refresh", preview=True), drift),
    "removal": (Scene(PROJECT, STACK, "destroy", preview=False), removal),
    "refusal": (Scene(PROJECT, STACK, "up", preview=True), refusal),
}


@pytest.fixture
def runs():
    """Each run's scene, and what makes its events."""
    return RUNS


@pytest.fixture
def tell() -> types.SimpleNamespace:
    """The pieces of the runs: states, steps."""
    return types.SimpleNamespace(**globals())
