"""The rows of a run as a person sees them: a tree by parent, or one line for each."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from hue_infra.cli.output import span
from hue_infra.cli.programs.board import Board, Row
from hue_infra.cli.programs.differing import visible
from hue_infra.cli.programs.signs import COLOURS, SIGNS, display_type
from hue_infra.engine.api import Change, Op
from hue_infra.engine.events import Severity
from hue_infra.engine.tally import PARTS
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.words import say

GAP: Final = "  "
_SAID: Final[dict[Severity, str]] = {
    "error": "red",
    "warning": "yellow",
    "info": "cyan",
    "debug": "dim",
}
_KINDS: Final = (("add", "+", "green"), ("delete", "-", "red"), ("update", "~", "yellow"))

_LEAVING: Final = ("delete", "replace", "create-replacement", "delete-replaced")
RETAINED: Final = " [retain]"
"""Marks what is left standing, though nobody keeps track of it any more."""

Line = tuple[str, Row]
"""What leads to a row in the tree, and the row."""


def tree(board: Board, room: int = 0) -> list[Text]:
    """The rows that a person wants to see, as a table with headings.

    Args:
        board: The run.
        room: How many lines there may be, where that is limited: then what runs or has failed is
            shown first.
    """
    every = list(_guided(board))
    chosen = every
    if room and len(every) > room:
        busy = [line for line in every if line[1].phase in ("running", "failed")]
        chosen = (busy or every)[: max(1, room - 2)]
    rows = [_cells(board, guide, row) for guide, row in chosen]
    lines = _aligned([_headings(board), *rows])
    if hidden := len(every) - len(chosen):
        lines.append(Text(f"     {say('cli.progress-more', count=hidden)}", style="dim"))
    return lines


def line(board: Board, row: Row) -> Text:
    """One row by itself, as it now stands, for a log."""
    status = _status(board, row, row.op, timed=row.phase != "running")
    cells = [Text(display_type(row.type)), Text(row.name), status, _difference(row)]
    told = [cell for cell in cells if cell.plain]
    return Text.assemble(" ", (SIGNS[row.op], COLOURS[row.op]), " ", Text(" ").join(told))


def _guided(board: Board) -> Iterator[Line]:
    """Each row with the lines that lead to it from its parent."""
    lasts: list[bool] = []
    for depth, is_last, row in board.shown():
        lasts[depth:] = [is_last]
        if not depth:
            yield "", row
            continue
        passing = "".join("   " if last else "│  " for last in lasts[1:depth])
        yield f"{passing}{'└─ ' if is_last else '├─ '}", row


def _headings(board: Board) -> list[Text]:
    status = say("programs.heading-plan" if board.scene.preview else "programs.heading-status")
    names = ("", say("programs.heading-type"), say("programs.heading-name"), status)
    return [Text(name, style="dim") for name in (*names, say("programs.heading-info"))]


def _cells(board: Board, guide: str, row: Row) -> list[Text]:
    op = told_op(board, row)
    return [
        Text(SIGNS[op], style=COLOURS[op]),
        Text.assemble((guide, "dim"), display_type(row.type)),
        Text(row.name),
        _status(board, row, op),
        _info(row),
    ]


def told_op(board: Board, row: Row) -> Op:
    """What is done to a row as a whole: the steps of a replacement are one, unless they run."""
    whole = board.scene.preview or (board.outcome is not None and row.phase == "done")
    return "replace" if row.op in PARTS and whole else row.op


def _status(board: Board, row: Row, op: Op, *, timed: bool = True) -> Text:
    status = _plain_status(board, row, op, timed=timed)
    old = row.step.old if row.step else None
    if old is not None and old.retain_on_delete and op in _LEAVING:
        status.append(RETAINED)
    return status


def _plain_status(board: Board, row: Row, op: Op, *, timed: bool) -> Text:
    failed = row.phase == "failed"
    if board.scene.preview and not failed:
        return Text(say("programs.plan", op=op), style=COLOURS[op])
    if failed:
        return Text(f"**{say('programs.failed', op=op)}**", style="bold red")
    if row.phase == "running":
        took = f" ({span(board.clock() - row.began)})" if timed else ""
        return Text(say("programs.doing", op=op) + took, style=COLOURS[op])
    if row.type == ROOT_TYPE and op == "same" and board.outcome is None:
        return Text(say("programs.running"))
    if row.phase == "planned":
        return Text("")
    return Text(say("programs.did", op=op) + _took(row, op), style=COLOURS[op])


def _took(row: Row, op: Op) -> str:
    return "" if row.seconds is None or op == "same" else f" ({span(row.seconds)})"


def _info(row: Row) -> Text:
    """What changes, how much was said, and what a running step waits for."""
    short = _difference(row)
    pieces = [short] if short.plain else []
    said = row.said()
    for severity, style in _SAID.items():
        if count := said[severity]:
            pieces.append(Text(say(f"programs.said-{severity}", count=count), style=style))
    if row.violations:
        pieces.append(Text(say("programs.said-policy", count=len(row.violations)), style="red"))
    if row.phase == "running" and row.waits_for:
        pieces.append(Text(row.waits_for, style="dim"))
    return Text("; ").join(pieces)


def _difference(row: Row) -> Text:
    """The outermost names of what changes: ``[diff: +added-deleted~changed]``."""
    changes = visible(row.step)[0] if row.step and row.op != "same" else []
    if row.guards_anew:
        changes.append(Change("protect", "update"))
    told = Text()
    for kind, mark, style in _KINDS:
        if names := _names(changes, kind):
            told.append(f"{mark}{','.join(names)}", style=style)
    return Text.assemble("[diff: ", told, "]") if told.plain else told


def _names(changes: Sequence[Change], kind: str) -> list[str]:
    """Outermost names of *kind*: what lies deeper in a property only changes it."""
    names: dict[str, str] = {}
    for change in changes:
        head = change.path.split(".")[0].split("[")[0]
        own = change.kind.removesuffix("-replace") if change.path == head else "update"
        names[head] = own if names.get(head, own) == own else "update"
    return sorted(name for name, own in names.items() if own == kind)


def _aligned(rows: Sequence[Sequence[Text]]) -> list[Text]:
    widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*rows, strict=True)]
    return [_joined(row, widths) for row in rows]


def _joined(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    made = Text(" ", no_wrap=True, overflow="ellipsis")
    for cell, width in zip(cells, widths, strict=True):
        made.append_text(cell).append(" " * (width - cell_len(cell.plain)) + GAP)
    made.rstrip()
    return made
