"""``hue-infra engine stack import``: replace the state of a stack by an exported one."""

import json
import sys
from pathlib import Path
from typing import cast

import click

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening
from hue_infra.cli.programs.opening import Chosen, Opened
from hue_infra.cli.programs.options import choosing
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine import checkpoint
from hue_infra.errors import InputError
from hue_infra.words import say


@localised.command("import", words="programs.stack-import")
@choosing
@localised.option("--file", type=click.Path(path_type=Path), metavar="file", room="programs")
@localised.option("--force", is_flag=True, room="programs")
@pass_session
def command(session: Session, chosen: Chosen, file: Path | None, force: bool) -> None:
    """Replace the state of a stack by what a file or stdin holds."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    name = str(file) if file else "stdin"
    document = _parsed(file, name)
    if not force:
        _check_own(opened, document, name)
    opened.engine().import_(document)
    output.show(say("programs.imported", stack=opened.name))


def _parsed(file: Path | None, name: str) -> dict[str, object]:
    try:
        text = file.read_text("utf-8") if file else sys.stdin.read()
        parsed = json.loads(text)
    except (OSError, ValueError) as problem:
        raise InputError(say("programs.not-read", file=name, problem=str(problem))) from problem
    if not isinstance(parsed, dict):
        raise InputError(say("programs.not-read", file=name, problem=say("host.no-mapping")))
    return cast("dict[str, object]", parsed)


def _check_own(opened: Opened, document: dict[str, object], name: str) -> None:
    """Pass when every resource in *document* is of the opened stack.

    Raises:
        InputError: Some are of another.
    """
    own = f"urn:pulumi:{opened.name}::{opened.project.name}::"
    states = checkpoint.from_document(document, name).decode(None).resources
    foreign = [state.urn for state in states if not state.urn.startswith(own)]
    if foreign:
        raise InputError(
            say("programs.import-foreign", file=name, stack=opened.name, urn=foreign[0]),
            hint=say("programs.import-foreign-hint"),
        )
