"""Functions of the program around the steps on its resources."""

import pulumi
import pytest

Opts = pulumi.ResourceOptions
MOMENTS = [
    f"{when}_{what}" for what in ("create", "update", "delete") for when in ("before", "after")
]


class Story(list):
    """What the hooks were told, in order."""

    def hook(self, name, *, fails=False, **options):
        def called(args):
            self.append((name, args.name, args.new_inputs, args.old_inputs, args.new_outputs))
            if fails:
                raise ValueError("not today")

        return pulumi.ResourceHook(name, called, pulumi.ResourceHookOptions(**options))

    def bound(self, **fails):
        hooks = {
            moment: [self.hook(moment, fails=moment in fails, **fails.get(moment, {}))]
            for moment in MOMENTS
        }
        return Opts(hooks=pulumi.ResourceHookBinding(**hooks))

    @property
    def moments(self):
        return [entry[0] for entry in self]


@pytest.fixture
def story():
    return Story()


def run_of(kit, story, value=None, **fails):
    def program():
        options = story.bound(**fails)
        if value is not None:
            kit.Thing("a", options, value=value)

    return program


def test_hooks_are_called_around_each_step(stack, kit, story):
    for value in (1, 2, None):
        assert stack.up(run_of(kit, story, value)).ok

    assert story.moments == MOMENTS
    created, updated, deleted = story[1], story[3], story[5]
    assert created[2:4] == ({"value": 1}, None)
    assert created[4]["computed"] == "<1>"
    assert updated[2:4] == ({"value": 2}, {"value": 1})
    assert deleted[2:4] == (None, {"value": 2})


def test_a_preview_calls_only_hooks_that_want_it(stack, kit, story):
    def program():
        both = [story.hook("shy"), story.hook("keen", on_dry_run=True)]
        kit.Thing("a", Opts(hooks=pulumi.ResourceHookBinding(before_create=both)))

    assert stack.preview(program).ok

    assert story.moments == ["keen"]


def test_a_hook_before_that_fails_prevents_the_step(stack, kit, story):
    outcome = stack.up(run_of(kit, story, 1, before_create={}))

    assert not outcome.ok
    assert any("not today" in item.message for item in outcome.diagnostics)
    assert stack.world.things == {}
    assert stack.names() == []


def test_a_hook_after_that_fails_fails_the_run_and_loses_nothing(stack, kit, story):
    outcome = stack.up(run_of(kit, story, 1, after_create={}))

    assert not outcome.ok
    assert stack.names() == stack.world.names() == ["a"]


def test_a_hook_whose_errors_are_ignored_only_warns(stack, kit, story):
    outcome = stack.up(run_of(kit, story, 1, before_create={"ignore_errors": True}))

    assert outcome.ok
    assert [item.severity for item in outcome.diagnostics] == ["warning"]
    assert stack.names() == ["a"]


def test_a_destroy_calls_hooks_only_with_the_program(stack, kit, story):
    stack.up(run_of(kit, story, 1))
    story.clear()

    refused = stack.destroy()
    assert not refused.ok
    assert any("before_delete" in item.message for item in refused.diagnostics)
    assert stack.names() == ["a"]

    outcome = stack.engine.destroy(stack.options(), run_of(kit, story, 1))
    assert outcome.ok, outcome.diagnostics
    assert story.moments == ["before_delete", "after_delete"]
    assert stack.snapshot().resources == ()


def test_a_component_calls_its_hook_once_its_outputs_are_told(stack, kit, story):
    class Box(pulumi.ComponentResource):
        def __init__(self, name, opts):
            super().__init__("test:Box", name, None, opts)
            kit.Thing("inside", Opts(parent=self))
            self.register_outputs({"size": 3})

    assert stack.up(lambda: Box("box", story.bound()) and None).ok

    assert story.moments == ["before_create", "after_create"]
    assert story[1][4] == {"size": 3}


def test_a_replacement_is_a_creation_and_a_deletion(stack, kit, story):
    def program(fixed):
        return lambda: kit.Thing("a", story.bound(), fixed=fixed) and None

    stack.up(program(1))
    story.clear()
    stack.up(program(2))

    assert story.moments == ["before_create", "after_create", "before_delete", "after_delete"]


@pytest.mark.parametrize("again", [True, False])
def test_an_error_hook_decides_whether_a_step_is_tried_again(again, stack, kit):
    seen = []
    failures = [RuntimeError("busy"), RuntimeError("still busy")]

    def create(self, request):
        if not request.preview and failures:
            raise failures.pop(0)
        return made(self, request)

    made, kit_create = kit.Cloud.create, create

    def program():
        def decide(args):
            seen.append((args.failed_operation, len(args.errors)))
            return again

        hook = pulumi.ErrorHook("retry", decide)
        kit.Thing("a", Opts(hooks=pulumi.ResourceHookBinding(on_error=[hook])))

    kit.Cloud.create = kit_create
    try:
        outcome = stack.up(program)
    finally:
        kit.Cloud.create = made

    assert outcome.ok is again
    assert seen == ([("create", 1), ("create", 2)] if again else [("create", 1)])
    assert stack.names() == (["a"] if again else [])
