"""A province as its file tells it, read and derived: what needs no engine works from this."""

from dataclasses import dataclass

from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lock import Lock
from hue_infra.blueprint.plan import Blueprint
from hue_infra.cli.opening import Chosen
from hue_infra.model.load import Loaded, load

LOCK = "province.lock"


@dataclass(frozen=True, slots=True)
class Description:
    """The file as read, and what follows from it."""

    loaded: Loaded
    blueprint: Blueprint


def describe(chosen: Chosen) -> Description:
    """Read the province that *chosen* names and derive all that follows.

    Raises:
        InputError: The file or its lock does not hold together.
    """
    loaded = load(chosen.province, chosen.date)
    path = chosen.province.with_name(LOCK)
    lock = Lock.load(path) if path.exists() else Lock.empty()
    blueprint, _ = derive(loaded, loaded.date, lock)
    return Description(loaded, blueprint)
