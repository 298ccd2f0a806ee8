"""The table of pinned programs, ``artefacts.toml``, typed."""

import functools
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoPin(_Row):
    """The Go toolchain: the oldest that will do, and the wheel to take when there is none."""

    minimum: str
    wheel: str
    version: str
    sha256: dict[str, str]


class ClusterPin(_Row):
    """Versions of the cluster's parts, and the registry name our own images bear."""

    registry: str
    kubernetes: str
    etcd: str
    coredns: str
    pause: str
    web: str


class Program(_Row):
    """One program: a Go package and the names that its binary answers to."""

    name: str = ""
    package: str
    version: str
    packages: int
    stamp: dict[str, str] = Field(default_factory=dict)
    names: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """The names under which it can be run."""
        return self.names or (self.name,)


class Pins(_Row):
    """The whole table."""

    go: GoPin
    cluster: ClusterPin
    program: dict[str, Program]


@functools.cache
def pins() -> Pins:
    """The table, read once."""
    raw = tomllib.loads((HERE / "artefacts.toml").read_text("utf-8"))
    for name, row in raw["program"].items():
        row["name"] = name
    return Pins.model_validate(raw)
