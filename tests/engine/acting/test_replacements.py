"""What else replaces a resource: triggers, companions, requests, and what was never ready."""

import pulumi
import pytest

from hue_infra.engine.provider import Checked

Opts = pulumi.ResourceOptions
CREATED, DELETED = ("create-replacement", "a"), ("delete-replaced", "a")
REPLACED = [CREATED, DELETED, ("replace", "a")]


def thing(kit, name="a", *, options=None, **inputs):
    def program():
        # Some options hold outputs, which only a running program can make.
        kit.Thing(name, options() if callable(options) else options, **inputs)

    return program


# Options before and after, with the same inputs; whether the thing is replaced.
TRIGGERS = {
    "another value": (Opts(replacement_trigger="1"), Opts(replacement_trigger="2"), True),
    "the same value": (Opts(replacement_trigger="1"), Opts(replacement_trigger="1"), False),
    "a first one": (None, Opts(replacement_trigger="1"), False),
    "none any more": (Opts(replacement_trigger="1"), None, False),
    "the same as a secret": (
        Opts(replacement_trigger="1"),
        lambda: Opts(replacement_trigger=pulumi.Output.secret("1")),
        False,
    ),
    "part of a map": (
        Opts(replacement_trigger={"x": 1}),
        Opts(replacement_trigger={"x": 2}),
        True,
    ),
}


@pytest.mark.parametrize("case", TRIGGERS)
def test_a_trigger_replaces_once_it_has_another_value(case, stack, kit):
    before, after, replaced = TRIGGERS[case]
    stack.up(thing(kit, options=before, value=1))

    previewed = stack.preview(thing(kit, options=after, value=1))
    outcome = stack.up(thing(kit, options=after, value=1))

    assert outcome.ok, outcome.diagnostics
    assert kit.ops(outcome) == kit.ops(previewed) == (REPLACED if replaced else [])
    assert kit.ops(stack.up(thing(kit, options=after, value=1))) == []


def test_a_request_replaces_what_it_names(stack, kit):
    def program():
        kit.Thing("a", value=1)
        kit.Thing("b", value=1)

    stack.up(program)

    outcome = stack.up(program, replace=("**::a",))

    assert outcome.ok
    assert kit.ops(outcome) == REPLACED
    assert stack.world.names() == ["a", "b"]


def test_a_request_for_what_does_not_exist_is_refused(stack, kit):
    outcome = stack.up(thing(kit), replace=("urn:pulumi:lab::hue::cloud:index:Thing::z",))

    assert not outcome.ok
    assert stack.world.touched() == []


SELECTORS = {
    "the property": (["value"], True),
    "any": (["*"], True),
    "inside": (["deep.x"], False),
    "another": (["other"], False),
}


@pytest.mark.parametrize("case", SELECTORS)
def test_a_change_that_the_program_names_replaces(case, stack, kit):
    selectors, replaced = SELECTORS[case]
    stack.up(thing(kit, value=1, deep={"x": 1}))

    outcome = stack.up(
        thing(kit, options=Opts(replace_on_changes=selectors), value=2, deep={"x": 1})
    )

    assert kit.ops(outcome) == (REPLACED if replaced else [("update", "a")])


def test_what_was_never_ready_is_replaced_if_the_program_says_so(stack, kit):
    stack.world.failing["ready", "a"] = ["no quota"]
    stack.up(thing(kit))
    stack.world.failing.clear()

    outcome = stack.up(thing(kit, options=Opts(replace_on_changes=["#initerror"])))

    assert outcome.ok
    assert kit.ops(outcome) == REPLACED


COMPANIONS = {
    "deleted_with": lambda first: Opts(deleted_with=first),
    "replace_with": lambda first: Opts(replace_with=[first]),
}


@pytest.mark.parametrize("dbr", [False, True], ids=["create first", "delete first"])
@pytest.mark.parametrize("option", COMPANIONS)
def test_a_companion_is_replaced_together(option, dbr, stack, kit):
    def program(fixed):
        def run():
            first = kit.Thing("first", fixed=fixed, dbr=dbr)
            kit.Thing("a", COMPANIONS[option](first), value=1)

        return run

    stack.up(program(1))
    previewed = stack.preview(program(2))
    outcome = stack.up(program(2))

    assert outcome.ok, outcome.diagnostics
    assert [step for step in kit.ops(outcome) if step[1] == "a"] == REPLACED
    assert kit.ops(previewed) == kit.ops(outcome)
    assert kit.ops(stack.up(program(2))) == []


def test_what_is_deleted_with_another_is_not_deleted_itself(stack, kit):
    def program():
        first = kit.Thing("first")
        kit.Thing("a", Opts(deleted_with=first))

    stack.up(program)
    stack.world.calls.clear()

    assert stack.destroy().ok
    assert stack.world.touched() == [("delete", "first")]
    assert stack.snapshot().resources == ()


def test_what_is_deleted_with_one_that_stays_is_deleted(stack, kit):
    def program(both):
        def run():
            first = kit.Thing("first")
            if both:
                kit.Thing("a", Opts(deleted_with=first))

        return run

    stack.up(program(both=True))
    stack.up(program(both=False))

    assert stack.world.names() == ["first"]


def test_a_fresh_replacement_gets_fresh_defaults(stack, kit, monkeypatch):
    seen = []

    def check(self, request):
        seen.append(request.old_inputs)
        return Checked(request.inputs)

    stack.up(thing(kit, fixed=1))
    monkeypatch.setattr(kit.Cloud, "check", check)
    stack.up(thing(kit, fixed=2))

    # Once to see what changes, once for a resource that has never been.
    assert [old is None for old in seen] == [False, True]
