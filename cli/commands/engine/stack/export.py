"""``hue-infra engine stack export``: the state of a stack as JSON."""

import json
from pathlib import Path

import click

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, secrets_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine import checkpoint
from hue_infra.errors import InputError
from hue_infra.words import say


@localised.command("export", words="programs.stack-export")
@choosing
@secrets_option
@localised.option("--file", type=click.Path(path_type=Path), metavar="file", room="programs")
@pass_session
def command(session: Session, chosen: Chosen, show_secrets: bool, file: Path | None) -> None:
    """Print the state of a stack, or write it to a file."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    if show_secrets:
        document = opened.engine().export(show_secrets=True)
    else:
        # Secrets stay as they are encrypted, so that nobody has to give the passphrase.
        document = checkpoint.export(opened.store.load(None), opened.crypter())
    text = json.dumps(document, ensure_ascii=False, indent=4) + "\n"
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as problem:
        raise InputError(say("programs.not-written", problem=str(problem))) from problem
