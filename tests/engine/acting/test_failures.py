"""What is left, and what the next run does, when a provider, the program or the process fails."""

import os
import signal
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pulumi
import pytest

from hue_infra.engine import deployment, events
from hue_infra.engine.state import Operation, ResourceState
from hue_infra.errors import LockedError

Opts = pulumi.ResourceOptions


def messages(outcome):
    return [item.message for item in outcome.diagnostics if item.severity == "error"]


def test_a_failed_create_leaves_nothing_and_the_next_run_makes_it(stack, kit):
    def program():
        kit.Thing("b", Opts(depends_on=[kit.Thing("a")]))

    stack.world.failing["create", "a"] = RuntimeError("no room")

    failed = stack.up(program)

    assert not failed.ok
    assert messages(failed) == ["RuntimeError: no room"]
    assert stack.names() == []
    assert stack.snapshot().pending == ()
    stack.world.failing.clear()
    assert stack.up(program).ok
    assert stack.names() == ["a", "b"]


def test_a_failure_deletes_nothing(stack, kit):
    stack.up(lambda: kit.Thing("old"))
    stack.world.failing["create", "new"] = RuntimeError("no room")

    stack.up(lambda: kit.Thing("new"))

    assert stack.names() == ["old"]


def test_a_program_that_raises_deletes_nothing_and_is_told_with_its_trace(stack, kit):
    def broken():
        raise ValueError("my mistake")

    def refused():
        raise pulumi.RunError("not today")

    stack.up(lambda: kit.Thing("old"))

    first, second = stack.up(broken), stack.up(refused)

    assert "my mistake" in messages(first)[0]
    assert "test_failures.py" in messages(first)[0]
    assert messages(second) == ["not today"]
    assert stack.names() == ["old"]


def test_a_program_cut_short_keeps_the_outputs_it_did_not_come_to(stack):
    def whole():
        pulumi.export("first", 1)
        pulumi.export("second", 1)

    def broken():
        pulumi.export("first", 2)
        raise pulumi.RunError("not today")

    stack.up(whole)

    assert stack.up(broken).outputs == {"first": 2, "second": 1}
    assert stack.state("hue-lab").outputs == {"first": 2, "second": 1}


def test_what_exists_but_is_not_ready_is_kept_and_updated_next_time(stack, kit):
    def program():
        kit.Thing("a", value=1)

    stack.world.failing["ready", "a"] = ["pod is not scheduled"]
    failed = stack.up(program)
    kept = stack.state("a")
    stack.world.failing.clear()
    mended = stack.up(program)

    assert messages(failed) == ["pod is not scheduled"]
    assert kept.init_errors == ("pod is not scheduled",)
    assert kit.ops(mended) == [("update", "a")]
    assert stack.state("a").init_errors == ()
    assert kit.ops(stack.up(program)) == []


def test_a_replacement_that_is_not_ready_is_kept_beside_the_old_one(stack, kit):
    stack.up(lambda: kit.Thing("a", fixed=1))
    stack.world.failing["ready", "a"] = ["slow"]

    failed = stack.up(lambda: kit.Thing("a", fixed=2))

    assert not failed.ok
    entries = [item for item in stack.snapshot().resources if item.name == "a"]
    assert [(item.delete, item.init_errors) for item in entries] == [
        (False, ("slow",)),
        (True, ()),
    ]
    stack.world.failing.clear()
    assert kit.ops(stack.up(lambda: kit.Thing("a", fixed=2))) == [
        ("delete-replaced", "a"),
        ("update", "a"),
    ]
    assert stack.world.names() == ["a"]


def test_a_failed_delete_keeps_what_it_stands_on(stack, kit):
    def program():
        a = kit.Thing("a")
        kit.Thing("b", value=a.computed)
        kit.Thing("c")

    stack.up(program)
    stack.world.failing["delete", "b"] = RuntimeError("in use")

    outcome = stack.destroy(continue_on_error=True)

    assert not outcome.ok
    assert stack.names() == ["a", "b"]
    assert stack.world.names() == ["a", "b"]


def test_a_replacement_deleted_first_is_resumed(stack, kit):
    def program(fixed):
        def run():
            a = kit.Thing("a", Opts(delete_before_replace=True), fixed=fixed)
            kit.Thing("b", fixed=a.id)

        return run

    stack.up(program(1))
    stack.world.failing["create", "a"] = RuntimeError("no room")
    stack.up(program(2))
    waiting = [(item.name, item.pending_replacement) for item in stack.snapshot().resources]
    stack.world.failing.clear()
    stack.world.calls.clear()

    outcome = stack.up(program(2))

    assert ("a", True) in waiting
    assert ("b", True) in waiting
    assert outcome.ok
    assert stack.world.touched() == [("create", "a"), ("create", "b")]
    assert stack.names() == stack.world.names() == ["a", "b"]


