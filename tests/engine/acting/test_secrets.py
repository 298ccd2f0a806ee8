"""A canary that is secret is nowhere: not in files, not in events, not in what a run returns."""

import pulumi
import pytest
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

from hue_infra.engine.values import Secret

CANARY = "c4n4ry-0451"


class LoudProvider(ResourceProvider):
    def create(self, props):
        if props["loud"]:
            raise RuntimeError(f"cannot log in with {props['password']}")
        return CreateResult("x", props)


class Loud(Resource):
    def __init__(self, name, password, loud):
        super().__init__(LoudProvider(), name, {"password": password, "loud": loud})


def told(stack, outcome):
    shown = [event for event in stack.events if type(event).__name__ != "Finished"]
    return repr(shown) + repr(outcome.steps) + repr(outcome.diagnostics) + str(outcome.violations)


@pytest.mark.parametrize("loud", [False, True])
def test_a_canary_is_nowhere(loud, stack, kit):
    def program(number):
        def run():
            secret = pulumi.Config().require_secret("password")
            kit.Thing("plain", value=secret, deep={"list": [1, secret]}, number=number)
            Loud("loud", secret, loud)
            pulumi.log.info(f"using {CANARY}")
            pulumi.export("password", secret)

        return run

    more = {"config": {"hue:password": CANARY}, "secret_config": frozenset({"hue:password"})}
    more["seal_repeats"] = True
    outcomes = [
        stack.preview(program(1), **more),
        stack.up(program(1), **more),
        stack.preview(program(2), **more),
        stack.up(program(2), **more),
        stack.refresh(**more),
    ]
    contents = b"".join(stack.files().values())
    outcomes.append(stack.destroy(**more))

    assert CANARY.encode() not in contents
    for outcome in outcomes:
        assert CANARY not in told(stack, outcome)
    if not loud:
        assert outcomes[1].outputs == {"password": Secret(CANARY)}
    else:
        assert "cannot log in with [secret]" in told(stack, outcomes[1])


def test_what_a_step_shows_of_a_changed_secret_is_masked(stack, kit):
    stack.up(lambda: kit.Thing("a", value=pulumi.Output.secret("one-secret")))

    outcome = stack.preview(lambda: kit.Thing("a", value=pulumi.Output.secret("two-secret")))

    change = next(step for step in outcome.steps if step.name == "a").changes[0]
    assert (change.path, change.before, change.after) == ("value", "[secret]", "[secret]")


@pytest.mark.parametrize("seals", [True, False])
def test_an_output_that_repeats_a_secret_is_one_if_the_run_is_so_told(seals, stack, kit):
    def program():
        kit.Thing(
            "open",
            pulumi.ResourceOptions(depends_on=[kit.Thing("a", value=pulumi.Output.secret(CANARY))]),
            value=CANARY,
        )

    stack.up(program, seal_repeats=seals)

    computed = stack.state("open").outputs["computed"]
    assert computed == (Secret(f"<{CANARY}>") if seals else f"<{CANARY}>")
