"""Faults that random runs have found, each as the few runs that showed it."""

import threading
from dataclasses import replace

import pytest
from trials.graphs import Node, Run
from trials.lab import Lab
from trials.programs import urns_of

from hue_infra.engine import deletes
from hue_infra.engine.registration import Registration
from hue_infra.engine.state import Operation
from hue_infra.engine.urns import reference

GROUP = Node("group")


@pytest.fixture
def lab():
    return Lab()


def test_outputs_of_a_component_that_is_left_unmade_are_passed_over(lab):
    trial = lab.run(Run(excludes=("g",)), {"g": GROUP})

    assert trial.outcome.ok
    assert not any(item.name == "g" for item in trial.after.resources)


def test_what_is_looked_up_is_skipped_with_what_it_depends_on(lab):
    graph = {"b": Node(), "d": Node("read", after=("b",))}

    trial = lab.run(Run("refresh"), graph)

    assert trial.outcome.ok
    assert not any(item.name in "bd" for item in trial.after.resources)


def test_a_target_stays_while_what_is_left_alone_stands_on_it(lab):
    lab.run(Run(), {"h": GROUP, "a": Node(after=("h",))})

    trial = lab.run(Run(targets=("h",)), {"a": Node()})

    assert trial.outcome.ok
    assert ("same", "h") in {(step.op, step.name) for step in trial.outcome.steps}
    assert {item.name for item in trial.after.resources} >= {"a", "h"}


def test_a_replaced_provider_stays_while_what_is_left_alone_is_managed_by_it(lab):
    lab.run(Run(), {"p": Node("provider"), "c": Node(provider="p")})

    trial = lab.run(Run(targets=("p",)), {"p": Node("provider", fixed=1), "c": Node(provider="p")})

    assert trial.outcome.ok
    assert [item.delete for item in trial.after.resources if item.name == "p"] == [False, True]


def test_what_a_replaced_provider_manages_stays_with_it_when_the_new_one_is_renamed(lab):
    thing = Node(provider="p")
    lab.run(Run(), {"p": Node("provider"), "c": thing})
    lab.run(Run(targets=("p",)), {"p": Node("provider", fixed=1), "c": thing})
    renamed = Node("provider", fixed=1, renamed=True, aliases="all")

    trial = lab.run(Run(targets=("e",)), {"e": Node(), "p": renamed, "c": thing})

    thing = next(item for item in trial.after.resources if item.name == "c")
    replaced = next(item for item in trial.after.resources if item.delete)
    assert thing.provider == reference(replaced.urn, replaced.id)


def test_what_was_replaced_stays_while_what_is_left_alone_knows_no_other_of_its_name(lab):
    lab.run(Run(), {"a": Node(), "h": Node(after=("a",))})
    renamed = Node(renamed=True, aliases="all", fixed=1)

    trial = lab.run(Run(targets=("a",)), {"a": renamed, "h": Node()})

    assert trial.outcome.ok
    assert [item.delete for item in trial.after.resources if item.name == "a"] == [True]


def test_what_was_replaced_goes_after_what_still_stands_on_it(lab):
    lab.run(Run(), {"c": Node(), "d": Node(hard=("c",))})
    lab.run(Run(excludes=("d",)), {"c": Node(fixed=1), "d": Node(hard=("c",))})

    trial = lab.run(Run("destroy", program=False), {})

    assert trial.outcome.ok
    assert lab.world.calls[0].id == "id2"


def test_nothing_is_brought_to_stand_on_what_is_left_alone_and_stands_on_it(lab):
    lab.run(Run(), {"a": Node(), "e": Node(soft=("a",))})

    trial = lab.run(Run(excludes=("e",)), {"e": Node(), "a": Node(soft=("e",))})

    assert not trial.outcome.ok
    assert "let the run touch both" in trial.outcome.diagnostics[0].message
    assert lab.run(Run(), {"e": Node(), "a": Node(soft=("e",))}).outcome.ok


def test_a_destroy_with_a_program_that_turns_dependencies_round_goes_by_those_recorded(lab):
    lab.run(Run(), {"a": Node(), "e": Node(hard=("a",))})

    assert lab.run(Run("destroy"), {"e": Node(), "a": Node(hard=("e",))}).outcome.ok


