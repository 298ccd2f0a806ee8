"""Machines: bring one to life from its disk, tell whether it lives, and take it away.

Every step may be the last one of a killed run.  The rule that makes this harmless:
a machine counts as whole only when ``ready`` names its living process 1, which is
written last; anything less is cleared away and begun again, on the same disk when
that is whole.
"""

import contextlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from hue_infra.errors import RemoteError
from hue_infra.lab import cgroups, disk, entry, layout, network, processes, specs
from hue_infra.lab.layout import Layout
from hue_infra.tools.run import run
from hue_infra.words import say

BOOT_S = 90.0  # a loaded two-core host boots ten machines at once in about 10 s
HERE = Path(__file__).parent
UP = ("running", "degraded")
CONSOLE_LINES = 8
# systemctl that comes in the midst of a boot now and then misses its end: so it waits briefly.
IS_UP = ("timeout", "1", "systemctl", "is-system-running", "--wait")
REWIRING = "rewiring"


@dataclass(frozen=True, slots=True)
class MachineState:
    """A machine that runs: its process 1, as the host counts, and that process's start."""

    name: str
    pid: int
    started: int


def state(places: Layout, name: str) -> MachineState | None:
    """The machine *name* when it is whole and runs."""
    found = entry.alive(places.directory, name)
    if found and processes.read(places.machine(name) / "ready") == found:
        return MachineState(name, found.pid, found.started)
    return None


