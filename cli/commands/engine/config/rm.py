"""``hue-infra engine config rm``: take settings of a stack away."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, path_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say


@localised.command("rm", words="programs.config-rm")
@choosing
@path_option
@localised.argument("keys", nargs=-1, required=True)
@pass_session
def command(session: Session, chosen: Chosen, path: bool, keys: tuple[str, ...]) -> None:
    """Take settings away; one that is not there is no failure."""
    output = for_session(session)
    opened = opening.configured(chosen, output)
    for key in keys:
        if not opened.settings.remove(key, path=path):
            output.note(say("programs.config-none", key=key, stack=opened.name))