def test_what_is_left_as_it_was_follows_a_provider_that_is_renamed_later(lab):
    renamed = Node("provider", renamed=True, aliases="all")
    lab.run(Run(), {"p": Node("provider"), "d": Node(provider="p")})

    trial = lab.run(Run("refresh"), {"d": Node(), "p": renamed})

    thing = next(item for item in trial.after.resources if item.name == "d")
    assert thing.provider.startswith(urns_of({"p": renamed})["p"])


def test_what_is_destroyed_goes_in_the_order_of_what_it_really_stands_on(lab):
    lab.run(Run(), {"g": GROUP, "a": Node(), "e": Node(parent="g", hard=("a",))})

    trial = lab.run(Run("destroy"), {"g": GROUP, "e": Node(parent="g")})

    assert trial.outcome.ok
    gone = [step.name for step in trial.outcome.steps if step.op == "delete"]
    assert gone.index("e") < gone.index("a")


def test_a_preview_that_reads_what_a_dead_run_was_updating_expects_no_update_of_it(lab):
    graph = {"e": Node()}
    lab.run(Run(), graph)
    state = lab.snapshot()
    under_way = Operation(next(item for item in state.resources if item.name == "e"), "updating")
    lab.memory.snapshot = replace(state, pending=(under_way,))

    trial = lab.run(Run(refresh=True), graph)

    assert "update" not in {step.op for step in trial.preview.steps}


@pytest.mark.parametrize("last", range(8, 13))
def test_what_a_dead_run_had_made_in_full_is_not_updated_for_what_it_was_still_deleting(lab, last):
    lab.run(Run(), {"e": Node()})
    lab.run(Run(crash=last), {"e": Node(fixed=1)})

    lab.run(Run(), {"e": Node(fixed=1)})

    assert "update" not in {call.op for call in lab.world.calls}


def test_a_run_that_dies_as_it_takes_out_what_is_gone_leaves_no_reference_to_it(lab):
    lab.run(Run(), {"a": Node(), "b": Node(soft=("a",))})

    # The judge of each run looks at what is left.
    for last in range(1, 9):
        lab.run(Run("refresh", program=False, gone="a", crash=last), {})

    assert not any(item.name == "a" for item in lab.snapshot().resources)


def test_what_is_looked_up_does_not_come_to_stand_on_what_is_left_alone_and_stands_on_it(lab):
    lab.run(Run(), {"d": Node(), "g": replace(GROUP, after=("d",))})

    trial = lab.run(Run(targets=("d",)), {"g": GROUP, "d": Node("read", after=("g",))})

    assert not trial.outcome.ok
    assert "let the run touch both" in trial.outcome.diagnostics[0].message


def test_what_is_protected_is_not_given_up_for_an_import(lab):
    lab.run(Run(), {"b": Node(protect=True)})

    trial = lab.run(Run(), {"b": Node(protect=True, imported=True)})

    assert not trial.outcome.ok
    assert [call.op for call in lab.world.calls] == []
    assert lab.run(Run(), {"b": Node(imported=True)}).outcome.ok


def test_what_goes_for_good_in_a_cascade_is_named_by_nothing_that_waits_for_its_replacement(lab):
    first = Node(delete_first=True)
    lab.run(
        Run(), {"e": first, "c": Node(hard=("e",)), "b": Node(hard=("c",)), "d": Node(after=("c",))}
    )
    graph = {"c": Node(retyped=True, aliases="all"), "e": replace(first, fixed=1)}

    # The judge of the run looks at what is left.
    trial = lab.run(Run(failing=frozenset({("create", "e")})), graph)

    assert [call.id for call in lab.world.calls if call.op == "delete"] == ["id3", "id2", "id1"]
    assert {item.name for item in trial.after.resources if item.pending_replacement} == {"b", "e"}


def test_a_replaced_provider_stays_while_what_it_manages_is_held_by_what_is_left_alone(lab):
    graph = {"p": Node("provider"), "b": Node(provider="p"), "g": replace(GROUP, after=("b",))}
    lab.run(Run(), graph)
    lab.run(Run(excludes=("b", "g")), graph | {"p": Node("provider", fixed=1)})

    # The judge of the run looks at what is left.
    trial = lab.run(Run(targets=("p",)), {"g": GROUP})

    assert {item.name for item in trial.after.resources} >= {"p", "b", "g"}


