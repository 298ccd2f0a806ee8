"""The displays of a run: redrawn in place on a terminal, a log, or a stream of JSON."""

import json
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Protocol, Self

import click
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.text import Text

from hue_infra.cli.output import Output
from hue_infra.cli.programs import ending, tree
from hue_infra.cli.programs.board import Board, Row, Scene
from hue_infra.cli.programs.options import Wanted
from hue_infra.cli.programs.stream import Document, Run, Stream
from hue_infra.engine.api import Options
from hue_infra.engine.events import (
    Event,
    Log,
    Status,
    StepDone,
    StepFailed,
    StepPlanned,
    StepStarted,
)
from hue_infra.words import say

PATIENCE: Final = 10.0
"""Seconds before a log repeats what a step waits for."""


class Display(Protocol):
    """Whatever shows a run while it goes on, and at its end what came of it."""

    def on_event(self, event: Event) -> None:
        """Show an event of the engine."""

    def show_differences(self) -> None:
        """Show all that changes, property by property."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def display(scene: Scene, wanted: Wanted, options: Options, output: Output) -> Display:
    """Make the display that suits where stdout goes.

    Args:
        scene: The run.
        wanted: How it is to be shown.
        options: How it goes.
        output: Where words and data go.
    """
    if output.as_json:
        stopped = options.stopping.is_set
        run = Run(scene.kind, scene.preview, wanted.show_secrets, stopped)
        return Wire(Stream(run, options, _write))
    if output.out.is_terminal and output.out.color_system is not None:
        return Picture(Board(scene), wanted, output)
    return Lines(Board(scene), wanted, output)


def _write(document: Document) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))


class Wire:
    """The events as lines of JSON."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def on_event(self, event: Event) -> None:
        """Write the event."""
        self.stream.take(event)

    def show_differences(self) -> None:
        """Show nothing: the events have told it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.close()


class Lines:
    """A line when a step begins or ends, and what was said, as it comes."""

    def __init__(self, board: Board, wanted: Wanted, output: Output) -> None:
        self.board = board
        self.wanted = wanted
        self.output = output
        self._told: dict[str, float] = {}

    def on_event(self, event: Event) -> None:
        """Take the event and write a line where there is something to tell."""
        row = self.board.take(event)
        if row is None or self.output.session.verbosity < 0:
            return
        for line in lines(self.board, row, event):
            self.output.show(line)
        if isinstance(event, Status) and self._is_due(row):
            self.output.show(
                Text(f"    {say('cli.progress-waits', name=row.name, what=event.text)}")
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        told = ending.sections(
            self.board,
            diff=self.wanted.diff,
            outputs=not self.wanted.suppress_outputs,
            show_secrets=self.wanted.show_secrets,
        )
        self.output.show()
        for line in told:
            self.output.show(line)

    def show_differences(self) -> None:
        """Show each step with what it changes."""
        for line in ending.differences(self.board):
            self.output.show(line)

    def _is_due(self, row: Row) -> bool:
        now = self.board.clock()
        due = now - self._told.get(row.urn, row.began) >= PATIENCE
        if due:
            self._told[row.urn] = now
        return due


def lines(board: Board, row: Row, event: Event) -> Iterator[Text]:
    """What a log tells of an event, once the board has taken it."""
    match event:
        case Log("info", text, _):
            for one in text.rstrip().split("\n"):
                yield _line(f"    {one}")
        case Log(severity, text, _):
            # The rest is told at the end.
            first = text.partition("\n")[0].rstrip()
            yield Text.assemble("    ", ending.opening(severity), first, no_wrap=True)
        case StepPlanned(step):
            over = step.op in ("same", "refresh", "replace")
            if board.is_shown(row) and (board.scene.preview or over):
                yield tree.line(board, row)
        case StepStarted() | StepDone() if board.scene.preview:
            return
        case StepStarted() | StepDone() | StepFailed() if board.is_shown(row):
            yield tree.line(board, row)


def _line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ignore")


class Picture(Lines):
    """The tree of resources, redrawn in place four times a second."""

    def __init__(self, board: Board, wanted: Wanted, output: Output) -> None:
        super().__init__(board, wanted, output)
        self.live = Live(
            self,
            console=output.out,
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def on_event(self, event: Event) -> None:
        """Take the event; the picture shows it when it is drawn next."""
        self.board.take(event)
        if not self.live.is_started:
            # Not before: a passphrase may have to be asked first.
            self.live.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.live.stop()
        if not self.wanted.diff:
            for line in tree.tree(self.board):
                self.output.show(line)
        super().__exit__(kind, error, trace)

    def __rich_console__(self, console: Console, _: ConsoleOptions) -> RenderResult:
        with self.board.lock:
            told = tree.tree(self.board, console.height - 1)
        yield Group(*told)
