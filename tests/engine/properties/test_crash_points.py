"""Whole runs are stopped at each of their writes: nothing made is lost, and the next run converges.

A run stopped after one write is a run stopped before the next one, so that two moments are enough:
before a write, and within it.
"""

import shutil
from dataclasses import replace

import pytest
from trials.disks import DyingDisk
from trials.graphs import Node, Run
from trials.lab import Lab

GROUP = Node("group")
FIRST = {
    "p": Node("provider"),
    "g": GROUP,
    "a": Node(parent="g"),
    "b": Node(hard=("a",)),
    "c": Node(provider="p"),
    "d": Node(hard=("c",), soft=("a",), dbr=True),
    "e": Node(),
}
BESIDE = {**FIRST, "a": Node(parent="g", fixed=1), "p": Node("provider", fixed=1)}
"""Two replacements before the deletion, each with a dependent that follows."""
FIRST_GONE = {
    **FIRST,
    "c": Node(provider="p", fixed=1, delete_first=True),
    "e": Node(fixed=1, dbr=True),
}
"""Two replacements after the deletion, one with a dependent that goes first."""
RENAMED = {
    "g": Node("group", renamed=True, aliases="all"),
    "a": Node(parent="g", aliases="all", renamed=True, value=1),
    "b": Node(hard=("a",), aliases="all", fixed=1, renamed=True),
    "e": Node(parent="g", aliases="all"),
}
"""Everything left has another name: one stays, one changes, one is replaced; the rest goes."""
IMPORTED = {"a": Node(imported=True), "b": Node(value=1, imported=True), "c": Node("read")}
READ = {"e": Node("read"), "a": Node(value=1)}

CASES = {
    "create": ({}, Run(), FIRST),
    "update": (FIRST, Run(), {**FIRST, "a": Node(parent="g", value=1), "e": Node(value=1)}),
    "replace beside": (FIRST, Run(), BESIDE),
    "delete first": (FIRST, Run(), FIRST_GONE),
    "rename": (FIRST, Run(), RENAMED),
    "import": ({}, Run(), IMPORTED),
    "read": ({"e": Node(), "a": Node()}, Run(), READ),
    "refresh": (FIRST, Run("refresh", program=False, gone="b", changed="e"), FIRST),
    "refresh and change": (FIRST, Run(refresh=True, gone="a", changed="e"), BESIDE),
    "delete": (FIRST, Run(), {"a": Node()}),
    "destroy": (FIRST, Run("destroy", program=False), FIRST),
    "destroy with its program": (FIRST, Run("destroy"), FIRST),
}


def prepared(root, graph):
    root.mkdir()
    lab = Lab(root)
    if graph:
        assert lab.run(Run(), graph).outcome.ok
    return lab


def copied(lab, root):
    """The same stack and world once more."""
    shutil.copytree(lab.ref.root, root)
    twin = Lab(root)
    twin.world.serial = lab.world.serial
    twin.world.run = lab.world.run
    twin.world.things = {id_: replace(thing) for id_, thing in lab.world.things.items()}
    twin.known = {key: list(known) for key, known in lab.known.items()}
    return twin


def moments(lab, root, run, graph):
    """When the whole run can be stopped: the number of an operation on the disk, and how."""
    twin, disk = copied(lab, root), DyingDisk(0)
    twin.befall(run)
    trial = twin.begin(run, graph)
    twin.act(trial, twin.engine(disk))
    assert trial.outcome.ok, trial.outcome.diagnostics
    twin.end(trial)
    for number in range(1, disk.count + 1):
        yield number, "before"
        if number in disk.halves:
            yield number, "within"


def settled(lab, run, graph):
    """The next run ends what was begun."""
    if run.kind == "destroy":
        lab.destroy(graph, run.program)
    else:
        lab.settle({key: node.docile for key, node in graph.items()})


@pytest.mark.slow
@pytest.mark.parametrize("power", [False, True], ids=["killed", "power lost"])
@pytest.mark.parametrize("case", CASES)
def test_no_moment_to_die_at_loses_anything(tmp_path, case, power):
    before, run, graph = CASES[case]
    lab = prepared(tmp_path / "before", before)
    every = list(moments(lab, tmp_path / "whole", run, graph))
    assert len(every) > 40

    for last, moment in every:
        root = tmp_path / f"{last} {moment}"
        twin = copied(lab, root)
        dying = replace(run, crash=last, moment=moment, power=power, findable=bool(last % 2))
        assert twin.run(dying, graph).crashed
        settled(twin, run, graph)
        shutil.rmtree(root)
