"""Options that several commands share, declared once."""

import datetime
import functools
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

import hue_infra
from hue_infra.cli.localised import Choice, Decorator, option
from hue_infra.cli.opening import Chosen
from hue_infra.engine import engines
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
engine_option = option("--engine", type=Choice(engines.NAMES))
pack_option = option(
    "--policy-pack",
    "policy_packs",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="directory",
)
pack_config_option = option(
    "--policy-pack-config",
    "policy_pack_configs",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="file",
)
refresh_option = option("--refresh", is_flag=True)
yes_option = option("--yes", "-y", is_flag=True)


CHOICES = ("province", "stack", "date", "target", "scope", "parallel", "engine")
"""Options that together choose a deployment."""
PACKS = {"policy_packs": "--policy-pack", "policy_pack_configs": "--policy-pack-config"}
"""Options that add packs to the rules a deployment is held to; each may be given many times."""


def _choosing(*options: Decorator) -> Decorator:
    """Give a command these options as one argument ``chosen``."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def choosing_command(*args: object, **given: Any) -> None:  # noqa: ANN401 - the options
            chosen = _chosen(
                {name: given.pop(name) for name in (*CHOICES, *PACKS, "refresh") if name in given}
            )
            command(*args, chosen=chosen, **given)

        made: Callable[..., None] = choosing_command
        for declare in reversed(options):
            made = declare(made)
        return made

    return decorate


def _chosen(given: dict[str, Any]) -> Chosen:
    fields = {name: value for name, value in given.items() if value is not None}
    fields.setdefault("scope", "province" if fields.get("target") == "ssh" else "lab")
    return Chosen(**fields | {"province": province_file(given["province"])})


_DEPLOYING = (
    province_option,
    stack_option,
    date_option,
    target_option,
    scope_option,
    parallel_option,
    engine_option,
)
settings = _choosing(*_DEPLOYING)
"""For commands that deploy."""
gated = _choosing(*_DEPLOYING, pack_option, pack_config_option, refresh_option)
"""For commands that make things, which rules must hold for."""
held_against = _choosing(province_option, stack_option, date_option, target_option, scope_option)
"""For commands that hold what stands against the file."""
described = _choosing(province_option, date_option)
"""For commands that only read the province."""
named = _choosing(province_option, stack_option, target_option)
"""For commands about a stack that stands already."""
in_lab = _choosing(province_option, stack_option)
"""For commands about a lab that stands already."""


def again(command: str) -> str:
    """The line that runs *command* on what this run was about: its options where both take them."""
    ctx = click.get_current_context()
    group = ctx.find_root().command
    assert isinstance(group, click.Group)  # noqa: S101 - the program itself
    found = group.get_command(ctx, command)
    takes = {param.name for param in found.params} if found else set()
    words = ["hue-infra", command]
    for name in CHOICES:
        if name in takes and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            words += [f"--{name}", str(ctx.params[name])]
    for name, written in PACKS.items():
        for value in ctx.params.get(name, ()) if name in takes else ():
            words += [written, str(value)]
    return shlex.join(words)
