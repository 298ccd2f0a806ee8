"""Functions of the program that change registrations and calls on their way in."""

import pulumi

from hue_infra.engine.values import Secret

Opts = pulumi.ResourceOptions


def adding(key, item):
    """A transform that sets an input of every thing."""

    def transform(args):
        if args.type_ != "cloud:index:Thing":
            return None
        return pulumi.ResourceTransformResult({**args.props, key: item}, args.opts)

    return transform


def test_transforms_go_from_the_resource_outwards(stack, kit):
    def program():
        pulumi.runtime.register_resource_transform(adding("last", "stack"))
        group = kit.Group("g", Opts(transforms=[adding("last", "parent"), adding("group", 1)]))
        kit.Thing("a", Opts(parent=group, transforms=[adding("last", "own"), adding("own", 1)]))
        kit.Thing("b", Opts(transforms=[adding("last", "own")]))

    assert stack.up(program).ok

    assert stack.state("a").inputs == {"own": 1, "group": 1, "last": "stack"}
    assert stack.state("b").inputs == {"last": "stack"}


def test_a_transform_changes_options(stack, kit):
    def transform(args):
        options = Opts.merge(args.opts, Opts(protect=True, ignore_changes=["value"]))
        return pulumi.ResourceTransformResult(args.props, options)

    stack.up(lambda: kit.Thing("a", Opts(transforms=[transform]), value=1))
    outcome = stack.up(lambda: kit.Thing("a", Opts(transforms=[transform]), value=2))

    assert outcome.ok
    assert kit.ops(outcome) == []
    assert stack.state("a").protect
    assert stack.state("a").ignore_changes == ("value",)


def test_dependencies_survive_a_transform(stack, kit):
    def program():
        first = kit.Thing("first")
        kit.Thing("a", Opts(transforms=[adding("more", 1)]), value=first.computed)

    assert stack.up(program).ok

    # The SDK tells no more of a transformed property than its value.
    assert stack.state("a").dependencies == (stack.state("first").urn,)


def test_secrets_survive_a_transform(stack, kit):
    def program():
        kit.Thing("a", Opts(transforms=[adding("more", 1)]), value=pulumi.Output.secret("hush"))

    assert stack.up(program).ok

    assert stack.state("a").inputs["value"] == Secret("hush")


def test_a_transform_that_raises_fails_the_run(stack, kit):
    def transform(args):
        raise ValueError("no such flavour")

    outcome = stack.up(lambda: kit.Thing("a", Opts(transforms=[transform])))

    assert not outcome.ok
    assert any("no such flavour" in item.message for item in outcome.diagnostics)
    assert stack.world.things == {}


def test_calls_of_functions_are_transformed(stack):
    def transform(args):
        return pulumi.InvokeTransformResult({**args.args, "more": 1}, args.opts)

    def program():
        pulumi.runtime.register_invoke_transform(transform)
        pulumi.export("answer", pulumi.runtime.invoke_output("cloud:index:ask", {"q": 1}))

    outcome = stack.up(program)

    assert outcome.ok, outcome.diagnostics
    assert outcome.outputs["answer"]["more"] == 1