def test_what_is_taken_over_again_is_not_deleted_for_an_earlier_replacement(lab):
    lab.run(Run(), {"a": Node(imported=True)})
    lab.run(Run(failing=frozenset({("delete", "a")})), {"a": Node(fixed=1)})

    trial = lab.run(Run(), {"a": Node(imported=True)})

    assert "foreign-a" not in {call.id for call in lab.world.calls}
    assert [item.id for item in trial.after.resources if item.name == "a"] == ["foreign-a"]


def test_a_refresh_does_not_turn_round_what_still_stands_on_what_was_replaced(lab):
    graph = {"h": GROUP, "b": Node(parent="h"), "c": Node(after=("b",)), "a": Node(hard=("c",))}
    lab.run(Run(), graph)
    lab.run(Run("refresh"), {"c": Node("read"), "a": Node(), "h": replace(GROUP, after=("a",))})

    # The judge of the run looks at who goes first.
    assert lab.run(Run("destroy", program=False), {}).outcome.ok


def test_a_destroy_spares_what_was_looked_up_though_the_program_now_means_to_manage_it(lab):
    lab.run(Run(), {"e": Node("read")})

    trial = lab.run(Run("destroy"), {"e": Node()})

    assert lab.world.calls == []
    assert trial.outcome.ok
    assert trial.after.resources == ()


@pytest.mark.parametrize("last", range(1, 12))
def test_what_is_found_again_does_not_stand_on_what_has_gone_since(lab, last):
    kept = {"d": Node(protect=True)}
    lab.run(Run(), kept | {"e": Node()})
    lab.run(Run(crash=last), kept | {"e": Node(), "c": Node(hard=("e",))})
    # It fails, and so leaves open what was cut off.
    lab.run(Run(), {})

    # The judge of the run looks at what is left.
    lab.run(Run(findable=True, failing=frozenset({("delete", "c")})), kept)

    assert lab.run(Run(), kept).outcome.ok


def test_what_was_replaced_stays_under_what_stands_on_it_when_its_replacement_is_renamed(lab):
    renamed = Node(renamed=True)
    lab.run(Run(), {"a": replace(renamed, fixed=1), "c": Node(hard=("a",), protect=True)})
    lab.run(Run(), {"a": renamed})

    # The judge of the run looks at who goes first.
    trial = lab.run(Run(), {"a": Node(aliases="all")})

    assert not trial.outcome.ok
    assert [item.delete for item in trial.after.resources if item.name == "a"] == [False, True]


def test_the_provider_of_what_is_deleted_is_found_though_it_is_renamed_meanwhile(lab, monkeypatch):
    first = Node(delete_first=True)
    rest = {"p": Node("provider"), "d": Node(replace_with=("c",), provider="p")}
    lab.run(Run(), {"c": first, **rest})
    ask, register = deletes._ask, Registration.run
    deleting, renamed = threading.Event(), threading.Event()

    def asking(deployment, state):
        if state.name == "d":
            deleting.set()
            assert renamed.wait(5)
        ask(deployment, state)

    def registering(registration):
        if registration.urn.endswith("::p2"):
            assert deleting.wait(5)
        entry = register(registration)
        if registration.urn.endswith("::p2"):
            renamed.set()
        return entry

    monkeypatch.setattr(deletes, "_ask", asking)
    monkeypatch.setattr(Registration, "run", registering)
    graph = {"c": replace(first, fixed=1), **rest}
    graph["p"] = Node("provider", renamed=not graph["p"].renamed, aliases="all")
    last = lab.run(Run(parallel=4), graph, previewed=False)

    assert last.outcome.ok, last.outcome.diagnostics


@pytest.mark.parametrize("last", range(10, 16))
def test_a_destroy_does_not_delete_again_what_a_dead_run_deleted_to_replace_it(lab, last):
    plain = {"a": Node(), "b": Node()}
    lab.run(Run(), plain)
    lab.run(Run(crash=last), {"a": Node(), "b": Node(delete_first=True, fixed=1)})

    # The judge of the run looks at what is deleted twice.
    assert lab.run(Run("destroy"), plain).outcome.ok


@pytest.mark.parametrize("last", range(8, 18))
def test_what_a_dead_run_deleted_is_named_by_its_child_until_it_is_made_again(lab, last):
    lab.run(Run(), {"e": Node(), "a": Node(parent="e")})
    grown = {"a": Node(), "e": Node(dbr=True, hard=("a",))}
    lab.run(Run(crash=last), grown)

    # The judge of each run looks at what is left.
    for moment in range(6, 14):
        lab.run(Run(crash=moment), {"e": Node()})
