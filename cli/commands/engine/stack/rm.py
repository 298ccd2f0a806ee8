"""``hue-infra engine stack rm``: forget a stack and its settings."""

from dataclasses import replace

from hue_infra.cli import localised
from hue_infra.cli.output import Output, for_session
from hue_infra.cli.programs import opening
from hue_infra.cli.programs.opening import Chosen, Opened
from hue_infra.cli.programs.options import choosing, yes_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.errors import InputError
from hue_infra.words import say


@localised.command("rm", words="programs.stack-rm")
@choosing
@yes_option
@localised.option("--force", is_flag=True, room="programs")
@localised.option("--preserve-config", is_flag=True, room="programs")
@localised.argument("stack_name", required=False)
@pass_session
def command(
    session: Session, /, chosen: Chosen, stack_name: str | None, yes: bool, **given: bool
) -> None:
    """Forget a stack; one with resources only by force."""
    output = for_session(session)
    opened = opening.existing(replace(chosen, stack=stack_name or chosen.stack), output)
    left = [state for state in opened.store.resources() if state.type != ROOT_TYPE]
    if left and not given["force"]:
        raise InputError(
            say("programs.stack-not-empty", stack=opened.name, count=len(left)),
            hint=say("programs.stack-not-empty-hint", stack=opened.name),
        )
    if not yes and not _agreed(opened, output):
        output.note(say("cli.nothing-done"))
        return
    opened.forget(keep_settings=given["preserve_config"])
    output.show(say("programs.stack-removed", stack=opened.name))


def _agreed(opened: Opened, output: Output) -> bool:
    output.require_somebody()
    output.note(say("programs.stack-rm-warning", stack=opened.name), style="bold red")
    return output.type_again(say("cli.destroy-question", stack=opened.name), opened.name)
