"""``hue-infra new``: begin a province of one's own from a reference province."""

import shutil
from pathlib import Path

import click

from hue_infra.cli import deeds, localised
from hue_infra.cli.localised import Choice
from hue_infra.cli.options import FILE, REFERENCE, SHIPPED, shipped
from hue_infra.cli.output import for_session
from hue_infra.cli.session import Session, pass_session
from hue_infra.errors import InputError
from hue_infra.words import say

SCHEMA = "province.schema.json"
KEPT_OUT = ("*.lock", "__pycache__")  # the addresses of the reference are not the newcomer's


@localised.command("new")
@localised.argument("directory", type=click.Path(path_type=Path))
@localised.option("--from", "reference", type=Choice(shipped()), default=REFERENCE)
@pass_session
def command(session: Session, directory: Path, reference: str) -> None:
    """Copy a reference province into a new directory."""
    output = for_session(session)
    if directory.exists() and any(directory.iterdir() if directory.is_dir() else [directory]):
        problem = say("cli.new-exists", path=str(directory))
        raise InputError(problem, hint=say("cli.new-exists-hint"))
    ignore = shutil.ignore_patterns(*KEPT_OUT)
    shutil.copytree(SHIPPED / reference, directory, ignore=ignore, dirs_exist_ok=True)
    path = directory / FILE
    keep_schema(path)
    output.document(province=str(path), reference=reference)
    output.show(say("cli.new-done", path=str(path)))
    where = f"--province {directory}"
    deeds.show_next(output, f"validate {where}", f"size {where}", f"up {where}")


def keep_schema(path: Path) -> None:
    """Put the schema beside the new file, where its first line tells editors to look."""
    shutil.copy(SHIPPED / SCHEMA, path.with_name(SCHEMA))
    text = path.read_text("utf-8")
    path.write_text(text.replace(f"$schema=../{SCHEMA}", f"$schema={SCHEMA}"), "utf-8")
