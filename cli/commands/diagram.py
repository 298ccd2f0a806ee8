"""``hue-infra diagram``: the province as one SVG drawing."""

import sys
from pathlib import Path

import click

from hue_infra.cli import localised
from hue_infra.cli.description import describe
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import described
from hue_infra.cli.output import for_session
from hue_infra.cli.session import Session, pass_session
from hue_infra.report import diagram
from hue_infra.words import say


@localised.command("diagram")
@described
@localised.option("--output", "-o", type=click.Path(path_type=Path), metavar="file")
@pass_session
def command(session: Session, chosen: Chosen, output: Path | None) -> None:
    """Draw the province."""
    told = for_session(session)
    blueprint = describe(chosen).blueprint
    drawing = diagram.diagram(blueprint)
    if output is None and sys.stdout.isatty():
        # A drawing's text on a terminal helps nobody.
        output = Path(f"{blueprint.codename}.svg")
    if output is not None:
        output.write_text(drawing, "utf-8")
        told.note(say("cli.diagram-done", path=str(output)))
    elif not told.as_json:
        click.echo(drawing)
    told.document(path=str(output) if output else None, svg=None if output else drawing)
