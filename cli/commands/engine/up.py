"""``hue-infra engine up``: make the world as a program says."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening, running
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import Wanted, building
from hue_infra.cli.session import Session, pass_session


@localised.command("up", words="programs.up")
@building
@pass_session
def command(session: Session, chosen: Chosen, wanted: Wanted) -> None:
    """Create or update the resources of a stack."""
    output = for_session(session)
    running.perform("up", opening.opened(chosen, output), wanted, output)
