"""``hue-infra cluster rotate-key``: encrypt a cluster's secrets by another key."""

from hue_infra.cli import caring, localised
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import held_against
from hue_infra.cli.output import for_session
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say


@localised.command("rotate-key", words="care.rotate-key")
@held_against
@caring.cluster_option
@pass_session
def command(session: Session, chosen: Chosen, cluster: str | None) -> None:
    """Encrypt every secret by a new key, and forget the old one."""
    output = for_session(session)
    care = caring.opened(chosen, cluster, output)
    name = care.rotate(lambda line: output.note(line, style="dim"))
    snapshot = care.save()
    output.document(cluster=care.plan.name, key=name, snapshot=snapshot.name)
    output.note(say("care.key-changed", name=care.plan.name, key=name))
