"""``hue-infra cluster upgrade``: bring a cluster to the Kubernetes version of this release."""

import dataclasses
from typing import TYPE_CHECKING

from hue_infra.cli import caring, localised
from hue_infra.cli.commands.cluster import status as showing
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import held_against, yes_option
from hue_infra.cli.output import Output, for_session, table
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import RemoteError, VerifyError
from hue_infra.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hue_infra.stacks.care import ClusterStatus
    from hue_infra.stacks.upgrades import Turn, Upgrade


@localised.command("upgrade", words="care.upgrade")
@held_against
@caring.cluster_option
@yes_option
@pass_session
def command(session: Session, chosen: Chosen, cluster: str | None, yes: bool) -> None:
    """Bring a cluster to the version of this release, one machine at a time."""
    output = for_session(session)
    care, upgrade = caring.on_the_way(chosen, cluster, output)
    turns = upgrade.turns()
    name, version = care.plan.name, upgrade.version
    if not turns:
        output.document(cluster=name, version=version, upgraded=[])
        output.note(say("care.at-version", name=name, version=version))
        return
    require_ready(care.status(), output)
    show(turns, version, output)
    warning = say("care.upgrade-warning", cluster=name, version=version)
    if not (yes or caring.agreed(output, name, warning, say("care.type-name", cluster=name))):
        output.note(say("cli.nothing-done"))
        return
    go(upgrade, turns, output)
    status = care.awaited()
    upgraded = [dataclasses.asdict(turn) for turn in turns]
    output.document(version=version, upgraded=upgraded, **showing.document(status))
    showing.show(status, output)
    if not status.is_well:
        raise VerifyError(say("care.unwell", name=name), hint=say("care.upgraded-unwell"))
    output.note(say("care.upgraded", name=name, version=version))


def require_ready(status: "ClusterStatus", output: Output) -> None:
    """Pass when the API server answers and every node is ready; tell what hangs already.

    Raises:
        RemoteError: One is not: another machine must not be taken out beside it.
    """
    lame = [f"{node.name}: {node.waits_for}" for node in status.nodes if node.waits_for]
    if why := status.silent or "; ".join(lame):
        problem = say("care.not-ready", name=status.name, why=why)
        raise RemoteError(problem, hint=say("care.not-ready-hint"))
    for one in status.hanging:
        output.warn(say("care.hangs", name=f"{one.namespace}/{one.name}", why=one.waits_for))


def show(turns: "Sequence[Turn]", version: str, output: Output) -> None:
    """Show the machines in the order of their turns."""
    rows = [(turn.machine, turn.runs, version) for turn in turns]
    output.show(table([say(f"care.table-{name}") for name in ("node", "version", "to")], rows))


def go(upgrade: "Upgrade", turns: "Sequence[Turn]", output: Output) -> None:
    """Bring one machine after the other to the version, and say what is being done."""

    def tell(line: str) -> None:
        output.note(f"  {line}", style="dim")

    artefacts = upgrade.artefacts(tell)
    for turn in turns:
        output.note(say("care.turn", name=turn.machine, runs=turn.runs, to=upgrade.version))
        upgrade.perform(turn, artefacts, tell)
