"""What Pulumi's command line tells, told as the embedded engine would tell it."""

import pytest

from hue_infra.engine import events
from hue_infra.engine.api import Change
from hue_infra.engine.values import UNKNOWN, Sealed, Secret
from hue_infra.errors import EngineError

pytestmark = pytest.mark.slow

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
CLOUD = "cloud:index:Thing"


def run(stack, stub, told, command="up", **answer):
    stub.answers(command, events=told, **answer)
    if command == "preview":
        return stack.engine.preview(lambda: None, stack.options())
    return stack.engine.up(lambda: None, stack.options())


def kinds(stack):
    return [type(event).__name__ for event in stack.events]


def test_a_creation_is_planned_begun_and_done(stack, stub, tell):
    wanted = tell.state("a", inputs={"value": 1.0})
    made = tell.state("a", id="i-1", inputs={"value": 1.0}, outputs={"computed": "<1>"})

    outcome = run(stack, stub, [tell.pre("create", new=wanted), tell.outputs("create", new=made)])

    assert outcome.ok
    assert kinds(stack) == ["StepPlanned", "StepStarted", "StepDone", "Finished"]
    (step,) = outcome.steps
    assert (step.op, step.name, step.type, step.custom) == ("create", "a", CLOUD, True)
    done = stack.events[2]
    assert done.step.id == "i-1"
    assert done.step.new.outputs == {"computed": "<1>"}
    assert done.seconds >= 0
    assert stack.events[-1].outcome is outcome


def test_an_update_names_what_changes(stack, stub, tell):
    old = tell.state("a", id="i-1", inputs={"value": 1, "list": [1, 2]})
    new = tell.state("a", id="i-1", inputs={"value": 2, "list": [1, 3]})

    outcome = run(stack, stub, [tell.pre("update", old, new)])

    (step,) = outcome.steps
    assert not step.detailed
    assert step.changes == (
        Change("value", "update", 1, 2),
        Change("list[1]", "update", 2, 3),
    )


def test_a_provider_that_tells_the_changes_itself_is_believed(stack, stub, tell):
    old = tell.state("a", inputs={"fixed": "x"}, outputs={"seen": "y"})
    new = tell.state("a", inputs={"fixed": "z", "seen": "w"})
    told = {
        "fixed": {"diffKind": "update-replace", "inputDiff": True},
        "seen": {"diffKind": "update", "inputDiff": False},
    }

    outcome = run(stack, stub, [tell.pre("replace", old, new, keys=["fixed"], detailedDiff=told)])

    (step,) = outcome.steps
    assert step.detailed
    assert step.replaces == ("fixed",)
    assert step.changes == (
        Change("fixed", "update-replace", "x", "z"),
        Change("seen", "update", "y", "w"),
    )


def test_secrets_come_masked_and_their_change_is_still_told(stack, stub, tell):
    masked = {**tell.SECRET, "ciphertext": "[secret]"}
    old = tell.state("a", inputs={"token": masked, "value": 1})
    new = tell.state("a", inputs={"token": masked, "value": 1})

    outcome = run(stack, stub, [tell.pre("update", old, new, diffs=["token"])])

    (step,) = outcome.steps
    assert step.new.inputs["token"] == Sealed("[secret]")
    assert step.changes == (Change("token", "update", "[secret]", "[secret]"),)


def test_a_removal_has_an_old_state_only(stack, stub, tell):
    old = tell.state("a", id="i-1")

    outcome = run(stack, stub, [tell.pre("delete", old), tell.outputs("delete", old)])

    (step,) = outcome.steps
    assert step.op == "delete"
    assert step.old.id == "i-1"
    assert step.new is None
    assert kinds(stack) == ["StepPlanned", "StepStarted", "StepDone", "Finished"]


def test_what_pulumi_calls_discard_is_our_read_discard(stack, stub, tell):
    outcome = run(stack, stub, [tell.pre("discard", tell.state("a", id="i-1"))])

    assert [step.op for step in outcome.steps] == ["read-discard"]


