"""Old state, program and the provider's answers, to the steps taken and the state they leave."""

import pulumi
import pytest

from hue_infra.engine.values import Secret

Opts = pulumi.ResourceOptions

# Each case: things of the first program, things of the second (name: inputs), steps of the second.
# The input "of" names the thing whose "computed" is taken as the input "value".
CASES = {
    "same": ({"a": {"value": 1}}, {"a": {"value": 1}}, []),
    "update": ({"a": {"value": 1}}, {"a": {"value": 2}}, [("update", "a")]),
    "update spreads": (
        {"a": {"value": 1}, "b": {"of": "a"}},
        {"a": {"value": 2}, "b": {"of": "a"}},
        [("update", "a"), ("update", "b")],
    ),
    "delete": ({"a": {}, "b": {}}, {"a": {}}, [("delete", "b")]),
    "create": ({"a": {}}, {"a": {}, "b": {"of": "a"}}, [("create", "b")]),
    "create before delete": (
        {"a": {"fixed": 1}, "b": {"of": "a"}},
        {"a": {"fixed": 2}, "b": {"of": "a"}},
        [("create-replacement", "a"), ("delete-replaced", "a"), ("replace", "a")],
    ),
    "delete before replace": (
        {"a": {"fixed": 1, "dbr": True}},
        {"a": {"fixed": 2, "dbr": True}},
        [("create-replacement", "a"), ("delete-replaced", "a"), ("replace", "a")],
    ),
    "delete before replace leaves what can be updated": (
        {"a": {"fixed": 1, "dbr": True, "value": 1}, "b": {"of": "a"}},
        {"a": {"fixed": 2, "dbr": True, "value": 2}, "b": {"of": "a"}},
        [
            ("create-replacement", "a"),
            ("delete-replaced", "a"),
            ("replace", "a"),
            ("update", "b"),
        ],
    ),
    "delete before replace takes what cannot be updated": (
        {"a": {"fixed": 1, "dbr": True}, "b": {"fixed_of": "a"}, "c": {"fixed_of": "b"}},
        {"a": {"fixed": 2, "dbr": True}, "b": {"fixed_of": "a"}, "c": {"fixed_of": "b"}},
        [
            ("create-replacement", "a"),
            ("create-replacement", "b"),
            ("create-replacement", "c"),
            ("delete-replaced", "a"),
            ("delete-replaced", "b"),
            ("delete-replaced", "c"),
            ("replace", "a"),
            ("replace", "b"),
            ("replace", "c"),
        ],
    ),
    "what a cascade deleted and the program drops": (
        {"a": {"fixed": 1, "dbr": True}, "b": {"fixed_of": "a"}},
        {"a": {"fixed": 2, "dbr": True}},
        [
            ("create-replacement", "a"),
            ("delete-replaced", "a"),
            ("delete-replaced", "b"),
            ("remove-pending-replace", "b"),
            ("replace", "a"),
        ],
    ),
}


@pytest.fixture
def program(kit):
    """The program that makes the things of a table."""

    def make(table, **options):
        def run():
            made = {}
            for name, given in table.items():
                inputs = dict(given)
                if "of" in inputs:
                    inputs["value"] = made[inputs.pop("of")].computed
                if "fixed_of" in inputs:
                    inputs["fixed"] = made[inputs.pop("fixed_of")].id
                made[name] = kit.Thing(name, options.get(name), **inputs)

        return run

    return make


@pytest.mark.parametrize("case", CASES)
def test_steps_are_those_of_the_table_and_of_the_preview(case, stack, program, kit):
    before, after, expected = CASES[case]
    assert stack.up(program(before)).ok

    previewed = stack.preview(program(after))
    done = stack.up(program(after))

    assert kit.ops(done) == expected
    assert kit.ops(previewed) == expected
    assert done.ok
    assert previewed.ok
    assert stack.names() == sorted(after) == stack.world.names()
    again = stack.up(program(after))
    assert kit.ops(again) == []


def test_no_change_writes_nothing_but_history(stack, program):
    table = {f"t{n}": {"value": n} for n in range(20)}
    stack.up(program(table))
    before = stack.files()

    assert stack.up(program(table)).ok

    changed = {path for path, content in stack.files().items() if before.get(path) != content}
    assert changed
    assert all("history" in path.parts for path in changed)


