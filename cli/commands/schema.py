"""``hue-infra schema``: the JSON Schema of the province file, for editors."""

import click

from hue_infra.cli import localised
from hue_infra.model.schema import province_schema


@localised.command("schema")
def command() -> None:
    """Print the JSON Schema of the province file."""
    click.echo(province_schema(), nl=False)