def test_a_replaced_resource_left_over_is_deleted_by_the_next_run(stack, kit):
    stack.up(lambda: kit.Thing("a", fixed=1))
    stack.world.failing["delete", "a"] = RuntimeError("in use")
    stack.up(lambda: kit.Thing("a", fixed=2))
    left = stack.names()
    stack.world.failing.clear()

    outcome = stack.up(lambda: kit.Thing("a", fixed=2))

    assert left == ["a", "a"]
    assert kit.ops(outcome) == [("delete-replaced", "a")]
    assert stack.world.names() == ["a"]


def test_the_first_failure_stops_steps_that_have_not_begun(stack, kit):
    def program():
        for number in range(12):
            kit.Thing(f"t{number}")

    names = [f"t{number}" for number in range(12)]
    stack.world.failing = {("create", name): RuntimeError("no room") for name in names}

    outcome = stack.up(program, parallel=1)

    assert len(messages(outcome)) == 1
    assert len(stack.world.touched()) == 1


def test_going_on_after_a_failure_skips_only_what_depends_on_it(stack, kit):
    def program():
        kit.Thing("b", Opts(depends_on=[kit.Thing("a")]))
        kit.Thing("d", value=kit.Thing("c", value=1).computed)

    stack.world.failing["create", "a"] = RuntimeError("no room")

    outcome = stack.up(program, continue_on_error=True)

    assert not outcome.ok
    assert stack.names() == ["c", "d"]


def test_steps_run_side_by_side_and_no_more_than_allowed(stack, kit, monkeypatch):
    running, most = set(), []
    create = kit.Cloud.create

    def slow(self, request):
        running.add(request.urn)
        most.append(len(running))
        time.sleep(0.05)
        running.discard(request.urn)
        return create(self, request)

    monkeypatch.setattr(kit.Cloud, "create", slow)

    def program():
        for number in range(9):
            kit.Thing(f"t{number}")

    assert stack.up(program, parallel=3).ok

    assert max(most) == 3


@pytest.mark.parametrize("to", ["process", "thread"])
def test_an_interrupt_lets_running_steps_finish_and_records_them(stack, kit, monkeypatch, to):
    create = kit.Cloud.create

    def interrupting(self, request):
        # The kernel may give what is sent to the process to any of its threads.
        if to == "process":
            os.kill(os.getpid(), signal.SIGINT)
        else:
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        time.sleep(1)
        return create(self, request)

    monkeypatch.setattr(kit.Cloud, "create", interrupting)

    def program():
        kit.Thing("b", Opts(depends_on=[kit.Thing("a")]))

    # A shell that runs the tests in the background lets them ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            stack.engine.up(program, stack.options())
    finally:
        signal.signal(signal.SIGINT, before)

    assert stack.names() == ["a"]
    assert stack.snapshot().pending == ()


def test_a_run_asked_to_stop_from_outside_stops_and_says_so(stack, kit, monkeypatch):
    stopping = threading.Event()
    create = kit.Cloud.create

    def asking(self, request):
        stopping.set()
        return create(self, request)

    monkeypatch.setattr(kit.Cloud, "create", asking)

    def program():
        kit.Thing("b", Opts(depends_on=[kit.Thing("a")]))

    outcome = stack.up(program, stopping=stopping)

    assert not outcome.ok
    assert ["stopped as asked" in text for text in messages(outcome)] == [True]
    assert stack.names() == ["a"]


def test_once_stopped_a_function_s_provider_is_not_begun_and_the_program_is_told(stack):
    stopping = threading.Event()
    told = []

    def program():
        stopping.set()
        try:
            pulumi.runtime.invoke("cloud:index:ask", {"q": 1})
        except Exception as error:
            told.append(str(error))
            raise

    outcome = stack.up(program, stopping=stopping)

    # The SDK knows that it is over, and says no more: the engine knows why.
    assert told == [
        "invoke of cloud:index:ask failed: Resource monitor has terminated, shutting down"
    ]
    assert not outcome.ok


def test_a_failed_run_does_not_stop_the_next_with_the_same_options(stack, kit):
    options = stack.options()
    stack.world.failing["create", "a"] = RuntimeError("no room")
    failed = stack.engine.up(lambda: kit.Thing("a"), options)
    stack.world.failing.clear()

    assert not failed.ok
    assert stack.engine.up(lambda: kit.Thing("a"), options).ok
    assert stack.names() == ["a"]


def test_two_runs_at_once_the_second_is_told_who_holds_the_stack(stack, kit):
    inside, leave = threading.Event(), threading.Event()

    def program():
        inside.set()
        leave.wait(10)

    first = threading.Thread(target=stack.engine.up, args=(program, stack.options()))
    first.start()
    inside.wait(10)
    try:
        with pytest.raises(LockedError):
            stack.engine.up(lambda: None, stack.options())
    finally:
        leave.set()
        first.join()


