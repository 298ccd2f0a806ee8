"""How a stack stands, read from its files: no engine, no secrets."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hue_infra.blueprint.plan import Blueprint
from hue_infra.engine import locks
from hue_infra.engine.backend import ORGANIZATION, StackStore
from hue_infra.engine.engines import Name
from hue_infra.engine.state import ResourceState
from hue_infra.lab import Lab
from hue_infra.words import say

LOOPBACK = "127.0.0.1"
OURS = "hue-infra"
"""How the embedded engine's records name what executed a run."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address the operator can open."""

    title: str
    host: str
    """Its name in the province."""
    address: str
    """Where it can be reached from this machine."""
    port: int

    @property
    def url(self) -> str:
        """What to type into a browser on this machine, where the name leads to `address`."""
        return f"https://{self.host}:{self.port}/"

    @property
    def note(self) -> str:
        """How the name comes to lead there, and how it is opened inside the province."""
        return say("stacks.endpoint-note", host=self.host, address=self.address)


@dataclass(frozen=True, slots=True)
class MachineStatus:
    """Whether one machine runs."""

    name: str
    running: bool


@dataclass(frozen=True, slots=True)
class LastRun:
    """The run that was recorded last."""

    kind: str
    result: str
    started: str
    """RFC 3339."""
    seconds: float
    engine: Name = "embedded"
    """What did it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the stack's lock."""

    who: str
    since: str


@dataclass(frozen=True, slots=True)
class Status:
    """How a stack stands."""

    resources: tuple[ResourceState, ...]
    machines: tuple[MachineStatus, ...]
    last_run: LastRun | None
    holder: Holder | None
    endpoints: tuple[Endpoint, ...]


def read(store: StackStore, lab: Path, endpoints: Sequence[Endpoint]) -> Status:
    """Read how the stack in *store* and its lab stand."""
    box = Lab(lab)
    machines = tuple(MachineStatus(name, box.machine(name) is not None) for name in box.machines())
    return Status(
        tuple(store.resources()), machines, _last_run(store), _holder(store), tuple(endpoints)
    )


def endpoints(blueprint: Blueprint, store: StackStore) -> list[Endpoint]:
    """The doors that are open on this machine, and the name behind each."""
    ports = forwarded(store)
    return [
        Endpoint(publication.name, publication.hosts[0], LOOPBACK, port)
        for publication in blueprint.publications
        if (port := ports.get(f"door-{publication.name}"))
    ]


def forwarded(store: StackStore) -> dict[str, int]:
    """The ports of this machine that lead into the lab, by the name of each door."""
    found = {}
    for state in store.resources():
        port = state.outputs.get("port")
        if state.type.endswith("lab:Forward") and isinstance(port, int | float):
            found[str(state.outputs.get("name"))] = int(port)
    return found


def _last_run(store: StackStore) -> LastRun | None:
    runs = store.history()
    if not runs:
        return None
    run = runs[0]
    started, ended = (int(str(run[key])) for key in ("startTime", "endTime"))
    moment = datetime.datetime.fromtimestamp(started, datetime.UTC).isoformat()
    return LastRun(str(run["kind"]), str(run["result"]), moment, ended - started, _engine(run))


def _engine(run: Mapping[str, object]) -> Name:
    """Which engine wrote the record of a run: ours gives its own name as what executed it."""
    environment = run.get("environment")
    kind = environment.get("exec.kind") if isinstance(environment, Mapping) else ""
    return "embedded" if kind == OURS else "pulumi"


def _holder(store: StackStore) -> Holder | None:
    folder = store.base / "locks" / ORGANIZATION / store.project / store.name
    for holder in locks.holders(folder).values():
        if locks.is_alive(holder):
            return Holder(f"{holder.username}@{holder.hostname} ({holder.pid})", holder.timestamp)
    return None
