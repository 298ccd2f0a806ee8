"""``hue-infra preview``: what ``up`` would do; touches nothing."""

from hue_infra.cli import checkpoints, deeds, diffview, localised, opening
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import gated
from hue_infra.cli.output import for_session, span
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import DriftError
from hue_infra.words import say


@localised.command("preview")
@gated
@localised.option("--expect-no-changes", is_flag=True)
@pass_session
def command(session: Session, chosen: Chosen, expect_no_changes: bool) -> None:
    """Show what ``up`` would do."""
    output = for_session(session)
    deployment = opening.opened(chosen, output.ask)
    checkpoints.require_rules(deployment, output)
    plan = checkpoints.plan(deployment, output)
    output.document(stack=deployment.name, changed=plan.has_changes(), **diffview.document(plan))
    if not plan.has_changes():
        output.show(say("cli.no-changes", span=span(plan.duration)))
        return
    for line in diffview.lines(plan, width=output.out.width, verbose=output.verbose):
        output.show(line)
    if expect_no_changes:
        raise DriftError(say("cli.changes-pending"), hint=say("cli.changes-pending-hint"))
    deeds.show_next(output, "up")
