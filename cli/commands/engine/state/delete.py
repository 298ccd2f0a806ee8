"""``hue-infra engine state delete``: forget resources without touching them."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import editing, opening
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, yes_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine import edits
from hue_infra.engine.state import Snapshot


@localised.command("delete", words="programs.state-delete")
@choosing
@yes_option
@localised.option("--all", is_flag=True, room="programs")
@localised.option("--force", is_flag=True, room="programs")
@localised.option("--target-dependents", is_flag=True, room="programs")
@localised.argument("urns", nargs=-1)
@pass_session
def command(
    session: Session, /, chosen: Chosen, yes: bool, urns: tuple[str, ...], **given: bool
) -> None:
    """Forget resources of a state."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    wanted = editing.chosen(urns, everything=given["all"])

    def change(snapshot: Snapshot) -> Snapshot:
        if wanted is None:
            return edits.emptied(snapshot, force=given["force"])
        dependents = given["target_dependents"]
        return edits.without(snapshot, wanted, dependents=dependents, force=given["force"])

    editing.edit(opened, change, output, yes=yes)
