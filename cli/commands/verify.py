"""``hue-infra verify``: prove that what stands does what it must."""

from hue_infra.cli import deeds, localised, opening
from hue_infra.cli.checkpoints import require_machine
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import held_against
from hue_infra.cli.output import for_session
from hue_infra.cli.session import Session, pass_session


@localised.command("verify")
@held_against
@pass_session
def command(session: Session, chosen: Chosen) -> None:
    """Check the machines and the services across them."""
    output = for_session(session)
    deployment = opening.opened(chosen, output.ask)
    require_machine(deployment)
    report = deeds.verify(deployment, output)
    deeds.told(report, output)
    output.document(
        stack=deployment.name,
        verification=deeds.tally(report),
        evidence=str(report.file),
        checks=[deeds.check_data(check) for check in report.checks],
    )
    deeds.require_passed(report)
