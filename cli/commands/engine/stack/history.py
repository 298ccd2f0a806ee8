"""``hue-infra engine stack history``: what past runs of a stack did."""

from rich.text import Text

from hue_infra.cli import localised
from hue_infra.cli.options import Count
from hue_infra.cli.output import for_session, moment, span, table
from hue_infra.cli.programs import history, opening
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say

PAGE = 10
"""Runs shown unless told."""


@localised.command("history", words="programs.stack-history")
@choosing
@localised.option("--page-size", type=Count(), default=PAGE, metavar="count", room="programs")
@localised.option("--page", type=Count(), default=1, metavar="count", room="programs")
@pass_session
def command(session: Session, chosen: Chosen, page_size: int, page: int) -> None:
    """Show what past runs of a stack did, the latest first."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    first = page_size * (page - 1)
    runs = [history.Past.of(run) for run in opened.store.history()[first : first + page_size]]
    output.raw([run.document() for run in runs])
    if not runs:
        output.note(say("programs.history-none", stack=opened.name))
        return
    headings = [say(f"programs.history-{name}") for name in ("kind", "ended", "took", "result")]
    rows = [
        (
            run.kind,
            moment(run.ended),
            span(run.seconds),
            Text(run.result, style="green" if run.result == "succeeded" else "red"),
            history.changes(run.changes),
        )
        for run in runs
    ]
    output.show(table([*headings, say("programs.history-changes")], rows))
