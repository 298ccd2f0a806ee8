"""The package pulumi: other stacks, stashed values, resources of this run."""

import pulumi
import pytest

from hue_infra.engine.api import StackRef
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.values import Secret


@pytest.fixture
def other(stack):
    """Another stack in the same place, with an open and a secret output."""

    def program():
        pulumi.export("open", {"a": [1, 2]})
        pulumi.export("closed", pulumi.Output.secret("hush-hush"))

    ref = StackRef("net", "prod", stack.ref.root)
    assert EmbeddedEngine(ref, lambda: "một cụm mật khẩu").up(program, stack.options()).ok
    return "organization/net/prod"


def test_outputs_of_another_stack_are_read(stack, other):
    def program():
        reference = pulumi.StackReference(other)
        pulumi.export("open", reference.get_output("open"))
        pulumi.export("closed", reference.get_output("closed"))
        pulumi.export("none", reference.get_output("nothing").apply(lambda found: found is None))

    previewed, outcome = stack.preview(program), stack.up(program)

    assert previewed.ok, previewed.diagnostics
    assert outcome.outputs == {"open": {"a": [1, 2]}, "closed": Secret("hush-hush"), "none": True}
    assert not stack.up(program).has_changes()
    assert all(b"hush-hush" not in content for content in stack.files().values())


@pytest.mark.parametrize("name", ["organization/net/nothing", "a/b/c/d"])
def test_a_stack_that_does_not_exist_is_named(name, stack):
    outcome = stack.up(lambda: pulumi.StackReference(name) and None)

    assert not outcome.ok
    assert any(name in item.message for item in outcome.diagnostics)


def test_a_stash_keeps_what_was_put_in_first(stack):
    def program(value):
        def run():
            stash = pulumi.Stash("first", input=value)
            pulumi.export("kept", stash.output)

        return run

    first = stack.up(program("one"))

    assert first.ok, first.diagnostics
    assert first.outputs == {"kept": "one"}
    assert stack.up(program("two")).outputs == {"kept": "one"}
    assert stack.state("first").inputs == {"input": "two"}


def test_a_resource_of_this_run_is_found_by_its_urn(stack, kit):
    def program():
        thing = kit.Thing("a", value=7)
        found = thing.urn.apply(
            lambda urn: pulumi.runtime.invoke("pulumi:pulumi:getResource", {"urn": urn}).value
        )
        pulumi.export("found", found.apply(lambda answer: answer["state"]["value"]))

    outcome = stack.up(program)

    assert outcome.ok, outcome.diagnostics
    assert outcome.outputs == {"found": 7}


def test_an_unknown_function_is_refused(stack):
    def program():
        pulumi.export("x", pulumi.runtime.invoke_output("pulumi:pulumi:getMoon", {}))

    outcome = stack.up(program)

    assert not outcome.ok
    assert any("getMoon" in item.message for item in outcome.diagnostics)
