"""``hue-infra engine state repair``: make a broken state whole again."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import editing, opening
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, yes_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine import repair
from hue_infra.words import say


@localised.command("repair", words="programs.state-repair")
@choosing
@yes_option
@pass_session
def command(session: Session, chosen: Chosen, yes: bool) -> None:
    """Show what is wrong with a state and what would mend it; mend it if told."""
    output = for_session(session)
    opened = opening.existing(chosen, output)
    with opened.store.lock():
        plan = repair.plan(opened.store.load(None, verified=False))
        output.document(
            stack=opened.name,
            problems=list(plan.problems),
            repairs=list(plan.repairs),
            left=list(plan.left),
        )
        if not plan.problems:
            output.show(say("programs.state-whole", stack=opened.name))
            return
        for title, lines in (("state-problems", plan.problems), ("state-repairs", plan.repairs)):
            editing.show(say(f"programs.{title}"), lines, output)
        if not plan.left and not editing.is_wanted(say("programs.state-mend"), output, yes=yes):
            return
        copy = repair.apply(opened.store, plan, opened.store.crypter(opened.passphrase))
    output.note(say("programs.state-mended", copy=copy))