def test_delete_before_replace_deletes_dependents_first(stack, program):
    table = CASES["delete before replace takes what cannot be updated"]
    stack.up(program(table[0]))
    stack.world.calls.clear()

    stack.up(program(table[1]))

    assert stack.world.touched() == [
        ("delete", "c"),
        ("delete", "b"),
        ("delete", "a"),
        ("create", "a"),
        ("create", "b"),
        ("create", "c"),
    ]


def test_create_before_delete_keeps_the_old_one_until_the_end(stack, program):
    stack.up(program({"a": {"fixed": 1}, "b": {"fixed_of": "a"}}))
    stack.world.calls.clear()

    stack.up(program({"a": {"fixed": 2}, "b": {"fixed_of": "a"}}))

    assert stack.world.touched() == [
        ("create", "a"),
        ("create", "b"),
        ("delete", "b"),
        ("delete", "a"),
    ]


def test_the_option_decides_the_order_of_a_replacement(stack, program):
    stack.up(program({"a": {"fixed": 1}}))
    stack.world.calls.clear()

    stack.up(program({"a": {"fixed": 2}}, a=Opts(delete_before_replace=True)))

    assert stack.world.touched() == [("delete", "a"), ("create", "a")]


def test_protected_is_neither_deleted_nor_replaced(stack, program, kit):
    stack.up(program({"a": {"fixed": 1}, "b": {}}, a=Opts(protect=True), b=Opts(protect=True)))

    replaced = stack.up(
        program({"a": {"fixed": 2}, "b": {}}, a=Opts(protect=True), b=Opts(protect=True))
    )
    deleted = stack.up(program({"a": {"fixed": 1}}, a=Opts(protect=True)))
    destroyed = stack.destroy()

    for outcome in (replaced, deleted, destroyed):
        assert not outcome.ok
        assert any("protected" in item.message for item in outcome.diagnostics)
    assert stack.world.names() == ["a", "b"]
    assert stack.up(program({"a": {"fixed": 1}, "b": {}})).ok
    assert stack.destroy().ok
    assert stack.world.names() == []


def test_a_protected_dependent_stops_a_cascade_before_anything_is_deleted(stack, program):
    first, second, _ = CASES["delete before replace takes what cannot be updated"]
    stack.up(program(first, c=Opts(protect=True)))
    stack.world.calls.clear()

    outcome = stack.up(program(second, c=Opts(protect=True)))

    assert not outcome.ok
    assert stack.world.touched() == []
    assert stack.names() == ["a", "b", "c"]


def test_ignored_changes_are_not_made(stack, program, kit):
    stack.up(program({"a": {"value": 1, "deep": {"x": 1, "y": 1}}}))

    outcome = stack.up(
        program(
            {"a": {"value": 2, "deep": {"x": 2, "y": 2}}},
            a=Opts(ignore_changes=["value", "deep.x"]),
        )
    )

    assert kit.ops(outcome) == [("update", "a")]
    assert stack.state("a").inputs["deep"] == {"x": 1, "y": 2}
    assert stack.state("a").inputs["value"] == 1


def test_replace_on_changes_replaces(stack, program, kit):
    stack.up(program({"a": {"value": 1}}))

    outcome = stack.up(program({"a": {"value": 2}}, a=Opts(replace_on_changes=["value"])))

    assert ("create-replacement", "a") in kit.ops(outcome)


def test_retained_leaves_the_state_and_stays_in_the_world(stack, program, kit):
    stack.up(program({"a": {}}, a=Opts(retain_on_delete=True)))

    assert stack.up(program({})).ok

    assert stack.names() == []
    assert stack.world.names() == ["a"]


def test_depends_on_orders_creation_and_deletion(stack, kit):
    def program():
        first = kit.Thing("first")
        kit.Thing("second", Opts(depends_on=[first]))

    stack.up(program)
    stack.destroy()

    assert stack.world.touched() == [
        ("create", "first"),
        ("create", "second"),
        ("delete", "second"),
        ("delete", "first"),
    ]