def test_what_stays_is_planned_and_nothing_more(stack, stub, tell):
    told = tell.state("a", id="i-1")

    outcome = run(stack, stub, [tell.pre("same", told, told), tell.outputs("same", told, told)])

    assert kinds(stack) == ["StepPlanned", "Finished"]
    assert not outcome.has_changes()


def test_a_preview_foretells(stack, stub, tell):
    wanted = tell.state("a", inputs={"value": UNKNOWN_TEXT})
    would = tell.state("a", inputs={"value": UNKNOWN_TEXT}, outputs={"computed": UNKNOWN_TEXT})

    outcome = run(
        stack,
        stub,
        [
            tell.pre("create", new=wanted, planning=True),
            tell.outputs("create", new=would, planning=True),
            tell.summary(create=1),
        ],
        "preview",
    )

    assert kinds(stack) == ["StepPlanned", "StepForetold", "Finished"]
    assert stack.events[1].step.new.outputs == {"computed": UNKNOWN}
    assert outcome.changes() == {"create": 1}


def test_a_component_tells_its_outputs(stack, stub, tell):
    group = tell.state("g", "test:Group")
    full = tell.state("g", "test:Group", outputs={"size": 2})

    run(stack, stub, [tell.pre("create", new=group), tell.outputs("create", new=full)])

    assert kinds(stack) == ["StepPlanned", "StepStarted", "StepDone", "OutputsTold", "Finished"]
    assert stack.events[3].step.new.outputs == {"size": 2}


def test_outputs_of_a_preview_are_the_last_that_the_stack_told(stack, stub, tell):
    root = tell.state("hue-lab", "pulumi:pulumi:Stack", outputs={"url": "old"})
    after = {**root, "outputs": {"url": "new", "key": {**tell.SECRET, "ciphertext": "[secret]"}}}

    outcome = run(
        stack,
        stub,
        [
            tell.pre("same", root, root, planning=True),
            tell.outputs("same", root, root, planning=True),
            tell.outputs("same", root, after, planning=True),
            tell.summary(same=1),
        ],
        "preview",
    )

    assert outcome.outputs == {"url": "new", "key": Sealed("[secret]")}
    (last,) = [event for event in stack.events if isinstance(event, events.OutputsTold)]
    assert last.step.new.outputs["url"] == "new"


def test_outputs_of_a_run_are_those_of_the_state_with_their_secrets(stack, stub, tell):
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    root = {
        "urn": tell.ROOT,
        "custom": False,
        "type": "pulumi:pulumi:Stack",
        "outputs": {"url": "u", "key": {**tell.SECRET, "plaintext": '"hush"'}},
    }

    outcome = run(stack, stub, [], state={"manifest": manifest, "resources": [root]})

    assert outcome.outputs == {"url": "u", "key": Secret("hush")}
    assert [state.urn for state in stack.engine.resources()] == [tell.ROOT]


def test_refresh_tells_what_was_found(stack, stub, tell):
    old = tell.state("a", id="i-1", outputs={"value": 1})
    new = tell.state("a", id="i-1", outputs={"value": 2})
    gone = tell.state("b", id="i-2")
    stack.engine.up(lambda: None, stack.options())
    stack.events.clear()
    stub.answers(
        "refresh",
        events=[
            tell.pre("refresh", old, old),
            tell.pre("refresh", gone, gone),
            tell.outputs("update", old, new),
            tell.outputs("delete", gone),
        ],
    )

    outcome = stack.engine.refresh(stack.options())

    found, lost = outcome.steps
    assert (found.op, found.changes) == ("refresh", (Change("value", "update", 1, 2),))
    assert (lost.op, lost.new) == ("refresh", None)
    assert lost.changes == (Change("id", "delete", "i-2"),)
    assert kinds(stack).count("StepDone") == 2


