"""Which old name a resource is found under, and that everything that referred to it follows."""

import pulumi
import pytest

Opts = pulumi.ResourceOptions
Alias = pulumi.Alias


def group_with_child(kit, group, child, options=None, child_options=None):
    def program():
        parent = kit.Group(group, options)
        kit.Thing(child, Opts.merge(Opts(parent=parent), child_options))

    return program


class Renamed(pulumi.CustomResource):
    def __init__(self, name, opts=None):
        super().__init__("cloud:other:Thing", name, {}, opts)


# Program before, program after: nothing in the world changes, and the state knows the new names.
CASES = {
    "name": lambda kit: (
        lambda: kit.Thing("a"),
        lambda: kit.Thing("b", Opts(aliases=[Alias(name="a")])),
    ),
    "whole urn": lambda kit: (
        lambda: kit.Thing("a"),
        lambda: kit.Thing("b", Opts(aliases=["urn:pulumi:lab::hue::cloud:index:Thing::a"])),
    ),
    "type": lambda kit: (
        lambda: kit.Thing("a"),
        lambda: Renamed("a", Opts(aliases=[Alias(type_="cloud:index:Thing")])),
    ),
    "out of a parent": lambda kit: (
        group_with_child(kit, "g", "a"),
        lambda: [
            kit.Group("g"),
            kit.Thing("a", Opts(aliases=["urn:pulumi:lab::hue::test:Group$cloud:index:Thing::a"])),
        ],
    ),
    "into a parent": lambda kit: (
        lambda: [kit.Group("g"), kit.Thing("a")],
        group_with_child(
            kit, "g", "a", None, Opts(aliases=[Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
        ),
    ),
    "a parent's name is in its child's": lambda kit: (
        group_with_child(kit, "old", "old-disk"),
        group_with_child(kit, "new", "new-disk", Opts(aliases=[Alias(name="old")])),
    ),
    "a parent's and a child's own": lambda kit: (
        group_with_child(kit, "old", "a"),
        group_with_child(
            kit, "new", "b", Opts(aliases=[Alias(name="old")]), Opts(aliases=[Alias(name="a")])
        ),
    ),
    "the first that is there": lambda kit: (
        lambda: kit.Thing("a"),
        lambda: kit.Thing("c", Opts(aliases=[Alias(name="b"), Alias(name="a")])),
    ),
    "its own name first": lambda kit: (
        lambda: kit.Thing("a"),
        lambda: kit.Thing("a", Opts(aliases=[Alias(name="b")])),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_resource_is_found_under_its_alias(case, stack, kit):
    before, after = CASES[case](kit)
    stack.up(lambda: before() and None)
    stack.world.calls.clear()

    previewed = stack.preview(lambda: after() and None)
    outcome = stack.up(lambda: after() and None)

    assert outcome.ok, outcome.diagnostics
    assert previewed.ok
    assert stack.world.touched() == []
    assert {step.op for step in outcome.steps} == {"same"}
    assert not stack.up(lambda: after() and None).has_changes()


def test_what_refers_to_a_renamed_resource_refers_to_its_new_name(stack, kit):
    def program(name, aliases=(), stop=False):
        def run():
            first = kit.Thing(name, Opts(aliases=list(aliases)))
            if stop:
                raise pulumi.RunError("not today")
            kit.Thing("second", Opts(depends_on=[first]), value=first.computed)

        return run

    stack.up(program("a"))

    # The program ends before the dependent is registered anew.
    stack.up(program("b", [Alias(name="a")], stop=True))

    second = stack.state("second")
    assert second.dependencies == (stack.state("b").urn,)
    assert second.property_dependencies == {"value": (stack.state("b").urn,)}


def test_a_renamed_provider_goes_on_to_manage_its_resources(stack, kit):
    def program(name, *aliases):
        def run():
            account = kit.Account(name, Opts(aliases=list(aliases)), region="vn")
            kit.Thing("a", Opts(provider=account))

        return run

    stack.up(program("old"))
    stack.world.calls.clear()

    assert stack.up(program("new", Alias(name="old"))).ok

    assert stack.world.touched() == []
    assert stack.state("a").provider.startswith(stack.state("new").urn)


def test_a_renamed_resource_is_replaced_as_one(stack, kit):
    stack.up(lambda: kit.Thing("a", fixed=1))
    stack.world.calls.clear()

    outcome = stack.up(lambda: kit.Thing("b", Opts(aliases=[Alias(name="a")]), fixed=2))

    assert outcome.ok
    assert stack.world.touched() == [("create", "b"), ("delete", "a")]
    assert stack.names() == ["b"]


REFUSED = {
    "belongs to another resource": lambda kit: [
        kit.Thing("a"),
        kit.Thing("b", Opts(aliases=[Alias(name="a")])),
    ],
    "is claimed twice": lambda kit: [
        kit.Thing("b", Opts(aliases=[Alias(name="a")])),
        kit.Thing("c", Opts(depends_on=[kit.Thing("x")], aliases=[Alias(name="a")])),
    ],
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_alias_that_belongs_to_another_is_refused(case, stack, kit):
    stack.up(lambda: kit.Thing("a"))

    outcome = stack.up(lambda: REFUSED[case](kit) and None, parallel=1)

    assert not outcome.ok
    assert any("claims" in item.message for item in outcome.diagnostics)
    assert "a" in stack.world.names()