def test_children_take_options_from_their_parent(stack, kit):
    def program():
        account = kit.Account("acc", region="vn")
        group = kit.Group("g", Opts(protect=True, providers=[account]))
        kit.Thing("child", Opts(parent=group))

    assert stack.up(program).ok

    child = stack.state("child")
    assert child.protect
    assert child.urn.endswith("test:Group$cloud:index:Thing::child")
    assert child.provider.startswith(stack.state("acc").urn)


def test_another_region_of_the_provider_replaces_its_resources(stack, kit):
    def program(region):
        def run():
            kit.Thing("a", Opts(provider=kit.Account("acc", region=region)))

        return run

    stack.up(program("vn-1"))
    outcome = stack.up(program("vn-2"))

    assert outcome.ok
    assert ("create-replacement", "a") in kit.ops(outcome)
    assert ("create-replacement", "acc") in kit.ops(outcome, "pulumi:providers:cloud")


def test_another_name_of_the_provider_replaces_nothing(stack, kit):
    stack.up(lambda: kit.Thing("a"))
    outcome = stack.up(lambda: kit.Thing("a", Opts(provider=kit.Account("acc"))))

    assert outcome.ok
    assert kit.ops(outcome) == []


def test_an_alias_renames_without_a_change(stack, kit):
    def before():
        group = kit.Group("old")
        kit.Thing("kid", Opts(parent=kit.Thing("old-a", Opts(parent=group))))

    def after():
        group = kit.Group("new", Opts(aliases=[pulumi.Alias(name="old")]))
        kit.Thing("kid", Opts(parent=kit.Thing("new-a", Opts(parent=group))))

    stack.up(before)
    stack.world.calls.clear()
    outcome = stack.up(after)

    assert outcome.ok
    assert stack.world.touched() == []
    assert stack.names() == ["kid", "new-a"]


def test_additional_secret_outputs_are_secret_in_state(stack, program):
    stack.up(program({"a": {"value": 1}}, a=Opts(additional_secret_outputs=["computed"])))

    assert stack.state("a").outputs["computed"] == Secret("<1>")


def test_custom_timeouts_reach_the_provider_and_the_state(stack, program, kit, monkeypatch):
    seen = []
    create = kit.Cloud.create
    monkeypatch.setattr(
        kit.Cloud,
        "create",
        lambda self, request: seen.append(request.timeout) or create(self, request),
    )

    stack.up(program({"a": {}}, a=Opts(custom_timeouts=pulumi.CustomTimeouts(create="1m30s"))))

    assert seen == [90.0]
    assert stack.state("a").custom_timeouts.create == 90.0


def test_outputs_of_the_stack_are_those_exported(stack, kit):
    def program():
        pulumi.export("open", kit.Thing("a", value=1).computed)
        pulumi.export("closed", pulumi.Output.secret("x"))

    outcome = stack.up(program)

    assert outcome.outputs == {"open": "<1>", "closed": Secret("x")}


def test_a_looked_up_resource_is_external_and_never_deleted(stack, kit):
    stack.world.things["x1"] = {"name": "shared", "value": 7}

    class Found(pulumi.CustomResource):
        def __init__(self, name, id_):
            super().__init__("cloud:index:Thing", name, {"value": None}, Opts(id=id_))

    def program():
        pulumi.export("value", Found("found", "x1").value)

    first, second, gone = stack.up(program), stack.up(program), stack.destroy()

    assert first.outputs == second.outputs == {"value": 7}
    assert gone.ok
    assert "x1" in stack.world.things


def test_looking_up_what_does_not_exist_fails(stack):
    def program():
        pulumi.CustomResource("cloud:index:Thing", "found", {}, Opts(id="nowhere"))

    outcome = stack.up(program)

    assert not outcome.ok
    assert "nowhere" in outcome.diagnostics[0].message


def test_a_function_is_answered_by_the_default_provider(stack):
    def program():
        pulumi.export("answer", pulumi.runtime.invoke_output("cloud:index:ask", {"q": 1}))

    outcome = stack.up(program)

    assert outcome.ok
    assert outcome.outputs["answer"]["token"] == "cloud:index:ask"