def spec_of(places: Layout, name: str) -> specs.MachineSpec | None:
    """What *name* was last asked to be."""
    try:
        return specs.machine_from_json((places.machine(name) / "spec.json").read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def matches(places: Layout, spec: specs.MachineSpec) -> bool:
    """Whether the machine is whole, runs, has its interfaces and is what *spec* asks for."""
    mark = places.machine(spec.name) / REWIRING
    whole = state(places, spec.name) is not None
    same = whole and not mark.exists() and spec_of(places, spec.name) == spec
    return same and not _missing(places, spec)


def _missing(places: Layout, spec: specs.MachineSpec) -> set[str]:
    """The interfaces that are gone, as when somebody removed the switch."""
    asked = {nic.name for nic in spec.nics}
    return asked - network.interfaces(places.netns(spec.name)) if asked else asked


def ensure(places: Layout, spec: specs.MachineSpec) -> MachineState:
    """Make *spec* true: adopt, rewire, switch on or build the machine.

    Raises:
        RemoteError: It did not come up; the message carries its console's last lines.
    """
    whole = state(places, spec.name)
    # A run that was killed while it kept a disk left the machine standing still.
    cgroups.freeze(f"{places.group}/{spec.name}", frozen=False)
    if whole and matches(places, spec):
        return whole
    had = spec_of(places, spec.name)
    directory = places.machine(spec.name)
    if whole and had and disk.is_made_for(directory, spec):
        _rewire(places, had, spec)
        return whole
    _clear(places, spec.name)
    layout.write(directory / "spec.json", specs.to_json(spec))
    _prepare(places, spec)
    _boot(places, spec)
    return _wait(places, spec.name)


def remove(places: Layout, name: str) -> None:
    """Take the machine away with its disk; fine when it is gone."""
    _clear(places, name)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(places.machine(name))


def _clear(places: Layout, name: str) -> None:
    """End what runs of the machine; its disk stays."""
    for file in ("ready", "pid", REWIRING):
        (places.machine(name) / file).unlink(missing_ok=True)
    # First those that may still be on their way into the machine's own group.
    cgroups.remove(places.boot_group(name))
    cgroups.remove(f"{places.group}/{name}")
    network.remove_namespace(places.netns(name))


def _prepare(places: Layout, spec: specs.MachineSpec) -> None:
    try:
        disk.prepare(places.machine(spec.name), spec)
    except FileNotFoundError as missing:
        raise RemoteError(say("lab.no-base", base=spec.base)) from missing
    namespace = places.netns(spec.name)
    network.add_namespace(namespace)
    for nic in spec.nics:
        network.add_nic(places.switch, namespace, spec.name, nic)
    network.set_gateways(namespace, spec.gateways)


def _rewire(places: Layout, had: specs.MachineSpec, spec: specs.MachineSpec) -> None:
    """Change the interfaces of a running machine, and only those that differ.

    A file names the interfaces under way: what a killed run left of them is plugged anew.
    """
    namespace = places.netns(spec.name)
    mark = places.machine(spec.name) / REWIRING
    doubtful = set(mark.read_text("utf-8").split()) if mark.exists() else set[str]()
    doubtful |= _missing(places, spec)
    kept = {nic.name for nic in spec.nics if nic in had.nics} - doubtful
    changed = doubtful | {nic.name for nic in (*had.nics, *spec.nics)} - kept
    layout.write(mark, " ".join(sorted(changed)))
    for name in sorted(changed):
        network.remove_nic(namespace, name)
    for nic in spec.nics:
        if nic.name in changed:
            network.add_nic(places.switch, namespace, spec.name, nic)
    network.set_gateways(namespace, spec.gateways)
    layout.write(places.machine(spec.name) / "spec.json", specs.to_json(spec))
    mark.unlink()


def _boot(places: Layout, spec: specs.MachineSpec) -> None:
    directory = places.machine(spec.name)
    groups = cgroups.make(places.group, spec.name, kubernetes=spec.kubernetes)
    console = directory / "console.log"
    console.unlink(missing_ok=True)
    launch(
        places.boot_group(spec.name),
        console,
        [
            *("nsenter", f"--net={layout.NETNS / places.netns(spec.name)}"),
            *("unshare", "--mount", "--pid", "--uts", "--ipc", "--fork"),
            *("sh", str(HERE / "boot.sh"), "enter", str(directory)),
            *(spec.hostname.partition(".")[0], "legacy" if len(groups) > 1 else "plain"),
            *(str(group / "cgroup.procs") for group in groups),
        ],
    )


def launch(group: str, log: Path, command: list[str]) -> None:
    """Start *command* so that it outlives us, counted in the cgroup *group*."""
    counted = cgroups.make_plain(group) / "cgroup.procs"
    run(["sh", str(HERE / "launch.sh"), str(counted), str(log), *command])


def _wait(places: Layout, name: str) -> MachineState:
    """Wait until systemd has done its boot, and only then call the machine whole."""
    end = time.monotonic() + BOOT_S
    process = _first_process(places, name, end)
    inside = entry.RunningMachine(name, process.pid)
    while process.is_alive and time.monotonic() < end:
        said = inside.run(IS_UP, check=False, timeout=BOOT_S)
        if said.stdout.strip() in UP:
            layout.write(places.machine(name) / "ready", f"{process.pid} {process.started}\n")
            return MachineState(name, process.pid, process.started)
        time.sleep(0.05)
    raise _no_boot(places, name)


def _first_process(places: Layout, name: str, end: float) -> processes.Process:
    """Wait for process 1 and for systemd's socket, which opens once it is in charge."""
    while time.monotonic() < end:
        found = entry.alive(places.directory, name)
        if found and Path(f"/proc/{found.pid}/root/run/systemd/private").exists():
            return found
        if not found and _has_ended(places, name):
            break
        time.sleep(0.02)
    raise _no_boot(places, name)


def _has_ended(places: Layout, name: str) -> bool:
    known = processes.read(places.machine(name) / "pid")
    return known is not None and not known.is_alive


def _no_boot(places: Layout, name: str) -> RemoteError:
    console = places.machine(name) / "console.log"
    lines = console.read_text("utf-8", "replace").splitlines() if console.exists() else []
    said = "\n".join(f"  {line}" for line in lines[-CONSOLE_LINES:])
    return RemoteError(f"{say('lab.no-boot', machine=name)}\n{said}", hint=str(console))
