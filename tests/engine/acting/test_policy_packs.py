"""Policy packs in a run: each resource passes them before it is touched, the stack at the end."""

from pathlib import Path

import pulumi
import pytest

from hue_infra.engine import events
from hue_infra.engine.analysis import PolicyPack
from hue_infra.engine.values import Secret
from hue_infra.errors import EngineError, InputError

pytestmark = pytest.mark.slow

PACKS = Path(__file__).resolve().parents[2] / "cases/engine/packs"
RULES = (PolicyPack(PACKS / "rules"),)


def broken(outcome):
    return [(one.rule, one.mandatory) for one in outcome.violations]


def test_a_preview_reports_a_breach_and_fails_having_shown_every_step(stack, kit):
    def program():
        kit.Thing("first", value="bad")
        kit.Thing("second")

    outcome = stack.preview(program, policy_packs=RULES)

    assert not outcome.ok
    assert broken(outcome) == [("no-bad", True)]
    assert outcome.violations[0].message == "No bad values.\nfirst is bad"
    assert kit.ops(outcome) == [("create", "first"), ("create", "second")]
    assert outcome.policy_packs == {"rules": "1.2.3"}
    # What may not be made is not shown to the policies on the stack either.
    assert stack.world.touched() == []


def test_up_refuses_the_resource_before_the_provider_is_asked(stack, kit):
    outcome = stack.up(lambda: kit.Thing("first", value="bad"), policy_packs=RULES)

    assert not outcome.ok
    assert broken(outcome) == [("no-bad", True)]
    assert stack.world.touched() == []
    assert stack.names() == []


def test_an_advisory_breach_is_told_and_nothing_more(stack, kit):
    outcome = stack.up(lambda: kit.Thing("x"), policy_packs=RULES)

    assert outcome.ok
    assert broken(outcome) == [("named-well", False)]
    assert stack.names() == ["x"]
    found = [event for event in stack.events if isinstance(event, events.PolicyFound)]
    assert [event.violation.rule for event in found] == ["named-well"]


def test_the_pack_is_told_to_be_loading(stack, kit):
    stack.preview(lambda: kit.Thing("thing"), policy_packs=RULES)

    loading = [event for event in stack.events if isinstance(event, events.PolicyLoading)]
    assert [event.pack for event in loading] == [str(PACKS / "rules")]


def test_a_remedy_changes_what_is_made_and_recorded(stack, kit):
    outcome = stack.up(lambda: kit.Thing("thing", value="worn", other=1), policy_packs=RULES)

    assert outcome.ok
    assert stack.state("thing").inputs == {"value": "mended", "other": 1}
    (made,) = stack.world.things.values()
    assert made["value"] == "mended"
    (told,) = [event for event in stack.events if isinstance(event, events.PolicyRemediated)]
    assert told.remediation.rule == "mend"
    assert told.before["value"] == "worn"
    assert told.remediation.inputs["value"] == "mended"


def test_a_remedied_resource_does_not_change_at_the_second_run(stack, kit):
    def program():
        kit.Thing("thing", value="worn")

    stack.up(program, policy_packs=RULES)
    outcome = stack.up(program, policy_packs=RULES)

    assert outcome.ok
    assert not outcome.has_changes()


def test_what_a_remedy_cannot_mend_is_refused(stack, kit):
    outcome = stack.up(lambda: kit.Thing("thing", value="beyond"), policy_packs=RULES)

    assert broken(outcome) == [("mend", True)]
    assert stack.world.touched() == []


def test_policies_on_the_stack_come_after_all_is_made(stack, kit):
    def program():
        for number in range(3):
            kit.Thing(f"thing{number}")

    outcome = stack.up(program, policy_packs=RULES)

    assert not outcome.ok
    assert stack.names() == ["thing0", "thing1", "thing2"]
    root = next(item.urn for item in stack.snapshot().resources if item.type.endswith(":Stack"))
    first, second = outcome.violations
    assert (first.rule, first.message, first.urn) == ("few", "Few things.\n3 things", root)
    assert second.urn in {stack.state(f"thing{number}").urn for number in range(3)}


def test_a_preview_foretells_what_policies_on_the_stack_will_say(stack, kit):
    def program():
        for number in range(3):
            kit.Thing(f"thing{number}")

    outcome = stack.preview(program, policy_packs=RULES)

    assert not outcome.ok
    assert broken(outcome) == [("few", True), ("few", True)]


