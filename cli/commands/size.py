"""``hue-infra size``: loads, recordings, machines and materials that the province needs."""

import dataclasses

from rich.table import Table

from hue_infra.cli import localised
from hue_infra.cli.description import describe
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import described
from hue_infra.cli.output import for_session, heading, table
from hue_infra.cli.session import Session, pass_session
from hue_infra.report import size
from hue_infra.units import Quantity


@localised.command("size")
@described
@pass_session
def command(session: Session, chosen: Chosen) -> None:
    """Reckon what the province needs."""
    output = for_session(session)
    blueprint = describe(chosen).blueprint
    figures = size.size(blueprint)
    output.document(
        codename=blueprint.codename, date=blueprint.date.isoformat(), **_fields(figures)
    )
    for one in size.tables(blueprint):
        output.show(heading(one.title))
        output.show(drawn(one))


def drawn(one: size.Table) -> Table:
    """A table of the report, ready to print."""
    right = [place for place, column in enumerate(one.columns) if column.is_number]
    return table([column.title for column in one.columns], one.rows, right)


def plain(value: object) -> object:
    """A figure for a program: quantities as they are written in the file, with their unit."""
    if isinstance(value, Quantity):
        return str(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return _fields(value) if dataclasses.is_dataclass(value) else value


def _fields(value: object) -> dict[str, object]:
    return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}  # type: ignore[attr-defined]
