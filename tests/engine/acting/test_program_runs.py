"""Destroys and refreshes that run the program, and runs that go on after a failure."""

import pulumi

from hue_infra.engine.provider import Diff

Opts = pulumi.ResourceOptions


def program(kit, region="vn", extra=False):
    def run():
        account = kit.Account("acc", region=region)
        a = kit.Thing("a", Opts(provider=account), value=1)
        kit.Thing("b", Opts(provider=account), value=a.computed)
        if extra:
            new = kit.Thing("new", Opts(provider=account))
            kit.Thing("newer", Opts(provider=account), value=new.computed)
        pulumi.export("b", a.computed)

    return run


def test_a_destroy_makes_nothing_new_and_leaves_nothing(stack, kit):
    stack.up(program(kit))
    stack.world.calls.clear()

    previewed = stack.engine.preview(program(kit, extra=True), stack.options(), "destroy")
    outcome = stack.engine.destroy(stack.options(), program(kit, extra=True))

    assert outcome.ok, outcome.diagnostics
    assert [step for step in kit.ops(previewed) if step[0] != "same"] == [
        ("delete", "a"),
        ("delete", "b"),
    ]
    assert stack.world.touched() == [("delete", "b"), ("delete", "a")]
    assert stack.snapshot().resources == ()


def test_a_destroy_uses_the_provider_as_the_program_configures_it(stack, kit, monkeypatch):
    seen = []
    delete = kit.Cloud.delete
    monkeypatch.setattr(
        kit.Cloud,
        "delete",
        lambda self, request: seen.append(self.settings) or delete(self, request),
    )
    monkeypatch.setattr(kit.Cloud, "diff_config", lambda self, old, new: Diff(changes=True))
    stack.up(program(kit, region="old"))

    assert stack.engine.destroy(stack.options(), program(kit, region="new")).ok

    assert {settings["region"] for settings in seen} == {"new"}


def test_a_refresh_records_what_is_and_makes_nothing(stack, kit):
    stack.up(program(kit))
    made = stack.state("a").id
    stack.world.things[made]["value"] = 9
    stack.world.calls.clear()

    outcome = stack.engine.refresh(stack.options(), program(kit, extra=True))

    assert outcome.ok, outcome.diagnostics
    assert stack.state("a").outputs["value"] == 9
    assert stack.names() == ["a", "b"]
    assert stack.world.touched() == []


def test_a_refresh_drops_what_is_gone_and_what_referred_to_it(stack, kit):
    stack.up(program(kit))
    del stack.world.things[stack.state("a").id]

    assert stack.engine.refresh(stack.options(), program(kit)).ok

    assert stack.names() == ["b"]
    assert stack.state("b").dependencies == ()


def test_after_a_failure_the_rest_goes_on_if_told_to(stack, kit):
    def run():
        a = kit.Thing("a")
        kit.Thing("b", value=a.computed)
        kit.Thing("c")
        kit.Thing("d", Opts(depends_on=[a]))

    stack.up(lambda: kit.Thing("old"))
    stack.world.failing["create", "a"] = RuntimeError("no room")

    outcome = stack.up(run, continue_on_error=True)

    assert not outcome.ok
    assert stack.names() == ["c"]
    stack.world.failing.clear()
    assert stack.up(run).ok
    assert stack.names() == ["a", "b", "c", "d"]


def test_a_failed_update_spares_what_it_stands_on(stack, kit):
    def run(with_old, value):
        def program():
            old = [kit.Thing("old")] if with_old else []
            kit.Thing("a", Opts(depends_on=old), value=value)

        return program

    stack.up(run(with_old=True, value=1))
    stack.world.failing["update", "a"] = RuntimeError("no room")

    outcome = stack.up(run(with_old=False, value=2), continue_on_error=True)

    assert not outcome.ok
    assert stack.names() == ["a", "old"]
