"""Random graphs, edited at random, with providers that fail and processes that die.

What must hold: the state is always sound; nothing protected is deleted; the preview tells the
steps of the apply; and once nothing fails any more, one run brings world and state to what the
program says, with nothing lost, nothing orphaned, and a further run changes nothing.
"""

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trials.disks import Crash, DyingDisk

from hue_infra.engine.disk import Disk

Opts = pulumi.ResourceOptions
NAMES = "abcdef"


@dataclass(frozen=True)
class Node:
    value: int
    fixed: int
    dbr: bool
    protect: bool
    soft: tuple[str, ...]
    """Names whose computed value is taken: a change updates."""
    hard: tuple[str, ...]
    """Names whose id is taken: a change replaces."""
    after: tuple[str, ...]
    child_of: str


@st.composite
def graphs(draw, *, protect=False):
    graph = {}
    for name in NAMES:
        if not draw(st.booleans()):
            continue
        some = st.just([])
        if graph:
            some = st.lists(st.sampled_from(sorted(graph)), max_size=2, unique=True)
        graph[name] = Node(
            draw(st.integers(0, 1)),
            draw(st.integers(0, 1)),
            draw(st.booleans()),
            protect and draw(st.integers(0, 3)) == 0,
            tuple(draw(some)),
            tuple(draw(some)),
            tuple(draw(some)),
            "group" if draw(st.integers(0, 3)) == 0 else "",
        )
    return graph


FAILURES = st.dictionaries(
    st.tuples(st.sampled_from(["create", "update", "delete", "ready"]), st.sampled_from(NAMES)),
    st.just(True),
    max_size=2,
)
RUNS = st.lists(
    st.tuples(graphs(protect=True), FAILURES, st.one_of(st.none(), st.integers(1, 60))),
    min_size=1,
    max_size=3,
)


def program_of(graph, kit):
    def program():
        group = kit.Group("group")
        made = {}
        for name, node in graph.items():
            inputs = {"value": node.value, "fixed": node.fixed, "dbr": node.dbr}
            inputs |= {f"soft_{other}": made[other].computed for other in node.soft}
            inputs |= {f"fixed_{other}": made[other].id for other in node.hard}
            options = Opts(
                protect=node.protect,
                depends_on=[made[other] for other in node.after],
                parent=group if node.child_of else None,
            )
            made[name] = kit.Thing(name, options, **inputs)

    return program


class Trial:
    def __init__(self, root, kit):
        self.kit = kit
        self.stack = kit.Stack(Path(root))
        self.world = self.stack.world

    def run(self, graph, failures, crash):
        """One run under hardship; whatever it leaves must be sound."""
        protected = self.protected(graph)
        self.world.calls.clear()
        self.world.failing = {
            key: ["not ready"] if key[0] == "ready" else RuntimeError("no") for key in failures
        }
        clean = not failures and crash is None
        before = self.stack.preview(program_of(graph, self.kit)) if clean else None
        if crash is not None:
            self.crash(graph, crash)
        else:
            after = self.stack.up(program_of(graph, self.kit))
            if before is not None and after.ok:
                assert self.kit.ops(before) == self.kit.ops(after)
        # By what they are: a thing that has moved may leave one of the same name behind.
        assert protected <= self.world.things.keys()
        self.world.failing.clear()

    def crash(self, graph, moment):
        self.stack.with_disk(DyingDisk(moment))
        with contextlib.suppress(Crash):
            self.stack.engine.up(program_of(graph, self.kit), self.stack.options(parallel=2))
        # The dead process has left its lock; here it is this process, so that it seems alive.
        shutil.rmtree(self.stack.ref.root / ".pulumi" / "locks", ignore_errors=True)
        self.stack.with_disk(Disk())
        self.world.crashed = True
        self.stack.check()
        recorded = {item.id for item in self.stack.snapshot().resources}
        self.world.lost |= self.world.things.keys() - recorded

    def protected(self, graph):
        """What may not be deleted now: protected, and the program does not unprotect it."""
        kept = {name for name, node in graph.items() if node.protect} | (set(NAMES) - set(graph))
        found = self.stack.snapshot().resources
        held = {item.id for item in found if item.protect and item.name in kept}
        return held & self.world.things.keys()

    def settle(self, graph):
        """Without hardship, world and state come to what the program says."""
        open_graph = {name: unprotected(node) for name, node in graph.items()}
        self.unprotect()
        first = self.stack.up(program_of(open_graph, self.kit))
        assert first.ok, first.diagnostics
        assert self.stack.names() == sorted(open_graph)
        recorded = {item.id for item in self.stack.snapshot().resources if item.name in NAMES}
        assert self.known() == recorded
        assert self.kit.ops(self.stack.up(program_of(open_graph, self.kit))) == []

    def known(self):
        """Things of the world, without what a dead run made and no later program wants."""
        return self.world.things.keys() - self.world.lost

    def unprotect(self):
        store = self.stack.engine._store()
        crypter = store.crypter(lambda: "một cụm mật khẩu")
        snapshot = store.load(crypter)
        free = tuple(replace(item, protect=False) for item in snapshot.resources)
        with store.lock():
            crypter.unlock_new()
            store.save(replace(snapshot, resources=free, salt=crypter.salt), crypter)
            store.disk.remove(store.journal_file)


def unprotected(node):
    return replace(node, protect=False)


def trial(runs, last, kit):
    with tempfile.TemporaryDirectory() as root:
        found = Trial(root, kit)
        for graph, failures, crash in runs:
            found.run(graph, failures, crash)
        found.settle(last)
        assert found.stack.destroy().ok
        assert found.known() == set()


CONDITIONS = {
    "deadline": None,
    "derandomize": "HUE_INFRA_EXAMPLES" not in os.environ,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@settings(max_examples=12, **CONDITIONS)
@given(runs=RUNS, last=graphs())
def test_whatever_happens_the_program_comes_true(runs, last, kit):
    trial(runs, last, kit)


@pytest.mark.slow
@settings(max_examples=250, **CONDITIONS)
@given(runs=RUNS, last=graphs())
def test_whatever_happens_the_program_comes_true_at_length(runs, last, kit):
    trial(runs, last, kit)
