"""What the journal holds on disk is, at any moment, what the run holds in mind."""

import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hue_infra.engine import checkpoint
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.disk import Disk
from hue_infra.engine.journal import Journal, read_journal
from hue_infra.engine.state import Operation, ResourceState, Snapshot
from hue_infra.engine.values import Secret

OPENED = Crypter(lambda: "x")
URN = "urn:pulumi:lab::hue::hue:test:Thing::{}"


def thing(number, **fields):
    return ResourceState(URN.format(number), "hue:test:Thing", True, **fields)


def shown(snapshot):
    """A snapshot as text, secrets in clear."""
    return {**checkpoint.encode_deployment(snapshot, None), "manifest": None}


class QuickDisk(Disk):
    """Not pushed to the disk, which nobody takes away here."""

    def sync(self, handle):
        pass

    def sync_directory(self, path):
        pass


class Run(RuleBasedStateMachine):
    """Steps of a run in any order, in any number under way at once."""

    folder = None

    def __init__(self):
        super().__init__()
        self.base = Snapshot(
            tuple(thing(number, id="0") for number in range(3)),
            (Operation(thing("lost"), "creating"),),
        )
        self.path = self.folder / f"{id(self)}" / "journal"
        self.run = Journal(self.base, OPENED, QuickDisk(), self.path)
        self.run.open("base")
        self.held = list(self.base.resources)
        self.open_steps = []
        self.count = 10

    def teardown(self):
        self.run.close()

    @rule(secret=st.integers())
    def begin_create(self, secret):
        self.count += 1
        wish = thing(self.count, inputs={"p": Secret(secret)})
        self.open_steps.append((self.run.begin("creating", wish), wish, None))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), kind=st.sampled_from(["updating", "deleting"]))
    def begin_change(self, data, kind):
        old = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        new = replace(old, inputs={"n": self.count}) if kind == "updating" else None
        self.open_steps.append((self.run.begin(kind, old), new, old))

    @precondition(lambda self: self.open_steps)
    @rule(data=st.data(), how=st.sampled_from(["done", "failed", "failed in part"]))
    def end(self, data, how):
        place = data.draw(st.integers(0, len(self.open_steps) - 1))
        ticket, new, old = self.open_steps.pop(place)
        if how == "failed" or (how == "failed in part" and new is None):
            self.run.push(self.run.end(ticket))
            self.held += [old] if old else []
            return
        new = new and replace(new, id="1", init_errors=("no",) if how != "done" else ())
        self.run.push(self.run.end(ticket, new, old))
        self.held += [new] if new else []

    @precondition(lambda self: self.held)
    @rule(data=st.data(), changed=st.booleans())
    def same(self, data, changed):
        place = data.draw(st.integers(0, len(self.held) - 1))
        old = self.held[place]
        self.held[place] = replace(old, protect=not old.protect) if changed else replace(old)
        self.run.same(self.held[place], old)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def amend(self, data):
        place = data.draw(st.integers(0, len(self.held) - 1))
        old = self.held[place]
        self.held[place] = self.run.amend(old, replace(old, delete=not old.delete))

    @precondition(lambda self: self.run.pending())
    @rule()
    def forget(self):
        self.run.forget(self.run.pending()[0])

    @invariant()
    def replay_gives_what_the_run_holds(self):
        log = read_journal(self.path)

        assert shown(log.replay(self.base, OPENED)) == shown(self.run.snapshot())

    @invariant()
    def every_held_resource_is_in_the_snapshot(self):
        urns = sorted(item.urn for item in self.run.snapshot().resources)
        busy = [old.urn for _, _, old in self.open_steps if old is not None]

        assert urns == sorted([item.urn for item in self.held] + busy)

    @invariant()
    def what_is_under_way_is_pending(self):
        pending = [item.resource.urn for item in self.run.snapshot().pending]
        wanted = [(old or new).urn for _, new, old in self.open_steps]

        assert sorted(pending) == sorted(
            wanted + [item.resource.urn for item in self.run.pending()]
        )


def test_replay_gives_what_the_run_held(tmp_path):
    OPENED.unlock()
    Run.folder = tmp_path
    machine = Run.TestCase()
    machine.settings = settings(
        max_examples=60,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.runTest()


@pytest.fixture
def run(tmp_path, crypter):
    made = Journal(Snapshot(), crypter, Disk(), tmp_path / "journal")
    made.open("base")
    yield made
    made.close()


def test_registered_resources_stand_before_those_not_reached(tmp_path, crypter):
    a, b = thing("a"), thing("b", dependencies=(URN.format("a"),))
    run = Journal(Snapshot((a, b)), crypter, Disk(), tmp_path / "journal")
    run.open("base")

    c = thing("c")
    run.push(run.end(run.begin("creating", c), new=c))
    run.same(replace(a), a)
    run.push(run.end(run.begin("updating", b), new=replace(b, dependencies=(c.urn,)), old=b))
    run.close()

    assert [item.name for item in run.snapshot().resources] == ["c", "a", "b"]


def test_a_torn_last_line_does_not_count(run, tmp_path, crypter):
    run.begin("creating", thing("a"))
    raw = (tmp_path / "journal").read_bytes()

    for size in range(len(raw) - 1, raw.index(b"\n"), -7):
        (tmp_path / "journal").write_bytes(raw[:size])
        assert read_journal(tmp_path / "journal").replay(Snapshot(), crypter).pending == ()


def test_a_resource_that_is_not_part_of_the_run_is_a_bug(run):
    with pytest.raises(LookupError):
        run.amend(thing("stranger"), thing("stranger"))


def test_secrets_are_not_in_the_journal(run, tmp_path):
    wish = thing("a", inputs={"p": Secret("canary-4711")}, outputs={"q": [Secret("canary-4711")]})
    run.push(run.end(run.begin("creating", wish), new=wish))

    assert b"canary" not in (tmp_path / "journal").read_bytes()


def test_many_threads_write_whole_lines(run, tmp_path, crypter):
    def work(number):
        for index in range(20):
            wish = thing(f"{number}-{index}")
            run.push(run.end(run.begin("creating", wish), new=wish))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    replayed = read_journal(tmp_path / "journal").replay(Snapshot(), crypter)
    assert len(replayed.resources) == 160
    assert shown(replayed) == shown(run.snapshot())


def test_there_may_be_no_journal(tmp_path):
    assert read_journal(tmp_path / "journal") is None
    (tmp_path / "journal").write_bytes(b"torn at the fir")
    assert read_journal(tmp_path / "journal") is None
