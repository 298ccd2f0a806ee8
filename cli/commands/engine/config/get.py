"""``hue-infra engine config get``: one setting of a stack."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening, setting
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, path_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import InputError
from hue_infra.words import say


@localised.command("get", words="programs.config-get")
@choosing
@path_option
@localised.argument("key")
@pass_session
def command(session: Session, chosen: Chosen, path: bool, key: str) -> None:
    """Print the value of a setting."""
    output = for_session(session)
    opened = opening.configured(chosen, output)
    found = setting.one(opened, key, path=path)
    if found is None:
        raise InputError(say("programs.config-none", key=key, stack=opened.name))
    output.raw(setting.document(found, show=True))
    output.verbatim(found.text)
