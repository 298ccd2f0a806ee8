"""Runs that are told to touch only some resources, or to leave some alone."""

import pulumi
import pytest

Opts = pulumi.ResourceOptions


def urn(name):
    return f"urn:pulumi:lab::hue::cloud:index:Thing::{name}"


def chain(kit, value, *, extra=False, group=False):
    """a, then b that takes from a, then c that takes from b; and d by itself."""

    def program():
        a = kit.Thing("a", value=value)
        b = kit.Thing("b", value=a.computed, own=value)
        kit.Thing("c", value=b.computed, own=value)
        kit.Thing("d", value=value)
        if extra:
            kit.Thing("new")

    return program


# Options of the second run, where every value differs; the things that it updates.
CASES = {
    "one": ({"targets": (urn("b"),)}, "b"),
    "a glob": ({"targets": ("**Thing::[ab]", "**::d")}, "d"),
    "with dependents": ({"targets": (urn("b"),), "target_dependents": True}, "bc"),
    "all but one": ({"excludes": (urn("b"),)}, "acd"),
    "all but one and its dependents": (
        {"excludes": (urn("b"),), "exclude_dependents": True},
        "ad",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_only_what_is_in_scope_is_updated(case, stack, kit):
    options, touched = CASES[case]
    stack.up(chain(kit, 1))
    previewed = stack.preview(chain(kit, 2), **options)
    stack.world.calls.clear()

    outcome = stack.up(chain(kit, 2), **options)

    assert outcome.ok, outcome.diagnostics
    assert kit.ops(outcome) == kit.ops(previewed) == [("update", name) for name in touched]
    assert sorted(name for _, name in stack.world.touched()) == list(touched)
    # Without a scope the rest follows.
    assert kit.ops(stack.up(chain(kit, 2))) != []
    assert kit.ops(stack.up(chain(kit, 2))) == []


def test_new_resources_out_of_scope_are_not_made(stack, kit):
    stack.up(chain(kit, 1))

    outcome = stack.up(chain(kit, 2, extra=True), targets=(urn("d"),))

    assert outcome.ok
    assert stack.names() == ["a", "b", "c", "d"]


def test_what_needs_a_new_resource_out_of_scope_is_refused(stack, kit):
    def program():
        new = kit.Thing("new")
        kit.Thing("d", value=new.computed)

    stack.up(lambda: kit.Thing("d"))

    previewed = stack.preview(program, targets=(urn("d"),))
    outcome = stack.up(program, targets=(urn("d"),))

    for run in (previewed, outcome):
        assert not run.ok
        assert any(urn("new") in item.message for item in run.diagnostics)
    assert stack.names() == ["d"]
    assert ("update", "d") not in stack.world.touched()


def test_the_program_gets_what_is_recorded_of_what_is_out_of_scope(stack, kit):
    def program(value):
        def run():
            pulumi.export("a", kit.Thing("a", value=value).computed)
            kit.Thing("d", value=value)

        return run

    stack.up(program(1))

    assert stack.up(program(2), targets=(urn("d"),)).outputs == {"a": "<1>"}


def test_only_targets_are_deleted(stack, kit):
    stack.up(chain(kit, 1))

    outcome = stack.up(lambda: None, targets=(urn("d"),))

    assert outcome.ok
    assert stack.names() == ["a", "b", "c"]


def test_what_stands_on_a_target_is_not_deleted_unnamed(stack, kit):
    stack.up(chain(kit, 1))

    refused = stack.destroy(targets=(urn("b"),))

    assert not refused.ok
    assert any(urn("c") in item.message for item in refused.diagnostics)
    assert stack.names() == ["a", "b", "c", "d"]
    assert stack.destroy(targets=(urn("b"),), target_dependents=True).ok
    assert stack.names() == ["a", "d"]


def test_a_destroy_spares_what_is_excluded_and_what_it_stands_on(stack, kit):
    stack.up(chain(kit, 1))

    assert stack.destroy(excludes=(urn("b"),)).ok

    assert stack.names() == ["a", "b"]


def test_a_refresh_reads_only_its_targets(stack, kit):
    stack.up(chain(kit, 1))
    stack.world.calls.clear()

    assert stack.refresh(targets=(urn("b"),)).ok

    assert stack.world.calls == [("read", "b")]


@pytest.mark.parametrize("run", ["up", "destroy", "refresh"])
def test_a_target_that_does_not_exist_is_refused(run, stack, kit):
    stack.up(chain(kit, 1))
    options = {"targets": (urn("nobody"),)}

    outcome = stack.up(chain(kit, 1), **options) if run == "up" else getattr(stack, run)(**options)

    assert not outcome.ok
    assert any(urn("nobody") in item.message for item in outcome.diagnostics)
    assert stack.names() == ["a", "b", "c", "d"]


def test_a_parent_left_alone_keeps_its_children_valid(stack, kit):
    def program(value, alias=False):
        def run():
            options = Opts(aliases=[pulumi.Alias(name="g")]) if alias else None
            group = kit.Thing("h" if alias else "g", options, value=value)
            kit.Thing("kid", Opts(parent=group), value=value)

        return run

    stack.up(program(1))

    outcome = stack.up(program(2, alias=True), targets=("**::kid",))

    assert outcome.ok, outcome.diagnostics
    assert stack.state("kid").inputs["value"] == 2
    assert stack.up(program(2, alias=True)).ok
