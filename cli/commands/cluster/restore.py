"""``hue-infra cluster restore``: bring a cluster back to a snapshot."""

import dataclasses
from typing import TYPE_CHECKING

from hue_infra.cli import caring, localised
from hue_infra.cli.commands.cluster import status as showing
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import held_against, yes_option
from hue_infra.cli.output import Output, for_session, moment
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import InputError, VerifyError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.care import Care, Snapshot


@localised.command("restore", words="care.restore")
@held_against
@caring.cluster_option
@yes_option
@localised.argument("snapshot")
@pass_session
def command(
    session: Session, chosen: Chosen, cluster: str | None, yes: bool, snapshot: str
) -> None:
    """Bring a cluster back to a snapshot."""
    output = for_session(session)
    care = caring.opened(chosen, cluster, output)
    wanted = care.chosen(snapshot)
    if not (yes or agreed(care, wanted, output)):
        output.note(say("cli.nothing-done"))
        return
    output.note(say("care.restoring", name=wanted.name))
    status = care.restore(wanted)
    output.document(restored=dataclasses.asdict(wanted), **showing.document(status))
    showing.show(status, output)
    if not status.is_well:
        raise VerifyError(say("care.unwell", name=status.name), hint=say("care.restored-unwell"))


def agreed(care: "Care", wanted: "Snapshot", output: Output) -> bool:
    """Whether the operator typed the cluster's name.

    Raises:
        InputError: Nobody is there to ask, and ``--yes`` was not given.
    """
    if not output.interactive:
        raise InputError(say("cli.nobody-to-ask"), hint=say("cli.nobody-to-ask-hint"))
    name = care.plan.name
    warning = say("care.restore-warning", cluster=name, taken=moment(wanted.taken))
    output.note(warning, style="bold red")
    return output.type_again(say("care.restore-question", cluster=name), name)