def interrupted(stack, kind, **changes):
    """Make the state that of a run cut off in the middle of a step on ``a``."""
    store = stack.engine._store()
    crypter = store.crypter(lambda: "một cụm mật khẩu")
    snapshot = store.load(crypter)
    urn = "urn:pulumi:lab::hue::cloud:index:Thing::a"
    found = [item for item in snapshot.resources if item.urn == urn]
    made = ResourceState(urn, "cloud:index:Thing", custom=True, **changes)
    resource = found[0] if found else made

    with store.lock():
        crypter.unlock_new()
        store.save(
            replace(snapshot, pending=(Operation(resource, kind),), salt=crypter.salt), crypter
        )


def test_a_create_cut_off_is_told_and_done_again(stack, kit):
    interrupted(stack, "creating", inputs={"value": 1})

    outcome = stack.up(lambda: kit.Thing("a", value=1))

    assert outcome.ok
    assert "cut off" in outcome.diagnostics[0].message
    assert stack.snapshot().pending == ()
    assert stack.world.names() == ["a"]


@pytest.mark.parametrize("run", ["destroy", "up"])
def test_what_a_cut_off_create_left_is_found_again(run, stack, kit):
    stack.up(lambda: kit.Thing("z"))
    provider = stack.state("z").provider
    interrupted(stack, "creating", inputs={"value": 1}, provider=provider)
    stack.world.findable = True
    stack.world.things["half"] = {"name": "a", "value": 1}

    outcome = stack.destroy() if run == "destroy" else stack.up(lambda: kit.Thing("a", value=1))

    assert outcome.ok
    assert stack.snapshot().pending == ()
    assert sorted(stack.world.things) == ([] if run == "destroy" else ["half"])


def test_an_update_cut_off_is_done_again_though_nothing_differs(stack, kit):
    stack.up(lambda: kit.Thing("a", value=1))
    interrupted(stack, "updating")

    outcome = stack.up(lambda: kit.Thing("a", value=1))

    assert kit.ops(outcome) == [("update", "a")]
    assert stack.snapshot().pending == ()


def test_a_delete_cut_off_is_looked_at_when_the_resource_is_wanted_again(stack, kit):
    stack.up(lambda: kit.Thing("a", value=1))
    interrupted(stack, "deleting")
    stack.world.things.clear()

    previewed = stack.preview(lambda: kit.Thing("a", value=1))
    outcome = stack.up(lambda: kit.Thing("a", value=1))

    again = [("create-replacement", "a"), ("replace", "a")]
    assert sorted(kit.ops(previewed)) == sorted(kit.ops(outcome)) == again
    assert stack.world.names() == ["a"]


def test_refresh_records_the_world_and_drops_what_is_gone(stack, kit):
    def program():
        a = kit.Thing("a", value=1)
        kit.Thing("b", Opts(parent=a), value=a.computed)
        kit.Thing("c", value=1)

    stack.up(program)
    things = stack.world.things
    gone = next(id_ for id_, thing in things.items() if thing["name"] == "a")
    del things[gone]
    for thing in things.values():
        if thing["name"] == "c":
            thing["value"] = 9

    outcome = stack.refresh()

    assert outcome.ok
    assert stack.names() == ["b", "c"]
    assert stack.state("c").outputs["value"] == 9
    assert stack.state("b").dependencies == ()
    changed = {step.name: [item.path for item in step.changes] for step in outcome.steps}
    assert changed["a"] == ["id"]
    assert changed["c"] == ["value"]
    assert kit.ops(stack.up(program, refresh=True)).count(("create", "a")) == 1


def test_events_tell_each_step_from_start_to_end(stack, kit):
    stack.world.failing["create", "b"] = RuntimeError("no room")
    stack.up(lambda: kit.Thing("b", Opts(depends_on=[kit.Thing("a")])))

    told = [
        (type(event).__name__, event.step.name)
        for event in stack.events
        if hasattr(event, "step") and event.step.type == "cloud:index:Thing"
    ]

    assert told == [
        ("StepPlanned", "a"),
        ("StepStarted", "a"),
        ("StepDone", "a"),
        ("StepPlanned", "b"),
        ("StepStarted", "b"),
        ("StepFailed", "b"),
    ]
    assert isinstance(stack.events[-1], events.Finished)
    stack.events.clear()
    stack.destroy()
    assert any(isinstance(event, events.Status) and event.text == "going" for event in stack.events)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("seconds", [0, 0.3], ids=["while it runs", "as early as can be"])
def test_an_interrupt_asks_plugins_to_give_up_what_they_do(stack, monkeypatch, seconds):
    class LateThread(threading.Thread):
        def start(self):
            super().start()
            time.sleep(seconds)

    class Plugins:
        def __init__(self, _):
            self.told = threading.Event()
            found.append(self)

        def find(self, package):
            raise AssertionError(package)

        def cancel(self):
            self.told.set()

        def close(self):
            pass

    def program():
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        assert found[-1].told.wait(10)

    found = []
    engine = replace(stack.engine, plugins=Plugins)
    monkeypatch.setattr(deployment, "threading", SimpleNamespace(**vars(threading)))
    monkeypatch.setattr(deployment.threading, "Thread", LateThread)

    with pytest.raises(KeyboardInterrupt):
        engine.up(program, stack.options())

    assert found[-1].told.is_set()
