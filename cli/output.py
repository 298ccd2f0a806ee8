"""The one door for text, tables, JSON and colour: data on stdout, words on stderr."""

import datetime
import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from hue_infra.cli.session import Session
from hue_infra.errors import InputError
from hue_infra.words import say

SCHEMA = 1
"""Version of the form of every JSON document; raised when a field changes its meaning."""
PIPED_WIDTH = 200  # wide enough that nothing wraps in a file or a pipe
MASK = "****"
LEGIBLE = 24
"""Columns that the first cell of a row keeps on a narrow terminal."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's words and data go."""

    session: Session
    out: Console
    err: Console

    @property
    def as_json(self) -> bool:
        """Whether the operator asked for one JSON document."""
        return self.session.as_json

    @property
    def verbose(self) -> bool:
        """Whether the operator asked for more than usual."""
        return self.session.verbosity > 0

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def ask(self) -> Callable[[str], str] | None:
        """What asks for a secret, each question once; None where nobody can be asked."""
        return functools.cache(self.secret) if self.interactive else None

    def show(self, what: RenderableType = "") -> None:
        """Print data for a person on stdout; with ``--json`` it stays unsaid."""
        if self.as_json:
            return
        if self.out.is_terminal or not isinstance(what, Table):
            self.out.print(what)
            return
        with self.out.capture() as captured:
            self.out.print(what)
        # A table fills its last column with blanks, which files and pipes need not keep.
        click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()), color=True)

    def verbatim(self, text: str) -> None:
        """Print data that is copied or redirected, without a change; not with ``--json``."""
        if not self.as_json:
            click.echo(text.rstrip("\n"))

    def note(self, text: str | Text = "", style: str = "") -> None:
        """Say something on stderr, unless quiet."""
        if self.session.verbosity >= 0:
            self.err.print(text, style=style or None)

    def warn(self, text: str) -> None:
        """Say on stderr what the operator should look at."""
        self.note(Text.assemble((f"{say('cli.warning-title')} ", "bold yellow"), text))

    def document(self, **fields: object) -> None:
        """Print the command's one JSON document, when the operator asked for it."""
        if self.as_json:
            click.echo(json.dumps({"schema": SCHEMA, **fields}, ensure_ascii=False, indent=2))

    def raw(self, data: object) -> None:
        """Print JSON in a form that is Pulumi's, when the operator asked for JSON."""
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2))

    def require_somebody(self) -> None:
        """Pass when somebody is there to be asked.

        Raises:
            InputError: Nobody is.
        """
        if not self.interactive:
            raise InputError(say("cli.nobody-to-ask"), hint=say("cli.nobody-to-ask-hint"))

    def confirm(self, question: str) -> bool:
        """Ask a yes-or-no question on the terminal; anything but yes is no."""
        answer = self._ask(f"{question} {say('cli.confirm-choices')} ")
        return answer.strip().lower() in say("cli.confirm-yes").split()

    def type_again(self, question: str, name: str) -> bool:
        """Ask for *name* to be typed, as severe deeds want."""
        return self._ask(f"{question} ").strip() == name

    def answer(self, question: str) -> str:
        """Ask for a line of text."""
        return self._ask(f"{question} ").rstrip("\n")

    def secret(self, question: str) -> str:
        """Ask for a secret without showing what is typed."""
        typed: str = click.prompt(question, hide_input=True, prompt_suffix=" ", err=True)
        return typed

    def _ask(self, question: str) -> str:
        self.err.print(question, end="", style="bold")
        return sys.stdin.readline()


def for_session(session: Session) -> Output:
    """Make the output of this run."""
    return Output(
        session,
        out=_console(session, error=False, terminal=sys.stdout.isatty()),
        err=_console(session, error=True, terminal=sys.stderr.isatty()),
    )


def _console(session: Session, *, error: bool, terminal: bool) -> Console:
    # Rich reads NO_COLOR and FORCE_COLOR by rules of its own; the session has decided already.
    coloured = terminal if session.colour is None else session.colour
    return Console(
        stderr=error,
        width=None if terminal else PIPED_WIDTH,
        color_system="standard" if coloured else None,
        force_terminal=terminal,
        highlight=False,
        markup=False,
        emoji=False,
    )


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str | Text]], right: Sequence[int] = ()
) -> Table:
    """Make a plain table; the columns whose numbers *right* has are aligned right."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place, heading in enumerate(headings):
        longest = max((len(row[place]) for row in rows), default=0)
        made.add_column(
            heading,
            justify="right" if place in right else "left",
            overflow="fold",
            # Where the terminal is narrow, headings give way before what they head.
            min_width=min(longest, LEGIBLE) if place == 0 else None,
        )
    for row in rows:
        made.add_row(*row)
    return made


def facts(pairs: Mapping[str, str]) -> Table:
    """Make a list of names and what they are, without headings."""
    made = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for name, value in pairs.items():
        made.add_row(name, value)
    return made


def moment(written: str) -> str:
    """Write a moment given as RFC 3339 in the operator's own time and form."""
    try:
        local = datetime.datetime.fromisoformat(written).astimezone()
    except ValueError:  # written by another tool, in a form of its own
        return written
    return local.strftime(say("cli.moment"))


def day(date: datetime.date) -> str:
    """Write a day as the operator's language does."""
    return date.strftime(say("cli.day"))


def number(count: int) -> str:
    """Write a whole number with its thousands set apart, as the language does."""
    return f"{count:,}".replace(",", say("cli.thousands"))


def heading(text: str) -> Text:
    """Make the title of a part."""
    return Text(f"\n{text}", style="bold")


def span(seconds: float) -> str:
    """Write a duration: ``3.2 s`` below ten seconds, else ``48 s``, ``2 min 05 s``."""
    if seconds < 10:  # noqa: PLR2004 - below ten seconds a tenth matters
        return say("cli.span-short", seconds=f"{seconds:.1f}".replace(".", say("cli.decimal")))
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return say("cli.span-seconds", seconds=str(round(seconds)))
    minutes, rest = divmod(round(seconds), 60)
    return say("cli.span-minutes", minutes=str(minutes), seconds=f"{rest:02d}")
