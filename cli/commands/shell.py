"""``hue-infra shell``: a shell on a machine of the lab."""

import os
import sys

import click

from hue_infra.cli import localised, opening
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import in_lab
from hue_infra.cli.output import for_session
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import InputError
from hue_infra.lab.lab import Lab
from hue_infra.words import say


@localised.command("shell")
@in_lab
@localised.argument("machine")
@localised.argument("words", nargs=-1, type=click.UNPROCESSED)
@pass_session
def command(session: Session, chosen: Chosen, machine: str, words: tuple[str, ...]) -> None:
    """Open a shell on a machine, or run one command there."""
    deployment = opening.opened(chosen, for_session(session).ask)
    lab = Lab(deployment.home / "lab")
    names = lab.machines()
    if machine not in names:
        near = localised.nearest(machine, names)
        hint = say("cli.shell-machines", names=", ".join(names)) if names else say("cli.shell-none")
        raise InputError(say("cli.shell-unknown", name=machine) + near, hint=hint)
    argv = lab.shell_argv(machine, words)
    sys.stdout.flush()
    os.execvp(argv[0], argv)  # noqa: S606 - the operator's own shell takes our place
