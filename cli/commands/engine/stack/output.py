"""``hue-infra engine stack output``: the outputs of a stack."""

import click

from hue_infra.cli import localised
from hue_infra.cli.localised import nearest
from hue_infra.cli.output import for_session, table
from hue_infra.cli.programs import opening, outputs
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, secrets_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import InputError
from hue_infra.words import say


@localised.command("output", words="programs.stack-output")
@choosing
@secrets_option
@localised.option("--shell", is_flag=True, room="programs")
@localised.argument("property_name", required=False)
@pass_session
def command(
    session: Session, chosen: Chosen, show_secrets: bool, shell: bool, property_name: str | None
) -> None:
    """Show the outputs of a stack, or one of them."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    found = outputs.of_stack(opened, show_secrets=show_secrets)
    if property_name is not None and property_name not in found:
        near = nearest(property_name, list(found))
        problem = say("programs.no-output", stack=opened.name, name=property_name)
        raise InputError(problem + near)
    if shell:
        chosen_names = found if property_name is None else [property_name]
        click.echo(
            "".join(outputs.assignment(name, found[name]) for name in chosen_names), nl=False
        )
    elif property_name is not None:
        output.raw(found[property_name])
        output.verbatim(outputs.text(found[property_name]))
    else:
        output.raw(found)
        headings = (say("programs.output-name"), say("programs.output-value"))
        output.show(table(headings, [(name, outputs.text(found[name])) for name in found]))
