"""What is shown of a run under way: from events to layers, lines and pictures."""

import io

import pytest
from rich.console import Console

from hue_infra.cli import progress
from hue_infra.cli.board import Board
from hue_infra.cli.layers import LAYERS, kind_of, layer_of
from hue_infra.cli.output import Output, span
from hue_infra.cli.session import Session
from hue_infra.engine.events import Log, Status, StepDone, StepFailed, StepStarted
from hue_infra.words import use


class Clock:
    """Time that passes when told."""

    now = 0.0

    def __call__(self):
        return self.now


def drawn(board, width=80, height=50):
    """The picture as plain lines."""
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None)
    console.print(progress.Picture(board, console))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def logged(board, events, verbosity=0):
    """What plain lines the events make."""
    console = Console(file=io.StringIO(), width=200, color_system=None)
    lines = progress.Lines(board, Output(Session(verbosity), console, console))
    for event in events:
        lines.on_event(event)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("type_", "layer", "kind"),
    [
        ("pulumi-python:dynamic/lab:Network", "network", "Network"),
        ("hue:lab:Link", "network", "Link"),
        ("pulumi-python:dynamic/lab:BaseImage", "machines", "Base image"),
        ("pulumi-python:dynamic/lab:Machine", "machines", "Machine"),
        ("pulumi-python:dynamic/machine:Configuration", "configuration", "Configuration"),
        ("pulumi-python:dynamic/cluster:Access", "cluster", "Cluster access"),
        ("kubernetes:apps/v1:Deployment", "platforms", "Deployment"),
        ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "platforms", "NetworkPolicy"),
    ],
)
def test_the_type_decides_the_layer(type_, layer, kind):
    assert layer in LAYERS
    assert (layer_of(type_), kind_of(type_)) == (layer, kind)


def test_making_a_machine_the_head_of_a_cluster_belongs_to_the_cluster():
    type_ = "pulumi-python:dynamic/machine:Configuration"

    assert layer_of(type_, "dc-kube1/kubernetes") == "cluster"
    assert layer_of(type_, "dc-kube1") == "configuration"


def test_a_preview_foretells_each_layer(part):
    assert progress.expected(part.FIRST) == {
        "network": 2, "machines": 9, "configuration": 1, "platforms": 1,
    }  # fmt: skip


def test_the_picture_shows_layers_what_runs_and_what_it_waits_for(part):
    clock = Clock()
    board = Board(progress.expected(part.FIRST), clock)
    first, second, machine = part.FIRST[:3]
    for step in (first, second):
        board.take(StepStarted(step))
    clock.now = 2.0
    for step in (first, second):
        board.take(StepDone(step, 2.0))
    board.take(StepStarted(machine))
    board.take(Status(machine.urn, "systemd is starting"))
    clock.now = 5.0

    assert drawn(board) == [
        "✓ Network                      2/2 2.0 s",
        "▸ Machines                     0/9 3.0 s",
        "    dc-core1                       3.0 s  systemd is starting",
        "· Configuration                0/1",
        "· Platforms                    0/1",
    ]


def test_the_picture_counts_what_it_does_not_name(part):
    board = Board({"machines": 9}, Clock())
    for step in part.FIRST[2:11]:
        board.take(StepStarted(step))

    assert drawn(board)[-1].strip() == "and 5 more"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_picture_fits_the_terminal(part, width, language):
    use(language)
    board = Board(progress.expected(part.FIRST), Clock())
    board.take(StepStarted(part.FIRST[2]))
    board.take(Status(part.FIRST[2].urn, "chờ " * 80))

    assert max(map(len, drawn(board, width))) <= width
    assert len(drawn(board, width)) == 5


def test_the_picture_fits_a_low_terminal(part):
    board = Board(progress.expected(part.FIRST), Clock())
    for step in part.FIRST:
        board.take(StepStarted(step))

    assert len(drawn(board, height=24)) <= 24


def test_a_failed_step_marks_its_layer(part):
    board = Board({"network": 1}, Clock())
    board.take(StepStarted(part.FIRST[0]))
    board.take(StepFailed(part.FIRST[0], "no bridge", 0.1))

    assert drawn(board)[0].startswith("✗ Network")


def test_a_replacement_is_one_deed(part):
    board = Board({"machines": 1}, Clock())
    for step in part.CHANGED[2:5]:
        board.take(StepStarted(step))
        board.take(StepDone(step, 0.1))

    assert board.layers["machines"].done == 1


def test_lines_tell_each_deed_once(part):
    step = part.FIRST[2]
    lines = logged(Board({}, Clock()), [StepStarted(step), StepDone(step, 3.25)])

    assert lines == ["[00:00] Machine dc-core1: created (3.2 s)"]


def test_lines_tell_of_waiting_only_when_it_is_long(part):
    clock = Clock()
    board = Board({}, clock)
    step = part.FIRST[2]
    assert logged(board, [StepStarted(step), Status(step.urn, "boot")]) == []
    clock.now = 61.0

    assert logged(board, [Status(step.urn, "boot")]) == ["[01:01] dc-core1 waits: boot"]


def test_lines_tell_failures_and_warnings(part):
    step = part.FIRST[2]
    events = [
        StepFailed(step, "no space left", 1.0),
        Log("warning", "clock is off"),
        Log("info", "x"),
    ]

    assert logged(Board({}, Clock()), events) == [
        "[00:00] Machine dc-core1: failed: no space left",
        "clock is off",
    ]


@pytest.mark.parametrize(
    ("seconds", "language", "written"),
    [
        (0.04, "en", "0.0 s"),
        (9.94, "vi", "9,9 giây"),
        (48, "en", "48 s"),
        (125, "vi", "2 phút 05 giây"),
    ],
)
def test_spans_are_written_as_people_do(seconds, language, written):
    use(language)

    assert span(seconds) == written
