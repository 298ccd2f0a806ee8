"""The program as the Pulumi CLI runs it; the embedded engine calls `program.build` itself.

Configuration: ``hue-infra:province`` (path of province.yaml), ``hue-infra:target``
(``lab`` or ``ssh``), ``hue-infra:scope`` (``lab`` or ``province``) and ``hue-infra:date`` (the day
to resolve the province at, such as 2022-01-05).
"""

import datetime
from pathlib import Path
from typing import cast

import pulumi

from hue_infra.errors import HueError, InputError
from hue_infra.stacks.operations import Deployment, Settings
from hue_infra.stacks.program import build
from hue_infra.stacks.scene import Target
from hue_infra.words import say

config = pulumi.Config("hue-infra")


def day() -> datetime.date | None:
    """The day that the configuration names."""
    text = config.get("date")
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise InputError(say("stacks.config-date", value=str(text))) from problem


try:
    chosen = Settings(
        province=Path(config.require("province")),
        stack=pulumi.get_stack(),
        date=day(),
        target=cast("Target", config.get("target", "lab")),
        scope=config.get("scope", "lab") or "lab",
    )
    build(Deployment.open(chosen).scene())
except HueError as error:
    raise pulumi.RunError(f"{error}\n{error.hint}".strip()) from error