def test_a_failure_gives_the_reason_that_was_told_before(stack, stub, tell):
    wanted = tell.state("a")

    outcome = run(
        stack,
        stub,
        [
            tell.pre("create", new=wanted),
            tell.says("error", "<{%reset%}>quota <{%fg 1%}>exceeded<{%reset%}>\n", wanted["urn"]),
            tell.failed("create", new=wanted),
        ],
        code=255,
        stderr="error: update failed",
    )

    assert not outcome.ok
    (failure,) = [event for event in stack.events if isinstance(event, events.StepFailed)]
    assert failure.message == "quota exceeded"
    assert [(item.message, item.urn) for item in outcome.diagnostics] == [
        ("quota exceeded", wanted["urn"])
    ]


def test_words_are_told_by_their_severity(stack, stub, tell):
    outcome = run(
        stack,
        stub,
        [
            tell.says("debug", "no"),
            tell.says("info", "one\n"),
            tell.says("info#err", "two\n"),
            tell.says("warning", "three"),
            tell.says("info", "waits for a disk", tell.urn("a"), ephemeral=True),
            tell.says("info", "<{%reset%}>"),
            {"stdoutEvent": {"message": "four\n", "color": "raw"}},
        ],
    )

    told = [(e.severity, e.text) for e in stack.events if isinstance(e, events.Log)]
    assert told == [("info", "one"), ("info", "two"), ("warning", "three"), ("info", "four")]
    (status,) = [event for event in stack.events if isinstance(event, events.Status)]
    assert (status.urn, status.text) == (tell.urn("a"), "waits for a disk")
    assert [item.message for item in outcome.diagnostics] == ["three"]


def test_the_passphrase_is_masked_should_the_cli_say_it(stack, stub, tell):
    outcome = run(stack, stub, [tell.says("warning", "wrong: một cụm mật khẩu")])

    assert [item.message for item in outcome.diagnostics] == ["wrong: [secret]"]


@pytest.mark.parametrize(("level", "ok"), [("mandatory", False), ("advisory", True)])
def test_a_broken_rule_is_a_violation(stack, stub, tell, level, ok):
    broken = {
        "policyEvent": {
            "resourceUrn": tell.urn("a"),
            "message": "<{%fg 8%}>Images by digest\nimage x<{%reset%}>\n",
            "color": "raw",
            "policyName": "SUP-001",
            "policyPackName": "hue-infra",
            "policyPackVersion": "0.1.0",
            "policyPackVersionTag": "0.1.0",
            "enforcementLevel": level,
        }
    }
    done = {**tell.summary(), "x": 0}
    done["summaryEvent"] = {**done["summaryEvent"], "PolicyPacks": {"hue-infra": "0.1.0"}}

    outcome = run(stack, stub, [broken, done], code=0 if ok else 255)

    assert outcome.ok is ok
    (found,) = outcome.violations
    assert found.message == "Images by digest\nimage x"
    assert (found.rule, found.pack, found.pack_version) == ("SUP-001", "hue-infra", "0.1.0")
    assert found.urn == tell.urn("a")
    assert outcome.policy_packs == {"hue-infra": "0.1.0"}
    assert outcome.diagnostics == ()


def test_an_event_that_is_not_understood_fails_the_run_and_is_no_silence(stack, stub, tell):
    odd = tell.state("a", inputs={"x": {"4dabf18193072939515e22adb298388d": "no signature"}})

    with pytest.raises(EngineError, match="was not understood"):
        run(stack, stub, [tell.pre("create", new=odd)])


@pytest.mark.parametrize(("op", "told"), [("diff", []), ("leap", ["could not be read by its SDK"])])
def test_a_step_that_the_sdk_does_not_know_is_idle_or_told(stack, stub, tell, op, told):
    # Upstream's engine tells a "diff" step of an import, which touches nothing.
    outcome = run(stack, stub, [tell.pre(op, new=tell.state("a")), tell.says("info", "b")])

    assert outcome.steps == ()
    assert outcome.ok
    assert len(outcome.diagnostics) == len(told)
    assert all(text in outcome.diagnostics[0].message for text in told)
    assert any(isinstance(event, events.Log) and event.text == "b" for event in stack.events)
