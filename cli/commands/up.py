"""``hue-infra up``: preview, gate, ask, build, verify, and say which addresses to open."""

from typing import TYPE_CHECKING

from hue_infra.cli import checkpoints, deeds, diffview, localised, opening, progress
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import gated, yes_option
from hue_infra.cli.output import Output, for_session, span
from hue_infra.cli.session import Session, pass_session
from hue_infra.engine.api import Outcome
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.stacks.operations import Deployment


@localised.command("up")
@gated
@yes_option
@pass_session
def command(session: Session, chosen: Chosen, yes: bool) -> None:
    """Build the province, or bring it up to its file."""
    output = for_session(session)
    deployment = opening.opened(chosen, output.ask)
    equip(deployment, output, yes=yes)
    checkpoints.require_machine(deployment)
    checkpoints.require_rules(deployment, output)
    deployment.require_versions()
    plan = checkpoints.plan(deployment, output)
    if not plan.has_changes():
        if not plan.diagnostics:
            deployment.forget_drift()
        standing(deployment, output, plan)
        return
    for line in diffview.lines(plan, width=output.out.width, verbose=output.verbose):
        output.show(line)
    if not agreed(output, say("cli.up-question", stack=deployment.name), yes=yes):
        output.note(say("cli.nothing-done"))
        return
    build(deployment, output, plan)


def equip(deployment: "Deployment", output: Output, *, yes: bool) -> None:
    """Install the packages that this machine lacks, when it can and the operator agrees."""
    missing = deployment.missing_packages()
    names = " ".join(missing)
    if missing and agreed(output, say("cli.install-question", packages=names), yes=yes):
        output.note(say("cli.installing", packages=names), style="dim")
        deployment.install(lambda _line: None)


def standing(deployment: "Deployment", output: Output, plan: Outcome) -> None:
    """Leave all as it is; prove what an earlier run built and did not come to prove."""
    if deployment.is_proved():
        unchanged(deployment, output, plan)
    else:
        output.note(say("cli.unproved"))
        prove(deployment, output, plan, changed=False)


def unchanged(deployment: "Deployment", output: Output, plan: Outcome) -> None:
    """Say that all is as the file wants it, and where it can be opened."""
    endpoints = deployment.endpoints()
    output.show(say("cli.no-changes", span=span(plan.duration)))
    deeds.show_endpoints(endpoints, output)
    deeds.show_next(output, "status", "verify", "destroy")
    output.document(
        stack=deployment.name,
        changed=False,
        **diffview.document(plan),
        endpoints=deeds.endpoint_data(endpoints),
    )


def agreed(output: Output, question: str, *, yes: bool) -> bool:
    """Whether the operator agrees.

    Raises:
        InputError: Nobody is there to ask, and ``--yes`` was not given.
    """
    if yes:
        return True
    output.require_somebody()
    output.note()
    return output.confirm(question)


def build(deployment: "Deployment", output: Output, plan: Outcome) -> None:
    """Apply the plan, and prove what stands then."""
    deployment.write_lock()
    output.note()
    outcome = deeds.run(deployment, output, deployment.up, progress.expected(plan.steps), "up")
    output.note(f"\n{deeds.done(outcome)} {say('cli.verifying')}")
    prove(deployment, output, outcome, changed=True)


def prove(deployment: "Deployment", output: Output, outcome: Outcome, *, changed: bool) -> None:
    """Verify what stands, keep it for the next lab, and tell what to do next."""
    report = deeds.verify(deployment, output)
    deeds.told(report, output)
    endpoints = deployment.endpoints()
    output.document(
        stack=deployment.name,
        changed=changed,
        seconds=round(outcome.duration, 1),
        **diffview.document(outcome),
        verification=deeds.tally(report),
        evidence=str(report.file),
        checks=[deeds.check_data(check) for check in report.checks],
        endpoints=deeds.endpoint_data(endpoints),
    )
    deeds.require_passed(report)
    deployment.keep()
    deeds.show_endpoints(endpoints, output)
    deeds.show_next(output, "status", "verify", "destroy")
