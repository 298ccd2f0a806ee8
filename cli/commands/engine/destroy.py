"""``hue-infra engine destroy``: remove every resource of a stack."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening, running
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import Wanted, destroying
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say


@localised.command("destroy", words="programs.destroy")
@destroying
@pass_session
def command(session: Session, chosen: Chosen, wanted: Wanted) -> None:
    """Remove the resources of a stack."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    if not running.perform("destroy", opened, wanted, output):
        return
    if wanted.remove and not opened.store.resources():
        opened.forget()
        output.show(say("programs.stack-removed", stack=opened.name))
    else:
        output.note(say("programs.stack-kept", stack=opened.name))
