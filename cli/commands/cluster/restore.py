"""``hue-infra cluster restore``: bring a cluster back to a snapshot."""

import dataclasses

from hue_infra.cli import caring, localised
from hue_infra.cli.commands.cluster import status as showing
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import held_against, yes_option
from hue_infra.cli.output import for_session, moment
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import VerifyError
from hue_infra.words import say


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
    name = care.plan.name
    warning = say("care.restore-warning", cluster=name, taken=moment(wanted.taken))
    question = say("care.type-name", cluster=name)
    if not (yes or caring.agreed(output, name, warning, question)):
        output.note(say("cli.nothing-done"))
        return
    output.note(say("care.restoring", name=wanted.name))
    status = care.restore(wanted)
    output.document(restored=dataclasses.asdict(wanted), **showing.document(status))
    showing.show(status, output)
    if not status.is_well:
        raise VerifyError(say("care.unwell", name=status.name), hint=say("care.restored-unwell"))
