"""From what the operator chose to an opened deployment.

The operations are imported here and only when a command deploys or asks how a stack
stands: ``--help`` and ``validate`` must not pay for the lab and the engine's state.
"""

import datetime
import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from hue_infra.stacks.operations import Deployment

Ask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which province, as of when, as which stack, and on what it is built."""

    province: Path
    stack: str | None = None
    """None: the province's codename and the target."""
    date: datetime.date | None = None
    """None: the date the file names, else today."""
    target: Literal["lab", "ssh"] = "lab"
    scope: Literal["lab", "province"] = "lab"
    parallel: int = 8
    """Steps at a time."""
    engine: Literal["embedded", "pulumi"] | None = None
    """None: the one that the province's file names."""
    policy_packs: tuple[Path, ...] = ()
    """Folders of packs that are asked beside our own rules."""
    policy_pack_configs: tuple[Path, ...] = ()
    """A file of settings for each of them, or none at all."""
    refresh: bool = False
    """Whether everything is looked at as it really is, also the inside of machines."""


def opened(chosen: Chosen, ask: Ask | None) -> "Deployment":
    """Open the deployment that *chosen* names.

    Args:
        chosen: What the operator chose.
        ask: Reads a passphrase without showing it; None where nobody can be asked.
    """
    operations = importlib.import_module("hue_infra.stacks.operations")
    settings = operations.Settings(**asdict(chosen))
    return cast("Deployment", operations.Deployment.open(settings, ask=ask))
