"""``hue-infra ca``: the province's own root certificate, for whoever shall trust its pages."""

from hue_infra.cli import localised, opening
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import named
from hue_infra.cli.output import for_session
from hue_infra.cli.session import Session, pass_session


@localised.command("ca")
@named
@pass_session
def command(session: Session, chosen: Chosen) -> None:
    """Print the certificate of the province's authority."""
    output = for_session(session)
    deployment = opening.opened(chosen, output.ask)
    certificate = deployment.authority_certificate()
    output.document(stack=deployment.name, certificate=certificate)
    output.verbatim(certificate)
