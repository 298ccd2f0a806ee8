"""The gate sees checked inputs before a step, and a mandatory rule holds the resource back."""

import pulumi

from hue_infra.engine import events
from hue_infra.engine.analysis import Analyzer, Violation
from hue_infra.engine.values import Secret


class Gate(Analyzer):
    def __init__(self, mandatory=True):
        self.mandatory = mandatory
        self.seen = []

    def analyze(self, resource):
        self.seen.append(resource)
        if resource.inputs.get("value") != "bad":
            return []
        return [Violation("no-bad", "value is bad", self.mandatory, resource.urn)]


def test_up_refuses_what_breaks_a_mandatory_rule(stack, kit):
    outcome = stack.up(lambda: kit.Thing("a", value="bad"), analyzers=[Gate()])

    assert not outcome.ok
    assert stack.world.touched() == []
    assert [item.rule for item in outcome.violations] == ["no-bad"]
    assert any(isinstance(event, events.PolicyFound) for event in stack.events)


def test_preview_shows_all_steps_and_fails_at_the_end(stack, kit):
    def program():
        kit.Thing("a", value="bad")
        kit.Thing("b", value="bad")
        kit.Thing("c")

    outcome = stack.preview(program, analyzers=[Gate()])

    assert not outcome.ok
    assert kit.ops(outcome) == [("create", "a"), ("create", "b"), ("create", "c")]
    assert len(outcome.violations) == 2


def test_an_advisory_rule_only_warns(stack, kit):
    outcome = stack.up(lambda: kit.Thing("a", value="bad"), analyzers=[Gate(mandatory=False)])

    assert outcome.ok
    assert [item.mandatory for item in outcome.violations] == [False]


def test_the_gate_sees_secrets_as_secrets(stack, kit):
    gate = Gate()

    stack.up(lambda: kit.Thing("a", value=pulumi.Output.secret("x")), analyzers=[gate])

    seen = next(item for item in gate.seen if item.name == "a")
    assert seen.inputs["value"] == Secret("x")
    assert seen.type == "cloud:index:Thing"
    assert seen.provider
