"""``hue-infra engine refresh``: record every resource of a stack as it really is."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening, running
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import Wanted, refreshing
from hue_infra.cli.session import Session, pass_session


@localised.command("refresh", words="programs.refresh")
@refreshing
@pass_session
def command(session: Session, chosen: Chosen, wanted: Wanted) -> None:
    """Record the resources of a stack as they are."""
    output = for_session(session)
    running.perform("refresh", opening.existing(chosen, output), wanted, output)
