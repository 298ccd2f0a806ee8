"""``hue-infra cluster kubeconfig``: a way into a cluster that ends by itself."""

from hue_infra.cli import caring, localised
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import Count, held_against
from hue_infra.cli.output import for_session
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import InputError
from hue_infra.words import say

HOURS = 8
LONGEST = 24 * 7
"""Hours: a certificate cannot be taken back, only wait for its end."""


@localised.command("kubeconfig", words="care.kubeconfig")
@held_against
@caring.cluster_option
@localised.option("--admin", is_flag=True, room="care")
@localised.option("--hours", type=Count(), default=HOURS, metavar="count", room="care")
@pass_session
def command(session: Session, chosen: Chosen, cluster: str | None, admin: bool, hours: int) -> None:
    """Print a kubeconfig for the operator alone."""
    output = for_session(session)
    if hours > LONGEST:
        raise InputError(say("care.too-long", hours=hours, longest=LONGEST))
    kubeconfig = caring.opened(chosen, cluster, output).kubeconfig(hours, admin=admin)
    output.document(kubeconfig=kubeconfig, hours=hours, admin=admin)
    output.verbatim(kubeconfig)
    output.note(say("care.secret", hours=hours), style="yellow")
