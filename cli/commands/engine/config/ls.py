"""``hue-infra engine config ls``: all settings of a stack."""

from hue_infra.cli import localised
from hue_infra.cli.output import for_session, table
from hue_infra.cli.programs import opening, setting
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, secrets_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say


@localised.command("ls", words="programs.config-ls")
@choosing
@secrets_option
@pass_session
def command(session: Session, chosen: Chosen, show_secrets: bool) -> None:
    """List the settings of a stack, the project's own among them."""
    output = for_session(session)
    opened = opening.configured(chosen, output)
    found = setting.every(opened, show_secrets=show_secrets)
    documents = {key: setting.document(found[key], show=show_secrets) for key in sorted(found)}
    output.raw(documents)
    rows = [(setting.pretty(opened, key), found[key].text) for key in sorted(found)]
    output.show(table((say("programs.config-key"), say("programs.config-value")), rows))
