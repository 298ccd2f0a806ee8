"""What a person sees of a run: the log, the tree, and all that is told at the end.

Each run has its picture in both languages; they are read before they are committed.
"""

import dataclasses
from pathlib import Path

import pytest

from hue_infra.cli.programs import ending, showing, tree
from hue_infra.cli.programs.board import Board
from hue_infra.words import use

CASES = Path(__file__).parents[2] / "cases" / "cli"
NAMES = ("creation", "change", "drift", "removal", "refusal")
UNDER_WAY = 10
"""Events of the change after which three steps run."""


def board_of(runs, name, *, until=None, **more):
    scene, events = runs[name]
    board = Board(dataclasses.replace(scene, **more), clock=lambda: 100.0)
    log = []
    for number, event in enumerate(events()):
        if number == until:
            break
        row = board.take(event)
        log += list(showing.lines(board, row, event)) if row else []
    return board, log


def picture(runs, name):
    board, log = board_of(runs, name)
    told = list(ending.sections(board, diff=True, outputs=True))
    parts = ([line.plain for line in lines] for lines in (log, tree.tree(board), told))
    return "\n--\n".join("\n".join(part) for part in parts) + "\n"


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("name", NAMES)
def test_a_run_looks_as_it_should(runs, name, language):
    use(language)
    file = CASES / f"{name}.{language}.txt"

    assert picture(runs, name) == file.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_told_unless_asked_for(runs, name):
    assert "hush" not in picture(runs, name)


def test_secrets_among_the_outputs_are_told_when_asked_for(runs):
    board, _ = board_of(runs, "change")

    told = ending.sections(board, diff=True, outputs=True, show_secrets=True)

    assert [line.plain for line in told if "hush" in line.plain] == ['    key  : "hush"']


def test_outputs_and_changes_are_left_out_when_not_wanted(runs):
    board, _ = board_of(runs, "change")

    told = [line.plain for line in ending.sections(board, diff=False, outputs=False)]

    assert "Outputs:" not in told
    assert "Changes:" not in told
    assert "Diagnostics:" in told


def test_a_run_under_way_shows_what_runs_and_what_it_waits_for(runs):
    board, _ = board_of(runs, "change", until=UNDER_WAY)

    lines = [line.plain for line in tree.tree(board)]

    (web,) = [line for line in lines if " web " in line]
    assert "creating (0.0 s)" in web
    assert web.endswith("an address")
    assert "running" in lines[1]


def test_a_small_terminal_shows_what_runs(runs):
    board, _ = board_of(runs, "change", until=UNDER_WAY)

    lines = [line.plain for line in tree.tree(board, room=5)]

    assert len(lines) == 5
    assert "more" in lines[-1]
    assert all("creating" in line or "updating" in line for line in lines[1:-1])


def test_what_is_only_read_is_shown_when_wanted(runs):
    usual, _ = board_of(runs, "change")
    every, _ = board_of(runs, "change", show_reads=True)

    def names(board):
        return {row.name for _, _, row in board.shown()}

    assert names(every) - names(usual) == {"seen"}


def test_what_is_unchanged_is_shown_when_wanted(runs):
    usual, _ = board_of(runs, "drift")
    every, _ = board_of(runs, "drift", show_sames=True)

    assert len(every.shown()) - len(usual.shown()) == 1


def test_a_resource_whose_parent_is_unknown_stands_below_the_stack(tell):
    board = Board(tell.RUNS["change"][0])
    lost = tell.step("create", None, tell.disk("lost", parent="urn:pulumi:dev::site::a:b:C::no"))

    board.take(tell.events.StepPlanned(lost))

    assert [(depth, row.name) for depth, _, row in board.shown()] == [(0, "site-dev"), (1, "lost")]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "1s"), (59.0, "59s"), (59.1, "1m0s"), (61, "1m1s"), (3600, "1h0m0s")],
)
def test_a_duration_is_written_as_go_writes_it(seconds, told):
    assert ending.duration(seconds) == told
