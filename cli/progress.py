"""Live progress by layer on a terminal; plain lines, one a deed, anywhere else."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hue_infra.cli.board import Board, Layer, Running, counts
from hue_infra.cli.diffview import deeds, op_of
from hue_infra.cli.layers import kind_of, title_of
from hue_infra.cli.output import Output, span
from hue_infra.engine.api import StepRecord
from hue_infra.engine.events import Event, Log, Status, StepDone, StepFailed, StepStarted
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.verify.report import Check

RUNNING_SHOWN = 4
"""How many running steps of a layer are named where the terminal is tall enough."""
PATIENCE = 10.0
"""Seconds before a plain log repeats what a step waits for."""
MARKS = {"waiting": ("·", "dim"), "running": ("▸", "cyan"), "done": ("✓", "green")}
FAILED = ("✗", "bold red")


class Progress(Protocol):
    """Whatever shows a run while it goes on."""

    def on_event(self, event: Event) -> None:
        """Show an event of the engine."""

    def on_check(self, check: "Check") -> None:
        """Show a check of the verification."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def expected(steps: Sequence[StepRecord]) -> dict[str, int]:
    """How many deeds of each layer a preview foretells."""
    tally: dict[str, int] = {}
    for deed in deeds(steps):
        tally[deed.layer] = tally.get(deed.layer, 0) + 1
    return tally


def start(output: Output, tally: Mapping[str, int]) -> Progress:
    """Make the display that suits where stderr goes."""
    board = Board(tally)
    if output.session.verbosity < 0:
        return Quiet(board)
    if output.err.is_terminal and not output.as_json and output.err.color_system is not None:
        return Picture(board, output.err)
    return Lines(board, output)


class Quiet:
    """Shows nothing; failures are told at the end."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def on_event(self, event: Event) -> None:
        """Remember the event."""
        self.board.take(event)

    def on_check(self, check: "Check") -> None:
        """Remember the check."""
        self.board.checked(passed=check.verdict != "failed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass


class Picture(Quiet):
    """The layers, redrawn in place four times a second."""

    def __init__(self, board: Board, console: Console) -> None:
        super().__init__(board)
        self.console = console
        self.live = Live(self, console=console, refresh_per_second=4, redirect_stdout=False)

    def on_event(self, event: Event) -> None:
        """Take the event; what a person must read stays above the picture."""
        super().on_event(event)
        match event:
            case StepStarted() if not self.live.is_started:
                # Not before: a passphrase may have to be asked first.
                self.live.start()
            case StepFailed(step, message, _):
                self.console.print(_failure(step, message))
            case Log("warning", text, _):
                self.console.print(Text(text, style="yellow"))

    def on_check(self, check: "Check") -> None:
        """Take the check."""
        super().on_check(check)
        if not self.live.is_started:
            self.live.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.live.stop()

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        with self.board.lock:
            layers = self.board.layers.values()
            busy = sum(bool(layer.running) for layer in layers)
            rows = self.console.height - 2 * len(layers)
            shown = max(1, min(RUNNING_SHOWN, rows // max(1, busy)))
            parts = [picture(self.board, layer, shown) for layer in layers]
        yield Group(*(part for part in parts if part is not None))


def picture(board: Board, layer: Layer, shown: int = RUNNING_SHOWN) -> Table | None:
    """Draw one layer: its line, and below it what runs and what that waits for."""
    if not (layer.expected or layer.seen or layer.running):
        return None
    now = board.clock()
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(width=22, no_wrap=True)
    grid.add_column(width=9, justify="right")
    grid.add_column(no_wrap=True, overflow="ellipsis")
    mark, style = _mark(layer)
    title = Text(title_of(layer.name), style="dim" if style == "dim" else "")
    took = Text(span(layer.seconds(now)) if layer.began is not None else "", style="dim")
    grid.add_row(Text(mark, style=style), title, _tally(layer), took)
    for running in board.longest(layer, shown):
        grid.add_row("", Text(f"  {running.step.name}"), "", _waiting(running, now))
    if (hidden := len(layer.running) - shown) > 0:
        grid.add_row("", Text(f"  {say('cli.progress-more', count=hidden)}", style="dim"))
    return grid


class Lines(Quiet):
    """One line when a step ends, and now and then what a long one waits for."""

    def __init__(self, board: Board, output: Output) -> None:
        super().__init__(board)
        self.output = output
        self.told: dict[str, tuple[str, float]] = {}

    def on_event(self, event: Event) -> None:
        """Take the event and write a line where there is something to tell."""
        super().on_event(event)
        match event:
            case StepStarted(step) if counts(step) and self.output.verbose:
                self._line(step, _deed("doing", step))
            case StepDone(step, seconds) if counts(step):
                self._line(step, f"{_deed('did', step)} ({span(seconds)})")
            case StepFailed(step, message, _):
                self._line(step, say("cli.progress-failed", problem=message))
            case Status(urn, text):
                self._status(urn, text)
            case Log("warning", text, _):
                self.output.note(text)

    def on_check(self, check: "Check") -> None:
        """Write what a check found."""
        super().on_check(check)
        if check.verdict == "failed" or self.output.verbose:
            verdict = say(f"cli.verdict-{check.verdict}")
            self.output.note(f"{self._clock()} {check.where}: {check.what}: {verdict}")

    def _status(self, urn: str, text: str) -> None:
        now = self.board.clock()
        said, when = self.told.get(urn, ("", self.board.began))
        if text == said or now - when < (0 if self.output.verbose else PATIENCE):
            return
        self.told[urn] = (text, now)
        name = urn.rsplit("::", 1)[-1]
        self.output.note(f"{self._clock()} {say('cli.progress-waits', name=name, what=text)}")

    def _line(self, step: StepRecord, what: str) -> None:
        self.output.note(f"{self._clock()} {kind_of(step.type)} {step.name}: {what}")

    def _clock(self) -> str:
        minutes, seconds = divmod(int(self.board.clock() - self.board.began), 60)
        return f"[{minutes:02d}:{seconds:02d}]"


def _deed(tense: str, step: StepRecord) -> str:
    return say(f"cli.{tense}-{op_of(step)}")


def _mark(layer: Layer) -> tuple[str, str]:
    if layer.failed:
        return FAILED
    if layer.finished:
        return MARKS["done"]
    return MARKS["running" if layer.began is not None else "waiting"]


def _tally(layer: Layer) -> Text:
    if layer.name == "verification" and layer.expected <= layer.seen:
        return Text(str(layer.seen))
    return Text(f"{layer.seen}/{max(layer.expected, layer.seen + len(layer.running))}")


def _waiting(running: Running, now: float) -> Text:
    line = Text(span(now - running.since), style="dim")
    return line.append(f"  {running.waits_for}") if running.waits_for else line


def _failure(step: StepRecord, message: str) -> Text:
    head = Text.assemble(FAILED, f" {kind_of(step.type)} {step.name}: ")
    return head.append(message, style="red")
