"""``hue-infra destroy``: remove everything a stack has built."""

from typing import TYPE_CHECKING

from hue_infra.cli import deeds, localised, opening
from hue_infra.cli.layers import by_layer, title_of
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import settings, yes_option
from hue_infra.cli.output import Output, for_session, table
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.operations import Deployment


@localised.command("destroy")
@settings
@yes_option
@pass_session
def command(session: Session, chosen: Chosen, yes: bool) -> None:
    """Remove everything the stack has built."""
    output = for_session(session)
    deployment = opening.opened(chosen, output.ask)
    before = deployment.status()
    tally = by_layer(before.resources)
    if not agreed(deployment, output, tally, yes=yes):
        output.note(say("cli.nothing-done"))
        return
    # Also with nothing recorded: a killed run may have left things that no state names.
    outcome = deeds.run(deployment, output, deployment.destroy, tally, "destroy")
    empty = not before.resources
    output.show(say("cli.destroy-nothing" if empty else "cli.destroy-done", stack=deployment.name))
    output.document(
        stack=deployment.name,
        removed=len(before.resources),
        by_layer=tally,
        seconds=round(outcome.duration, 1),
    )


def agreed(deployment: "Deployment", output: Output, tally: dict[str, int], *, yes: bool) -> bool:
    """Whether the operator typed the stack's name.

    Raises:
        InputError: Nobody is there to ask, and ``--yes`` was not given.
    """
    if yes or not tally:
        return True
    output.require_somebody()
    rows = [(title_of(layer), str(count)) for layer, count in tally.items()]
    headings = (say("cli.table-layer"), say("cli.table-resources"))
    output.note(say("cli.destroy-warning", stack=deployment.name), style="bold red")
    output.err.print(table(headings, rows, right=(1,)))
    question = say("cli.destroy-question", stack=deployment.name)
    return output.type_again(question, deployment.name)
