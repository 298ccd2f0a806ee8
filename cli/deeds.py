"""A run that touches things: shown while it goes on, stopped in good order, told at its end."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from hue_infra.cli import interrupt, progress
from hue_infra.cli.checkpoints import errors
from hue_infra.cli.options import again
from hue_infra.cli.output import Output, facts, heading, span, table
from hue_infra.engine.api import Outcome
from hue_infra.engine.events import Event
from hue_infra.errors import EngineError, VerifyError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.operations import Deployment
    from hue_infra.stacks.status import Endpoint
    from hue_infra.verify.report import Check, Report

CERTIFICATE = "province-ca.crt"
"""File that the lines to try keep the province's certificate in."""
STYLES = {"passed": "green", "failed": "bold red", "skipped": "yellow"}


def run(
    deployment: "Deployment",
    output: Output,
    deed: Callable[[Callable[[Event], None]], Outcome],
    tally: Mapping[str, int],
    name: str,
) -> Outcome:
    """Do *deed* to its end, showing its progress.

    Args:
        deployment: Whom to ask to stop at Ctrl-C.
        output: Where to show it.
        deed: What takes events and does the work.
        tally: How many steps of each layer are foretold.
        name: The command that goes on after an interrupt.

    Raises:
        EngineError: Something failed.
        KeyboardInterrupt: The operator stopped it.
    """
    resume = say("cli.resume", command=again(name))

    def tell() -> None:
        output.note(say("cli.stopping"), style="yellow")

    with interrupt.stopping(deployment.stop, tell) as interrupted:
        try:
            with progress.start(output, tally) as display:
                outcome = deed(display.on_event)
        finally:
            if interrupted():
                # Whatever came of it, the operator wanted an end and gets to know how to go on.
                output.note(resume)
                raise KeyboardInterrupt
    if not outcome.ok:
        raise EngineError(say("cli.run-failed") + errors(outcome), hint=resume)
    return outcome


def verify(deployment: "Deployment", output: Output) -> "Report":
    """Verify what stands, showing each check as it ends."""
    with progress.start(output, {}) as display:
        return deployment.verify(display.on_check)


def tally(report: "Report") -> dict[str, int]:
    """How many checks passed, failed and were skipped."""
    verdicts = [check.verdict for check in report.checks]
    return {name: verdicts.count(name) for name in ("passed", "failed", "skipped")}


def told(report: "Report", output: Output) -> None:
    """Show the checks that failed, or all when verbose, and how many there were."""
    shown = [item for item in report.checks if output.verbose or item.verdict != "passed"]
    if shown:
        headings = [say(f"cli.table-{name}") for name in ("verdict", "where", "check", "seen")]
        output.show(table(headings, [_row(check) for check in shown]))
    output.show(say("cli.verify-summary", **tally(report)))
    output.note(say("cli.evidence", path=str(report.file)), style="dim")


def require_passed(report: "Report") -> None:
    """Pass when no check failed.

    Raises:
        VerifyError: Some did.
    """
    if failed := tally(report)["failed"]:
        raise VerifyError(say("cli.verify-failed", count=failed), hint=say("cli.verify-hint"))


def show_endpoints(endpoints: "Sequence[Endpoint]", output: Output) -> None:
    """Show the addresses to open, and how to try the first from this machine."""
    if endpoints:
        output.show(heading(say("cli.endpoints")))
        pairs = {f"  {item.title}": f"{item.url}  {item.note}".rstrip() for item in endpoints}
        output.show(facts(pairs))
        output.show(heading(say("cli.try")))
        output.verbatim(f"  {again('ca')} > {CERTIFICATE}\n  {curl(endpoints[0])}")


def curl(endpoint: "Endpoint") -> str:
    """The line that opens an endpoint by its name in the province, trusting the province alone."""
    place = f"{endpoint.host}:{endpoint.port}"
    return f"curl --cacert {CERTIFICATE} --resolve {place}:{endpoint.address} https://{place}/"


def show_next(output: Output, *commands: str) -> None:
    """Say what can be done next; each command has the message ``cli.next-<its word>``."""
    output.note(f"\n{say('cli.next')}", style="bold")
    told = {}
    for command in commands:
        word, *rest = command.split(maxsplit=1)
        told[" ".join([again(word), *rest])] = say(f"cli.next-{word}")
    width = max(map(len, told))
    for line, meaning in told.items():
        output.note(f"  {line:<{width}}   {meaning}")


def check_data(check: "Check") -> dict[str, object]:
    """One check for a program."""
    return {
        "id": check.id,
        "what": check.what,
        "where": check.where,
        "verdict": check.verdict,
        "detail": check.detail,
        "seconds": check.seconds,
    }


def endpoint_data(endpoints: "Sequence[Endpoint]") -> list[dict[str, object]]:
    """Addresses for a program."""
    names = ("title", "url", "note", "host", "address", "port")
    return [{name: getattr(item, name) for name in names} for item in endpoints]


def done(outcome: Outcome) -> str:
    """Say how long a run took."""
    return say("cli.done", span=span(outcome.duration))


def _row(check: "Check") -> list[str | Text]:
    verdict = Text(say(f"cli.verdict-{check.verdict}"), style=STYLES[check.verdict])
    return [verdict, check.where, check.what, check.detail]
