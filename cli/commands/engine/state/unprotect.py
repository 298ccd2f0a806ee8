"""``hue-infra engine state unprotect``: let resources be deleted again."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import editing, opening
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, yes_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine import edits


@localised.command("unprotect", words="programs.state-unprotect")
@choosing
@yes_option
@localised.option("--all", is_flag=True, room="programs")
@localised.argument("urns", nargs=-1)
@pass_session
def command(
    session: Session, /, chosen: Chosen, yes: bool, urns: tuple[str, ...], **given: bool
) -> None:
    """Take the protection off resources."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    wanted = editing.chosen(urns, everything=given["all"])
    editing.edit(opened, lambda snapshot: edits.unprotected(snapshot, wanted), output, yes=yes)