def test_policies_on_the_stack_see_outputs_dependencies_and_parents(stack, kit):
    def program():
        group = kit.Group("group")
        base = kit.Thing("base")
        kit.Thing("told", pulumi.ResourceOptions(parent=group), tell=base.id, depends=base.computed)

    outcome = stack.up(program, policy_packs=RULES)

    (told,) = [one.message for one in outcome.violations if one.rule == "roots"]
    assert "told in group needs base" in told
    assert "'tell': ['base']" in told
    assert "'computed': '<None>'" in told


def test_a_run_that_failed_is_not_shown_to_policies_on_the_stack(stack, kit):
    stack.world.failing["create", "thing2"] = EngineError("quota")

    def program():
        for number in range(3):
            kit.Thing(f"thing{number}")

    outcome = stack.up(program, policy_packs=RULES)

    assert not outcome.ok
    assert [one for one in outcome.violations if one.rule == "few"] == []


def test_secrets_stay_secrets_through_a_remedy(stack, kit):
    def program():
        kit.Thing("thing", token=pulumi.Output.secret("hush-hush"), later="now")

    outcome = stack.up(program, policy_packs=(PolicyPack(PACKS / "secrets"),))

    assert outcome.ok
    inputs = stack.state("thing").inputs
    assert inputs == {"token": Secret("hush-hush"), "later": "now", "added": Secret("fresh")}
    text = stack.engine._store().file.read_text("utf-8")
    assert "hush-hush" not in text
    assert "fresh" not in text
    # A policy that tells a secret in its message does not tell it to anybody else.
    (told,) = [one.message for one in outcome.violations if one.rule == "told"]
    assert "token='[secret]' added='[secret]'" in told


def test_what_a_preview_cannot_know_only_warns(stack, kit):
    def program():
        first = kit.Thing("first", token="t", later="now")
        kit.Thing("second", token="t", later=first.id)

    outcome = stack.preview(program, policy_packs=(PolicyPack(PACKS / "secrets"),))

    assert outcome.ok
    found = [one.message for one in outcome.violations if one.rule == "unknown"]
    assert any(text.endswith("later=now") for text in found)
    assert any("value at .later can't be known during preview" in text for text in found)


def test_a_pack_that_cannot_start_stops_the_run_before_anything(stack, kit):
    ran = []

    with pytest.raises(EngineError, match=r"(?s)did not start.*no pack today"):
        stack.up(lambda: ran.append(1), policy_packs=(*RULES, PolicyPack(PACKS / "broken")))

    assert ran == []
    assert stack.world.touched() == []


def test_settings_that_do_not_fit_stop_the_run_before_anything(stack, tmp_path):
    file = tmp_path / "settings.json"
    file.write_text('{"told": {"limit": 0}}', "utf-8")
    ran = []

    with pytest.raises(InputError, match="limit: Must be greater than or equal to 1"):
        stack.up(lambda: ran.append(1), policy_packs=(PolicyPack(PACKS / "settings", file),))

    assert ran == []


def test_a_pack_with_a_mistake_fails_the_resource(stack, kit):
    outcome = stack.up(lambda: kit.Thing("thing"), policy_packs=(PolicyPack(PACKS / "failing"),))

    assert not outcome.ok
    assert stack.world.touched() == []
    assert any("policy pack failing failed" in item.message for item in outcome.diagnostics)


def test_packs_are_asked_one_after_the_other_and_all_are_told(stack, kit):
    packs = (*RULES, PolicyPack(PACKS / "old"))

    outcome = stack.preview(lambda: kit.Thing("thing", value="bad"), policy_packs=packs)

    assert [(one.pack, one.rule) for one in outcome.violations] == [
        ("rules", "no-bad"),
        ("old", "no-bad"),
    ]
    assert outcome.policy_packs == {"rules": "1.2.3", "old": "1.2.3"}


def test_a_destroy_asks_no_pack(stack, kit):
    stack.up(lambda: kit.Thing("thing"))

    outcome = stack.destroy(policy_packs=(PolicyPack(PACKS / "broken"),))

    assert outcome.ok
    assert stack.names() == []
