"""Options that several commands share, declared once."""

import datetime
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

import hue_infra
from hue_infra.cli.localised import Choice, Decorator, option
from hue_infra.cli.opening import Chosen
from hue_infra.errors import InputError
from hue_infra.words import say

FILE = "province.yaml"
SHIPPED = Path(hue_infra.__file__).parent / "provinces"
REFERENCE = "hue"


class Date(click.ParamType[datetime.date]):
    """A day as ``2022-01-05``."""

    name = "date"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime.date:
        """Return the day that *value* writes."""
        try:
            return datetime.date.fromisoformat(str(value))
        except ValueError:
            self.fail(say("cli.error-date", value=str(value)), param, ctx)


class Count(click.ParamType[int]):
    """A whole number, at least one."""

    name = "count"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number that *value* writes."""
        if not str(value).isdecimal() or int(value) < 1:
            self.fail(say("cli.error-count", value=str(value)), param, ctx)
        return int(value)


def shipped() -> list[str]:
    """The names of the reference provinces that come with the program."""
    return sorted(path.parent.name for path in SHIPPED.glob(f"*/{FILE}"))


def province_file(named: str | None) -> Path:
    """The file of the province *named* by path or name; by default the one at hand.

    Raises:
        InputError: There is no such file or shipped province.
    """
    if named is None:
        here = Path(FILE)
        return here if here.is_file() else SHIPPED / REFERENCE / FILE
    given = Path(named)
    for path in (given, given / FILE, SHIPPED / named / FILE):
        if path.is_file():
            return path
    raise InputError(
        say("cli.no-province", name=named),
        hint=say("cli.no-province-hint", names=", ".join(shipped())),
    )


province_option = option("--province", metavar="province")
stack_option = option("--stack", metavar="stack")
date_option = option("--date", type=Date(), metavar="date")
target_option = option("--target", type=Choice(("lab", "ssh")), default="lab")
scope_option = option("--scope", type=Choice(("lab", "province")))
parallel_option = option("--parallel", type=Count(), default=8, metavar="count")
yes_option = option("--yes", "-y", is_flag=True)


def settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* the options that choose a deployment, as one argument ``chosen``."""

    @functools.wraps(command)
    def chosen_command(
        *args: object,
        province: str | None,
        scope: Literal["lab", "province"] | None,
        target: Literal["lab", "ssh"],
        **rest: Any,  # noqa: ANN401 - the other options, by name
    ) -> None:
        chosen = Chosen(
            province=province_file(province),
            stack=rest.pop("stack"),
            date=rest.pop("date"),
            target=target,
            scope=scope or ("lab" if target == "lab" else "province"),
            parallel=rest.pop("parallel"),
        )
        command(*args, chosen=chosen, **rest)

    return _with(
        chosen_command,
        (province_option, stack_option, date_option, target_option, scope_option, parallel_option),
    )


def described(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* the options that choose a province and a date, as ``chosen``."""

    @functools.wraps(command)
    def chosen_command(
        *args: object,
        province: str | None,
        date: datetime.date | None,
        **rest: Any,  # noqa: ANN401 - the other options, by name
    ) -> None:
        command(*args, chosen=Chosen(province_file(province), date=date), **rest)

    return _with(chosen_command, (province_option, date_option))


def named(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* the options that name a stack that stands already, as ``chosen``."""

    @functools.wraps(command)
    def chosen_command(
        *args: object,
        province: str | None,
        stack: str | None,
        **rest: Any,  # noqa: ANN401 - the other options, by name
    ) -> None:
        command(*args, chosen=Chosen(province_file(province), stack=stack), **rest)

    return _with(chosen_command, (province_option, stack_option))


def _with(command: Callable[..., None], decorators: tuple[Decorator, ...]) -> Callable[..., None]:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command
