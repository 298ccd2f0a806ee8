"""``hue-infra engine config set``: give a setting of a stack a value."""

import sys

from hue_infra.cli import localised
from hue_infra.cli.output import Output, for_session
from hue_infra.cli.programs import opening, setting
from hue_infra.cli.programs.opening import Chosen
from hue_infra.cli.programs.options import choosing, path_option
from hue_infra.cli.session import Session, pass_session
from hue_infra.words import say


@localised.command("set", words="programs.config-set")
@choosing
@path_option
@localised.option("--secret", is_flag=True, room="programs")
@localised.option("--plaintext", is_flag=True, room="programs")
@localised.option("--raw", is_flag=True, room="programs")
@localised.argument("key")
@localised.argument("value", required=False)
@pass_session
def command(
    session: Session, /, chosen: Chosen, key: str, value: str | None, **given: bool
) -> None:
    """Record the value of a setting, given as argument, on stdin or when asked."""
    output = for_session(session)
    opened = opening.configured(chosen, output)
    text = _asked(output, key, secret=given["secret"], raw=given["raw"]) if value is None else value
    setting.keep(opened, key, text, path=given["path"], secret=given["secret"])
    if not (given["secret"] or given["plaintext"]) and setting.looks_secret(key, text):
        output.warn(say("programs.config-clear", key=key))


def _asked(output: Output, key: str, *, secret: bool, raw: bool) -> str:
    """The value from stdin, or from the operator, unseen if it is secret."""
    question = say("programs.config-ask", key=key)
    if sys.stdin.isatty():
        return output.secret(question) if secret else output.answer(question)
    text = sys.stdin.read()
    return text if raw else text.removesuffix("\n").removesuffix("\r")
