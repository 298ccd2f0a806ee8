"""``hue-infra completion``: the script by which a shell completes our words."""

import click
from click.shell_completion import get_completion_class

from hue_infra.cli import localised
from hue_infra.cli.localised import Choice

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "hue-infra"
VARIABLE = "_HUE_INFRA_COMPLETE"
"""Where click looks for a shell's question; it follows from the program's name."""


@localised.command("completion")
@localised.argument("shell", type=Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script for a shell."""
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click knows the shells that we name
    click.echo(made(ctx.find_root().command, {}, PROGRAM, VARIABLE).source())
