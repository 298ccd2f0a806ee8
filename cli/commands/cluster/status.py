"""``hue-infra cluster status``: how a cluster stands, and why what hangs does."""

import dataclasses
from typing import TYPE_CHECKING

from rich.text import Text

from hue_infra.cli import caring, localised
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import held_against
from hue_infra.cli.output import Output, facts, for_session, heading, moment, table
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import VerifyError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.care import ClusterStatus, Expiry

SOON = 30
"""Days before its end at which a certificate is worth a warning."""


@localised.command("status", words="care.status")
@held_against
@caring.cluster_option
@pass_session
def command(session: Session, chosen: Chosen, cluster: str | None) -> None:
    """Show how a cluster stands."""
    output = for_session(session)
    status = caring.opened(chosen, cluster, output).status()
    output.document(**document(status))
    show(status, output)
    if not status.is_well:
        raise VerifyError(say("care.unwell", name=status.name), hint=say("care.unwell-hint"))


def show(status: "ClusterStatus", output: Output) -> None:
    """Show nodes, what hangs, the certificates that end first, and the newest snapshot."""
    output.show(facts(overview(status)))
    rows = [(node.name, node.version, _state(node.waits_for)) for node in status.nodes]
    if rows:
        output.show()
        output.show(table(_headings("node", "version", "state"), rows))
    shown = status.workloads if output.verbose else status.hanging
    rows = [(f"{one.namespace}/{one.name}", one.kind, _state(one.waits_for)) for one in shown]
    page, closed = say("care.page"), say("care.closed")
    rows += [(f"https://{host}/", page, _state(closed)) for host in status.closed]
    if rows:
        output.show()
        output.show(table(_headings("workload", "kind", "state"), rows))
    if output.verbose:
        output.show(heading(say("care.certificates")))
        output.show(facts({f"  {one.name}": _until(one) for one in status.certificates}))
    if status.certificates and status.certificates[0].days < SOON:
        output.warn(say("care.soon", name=status.certificates[0].name, days=SOON))


def overview(status: "ClusterStatus") -> dict[str, str]:
    """The cluster in a few lines."""
    newest = next(iter(status.snapshots), None)
    first = next(iter(status.certificates), None)
    whole = len(status.workloads) - len(status.hanging)
    return {
        say("care.fact-cluster"): status.name,
        say("care.fact-server"): f"{status.server}  {status.silent or say('care.answers')}",
        say("care.fact-workloads"): "-"
        if status.silent
        else say("care.whole-of", whole=whole, every=len(status.workloads)),
        say("care.fact-certificates"): f"{first.name}: {_until(first)}" if first else "-",
        say("care.fact-snapshot"): say(
            "care.newest", count=len(status.snapshots), moment=moment(newest.taken)
        )
        if newest
        else say("care.no-snapshots"),
    }


def document(status: "ClusterStatus") -> dict[str, object]:
    """The same for a program."""
    certificates = [
        {"name": one.name, "until": one.until.isoformat(), "days": one.days}
        for one in status.certificates
    ]
    return {**dataclasses.asdict(status), "well": status.is_well, "certificates": certificates}


def _headings(*names: str) -> list[str]:
    return [say(f"care.table-{name}") for name in names]


def _state(waits_for: str) -> Text:
    return Text(waits_for, style="red") if waits_for else Text(say("care.fine"), style="green")


def _until(certificate: "Expiry") -> str:
    return say("care.until", moment=moment(certificate.until.isoformat()), days=certificate.days)
