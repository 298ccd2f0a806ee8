"""``hue-infra schema``: the JSON Schema of the province file, for editors."""

import json

import click

from hue_infra.cli import localised
from hue_infra.model.province import Province


@localised.command("schema")
def command() -> None:
    """Print the JSON Schema of the province file."""
    click.echo(json.dumps(Province.model_json_schema(), ensure_ascii=False, indent=2))
