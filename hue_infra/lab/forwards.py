"""Forwards: a port of the host's loopback that reaches an address seen from a machine."""

import json
import sys
import time
from pathlib import Path

from hue_infra.errors import RemoteError
from hue_infra.lab import cgroups, layout, machines, processes
from hue_infra.lab.layout import Layout
from hue_infra.words import say

START_S = 15.0
PROGRAM = Path(__file__).parent / "forwarder.py"
Address = tuple[str, int]


def ensure(places: Layout, name: str, listen: Address, machine: str, target: Address) -> int:
    """Make the forward true and return the port it listens on.

    Raises:
        RemoteError: The port is taken.
    """
    wanted = {"listen": list(listen), "machine": machine, "target": list(target)}
    wanted["namespace"] = str(layout.NETNS / places.netns(machine))
    file = places.forward(name)
    up = _up(file)
    if up and _settings(file) == wanted:
        return up[1]
    port = up[1] if up else 0
    remove(places, name)
    layout.write(file, json.dumps(wanted))
    log = file.with_suffix(".log")
    group = places.forward_group(name)
    machines.launch(group, log, [sys.executable, "-I", str(PROGRAM), str(file)])
    return _wait(file, name, port or listen[1])


def remove(places: Layout, name: str) -> None:
    """End the forward; fine when it is gone."""
    file = places.forward(name)
    cgroups.remove(places.forward_group(name))
    for suffix in (".up", ".new", ".log", ".json"):
        file.with_suffix(suffix).unlink(missing_ok=True)


def listing(places: Layout) -> dict[str, int]:
    """Each forward that runs, with its port."""
    folder = places.directory / "forwards"
    found = {file.stem: _up(file) for file in sorted(folder.glob("*.json"))}
    return {name: up[1] for name, up in found.items() if up}


def _settings(file: Path) -> object:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _up(file: Path) -> tuple[processes.Process, int] | None:
    """The process and port of a forward that runs."""
    try:
        pid, started, port = file.with_suffix(".up").read_text("utf-8").split()
    except (OSError, ValueError):
        return None
    process = processes.Process(int(pid), int(started))
    return (process, int(port)) if process.is_alive else None


def _wait(file: Path, name: str, port: int) -> int:
    end = time.monotonic() + START_S
    log = file.with_suffix(".log")
    while time.monotonic() < end:
        if up := _up(file):
            return up[1]
        if log.exists() and log.stat().st_size and "Error" in log.read_text("utf-8", "replace"):
            break
        time.sleep(0.02)
    said = log.read_text("utf-8", "replace").splitlines()[-1:] if log.exists() else []
    raise RemoteError(say("lab.no-forward", name=name, port=port), hint=" ".join(said))
