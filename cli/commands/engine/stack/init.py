"""``hue-infra engine stack init``: make a stack, empty."""

import os
from dataclasses import replace

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import InputError
from hue_infra.words import say


@localised.command("init", words="programs.stack-init")
@choosing
@localised.argument("stack_name", required=False)
@pass_session
def command(session: Session, chosen: Chosen, stack_name: str | None) -> None:
    """Make a stack."""
    output = for_session(session)
    name = stack_name or chosen.stack or os.environ.get(opening.STACK_VARIABLE)
    if not name:
        raise InputError(say("programs.init-name"))
    opened = opening.opened(replace(chosen, stack=name), output)
    opened.make()
    output.show(say("programs.stack-made", stack=opened.name))
