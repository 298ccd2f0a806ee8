"""A run that looks at what stands before it compares: what was changed or removed is put right."""

import pulumi
import pytest

from hue_infra.engine.provider import State
from hue_infra.engine.state import ResourceState

Opts = pulumi.ResourceOptions


@pytest.fixture
def looking(stack, kit):
    """Options of a run that looks at every thing, by a provider that tells inputs too."""

    class Seeing(kit.Cloud):
        def read(self, request):
            found = super().read(request)
            if found is None:
                return None
            inputs = {key: found.outputs.get(key) for key in request.inputs}
            return State(found.id, found.outputs, inputs)

    def look(state: ResourceState) -> bool:
        return state.type == "cloud:index:Thing"

    return {"providers": {"cloud": lambda: Seeing(stack.world)}, "look": look}


def thing(stack, name):
    return next(id_ for id_, item in stack.world.things.items() if item["name"] == name)


def test_what_is_as_it_was_made_is_looked_at_and_left_alone(stack, kit, looking):
    stack.up(lambda: kit.Thing("a", value=1), **looking)
    stack.world.calls.clear()

    outcome = stack.up(lambda: kit.Thing("a", value=1), **looking)

    assert not outcome.has_changes()
    assert ("read", "a") in stack.world.calls
    assert stack.world.touched() == []


def test_what_was_changed_behind_its_back_is_changed_back(stack, kit, looking):
    stack.up(lambda: kit.Thing("a", value=1), **looking)
    stack.world.things[thing(stack, "a")]["value"] = 9

    foretold = stack.preview(lambda: kit.Thing("a", value=1), **looking)
    outcome = stack.up(lambda: kit.Thing("a", value=1), **looking)

    assert kit.ops(foretold) == kit.ops(outcome) == [("update", "a")]
    (change,) = next(step for step in foretold.steps if step.name == "a").changes
    assert (change.path, change.before, change.after) == ("value", 9, 1)
    assert stack.world.things[thing(stack, "a")]["value"] == 1
    assert not stack.preview(lambda: kit.Thing("a", value=1), **looking).has_changes()


def test_what_changed_both_here_and_there_to_the_same_is_no_change(stack, kit, looking):
    stack.up(lambda: kit.Thing("a", value=1), **looking)
    stack.world.things[thing(stack, "a")]["value"] = 9

    assert not stack.up(lambda: kit.Thing("a", value=9), **looking).has_changes()


def test_what_is_gone_is_made_again_and_what_stands_on_it_stays(stack, kit, looking):
    def program():
        a = kit.Thing("a", Opts(protect=True), value=1)
        kit.Thing("b", Opts(depends_on=[a]), value=2)

    stack.up(program, **looking)
    kept = thing(stack, "b")
    del stack.world.things[thing(stack, "a")]

    foretold = stack.preview(program, **looking)
    outcome = stack.up(program, **looking)

    again = [("create-replacement", "a"), ("replace", "a")]
    assert kit.ops(foretold) == kit.ops(outcome) == again
    assert stack.world.names() == ["a", "b"]
    assert kept in stack.world.things
    assert stack.state("a").protect
    assert not stack.preview(program, **looking).has_changes()


def test_what_cannot_be_looked_at_counts_as_recorded_and_that_is_told_once(stack, kit, looking):
    def program():
        kit.Thing("a", value=1)
        kit.Thing("b", value=2)

    stack.up(program, **looking)
    for name in ("a", "b"):
        stack.world.failing["read", name] = ConnectionError("the cloud is silent")

    outcome = stack.up(program, **looking)

    assert outcome.ok
    assert not outcome.has_changes()
    assert stack.names() == ["a", "b"]
    told = [item for item in outcome.diagnostics if "silent" in item.message]
    assert [item.severity for item in told] == ["warning"]


def test_what_was_not_ready_stays_so_until_an_update_has_waited(stack, kit, looking):
    stack.world.failing["ready", "a"] = ("no image",)
    stack.up(lambda: kit.Thing("a", value=1), **looking)
    stack.world.failing.clear()

    outcome = stack.up(lambda: kit.Thing("a", value=1), **looking)

    assert kit.ops(outcome) == [("update", "a")]
    assert stack.state("a").init_errors == ()


def test_only_what_is_chosen_is_looked_at(stack, kit, looking):
    def program():
        kit.Thing("a", value=1)
        kit.Thing("b", value=2)

    stack.up(program, **looking)
    stack.world.calls.clear()

    stack.up(program, **{**looking, "look": lambda state: state.name == "b"})

    assert [call for call in stack.world.calls if call[0] == "read"] == [("read", "b")]
