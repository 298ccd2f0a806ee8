"""``hue-infra engine preview``: what ``engine up`` would do; touches no resource."""

from dataclasses import replace

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening, running
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import Wanted, foretelling
from hue_infra.cli.session import Session, pass_session


@localised.command("preview", words="programs.preview")
@foretelling
@pass_session
def command(session: Session, chosen: Chosen, wanted: Wanted) -> None:
    """Show what ``up`` would do."""
    output = for_session(session)
    opened = opening.opened(chosen, output)
    running.perform("up", opened, replace(wanted, preview_only=True), output)
