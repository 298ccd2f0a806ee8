"""A lab: the machines, segments, links and forwards under one directory."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from hue_infra.errors import InputError, RemoteError
from hue_infra.lab import (
    base,
    cgroups,
    entry,
    forwards,
    inotify,
    kept,
    layout,
    locks,
    machines,
    network,
    preflight,
    specs,
)
from hue_infra.lab.machines import MachineState
from hue_infra.words import say

# The caller's terminal is not one of the machine's; script(1) opens one that is.
SHELL = ("script", "--quiet", "--return", "--command", "/bin/bash --login", "/dev/null")


class Lab:
    """The lab in *directory*; whatever another process made of it is found again there.

    What is made stays when this process ends.  Every ``ensure`` adopts what is right and
    mends what is half-made; every ``remove`` is fine when there is nothing.  Threads and
    processes may share a lab.

        lab = Lab(places.home("hue") / "lab")
        image = lab.ensure_base(print)
        lab.ensure_segment("dc-core")
        nic = Nic("eth0", "dc-core", ("10.57.0.5/24", "fd57::5/64"))
        lab.ensure_machine(MachineSpec("dns1", "dns1.hue.lan", image.id, (nic,)))
        machine = lab.machine("dns1")
        machine.run(["systemctl", "start", "knot"])
        lab.destroy()
    """

    def __init__(self, directory: Path) -> None:
        self._places = layout.at(directory)

    @property
    def directory(self) -> Path:
        """Where the lab keeps everything it has."""
        return self._places.directory

    @property
    def namespace_prefix(self) -> str:
        """How the names of this lab's network namespaces begin."""
        return f"{self._places.group}-"

    def preflight(self) -> list[str]:
        """A sentence for each privilege or program that is missing; nothing is touched."""
        return preflight.problems(self.directory)

    def ensure_base(self, on_line: Callable[[str], None] | None = None) -> base.BaseImage:
        """Return the base image; build it when no lab of this host has needed it before.

        Args:
            on_line: Told each line of progress, which may come from another thread's build.

        Raises:
            ToolError: The image could not be built.
        """
        return base.ensure(on_line)

    def ensure_segment(self, segment: str) -> None:
        """Make the bridge of *segment*."""
        with self._part("segment", specs.check_name(segment)):
            # All segments share the switch, so its making is a part of its own.
            with locks.held(self._places.lock_of("switch", "_")):
                network.add_switch(self._places.switch)
            network.add_segment(self._places.switch, segment)

    def has_segment(self, segment: str) -> bool:
        """Whether the bridge of *segment* is there."""
        switch = self._places.switch
        if not network.has_namespace(switch):
            return False
        return network.bridge(segment) in network.interfaces(switch)

    def remove_segment(self, segment: str) -> None:
        """Remove the bridge of *segment*; interfaces on it stay, with nobody to talk to."""
        with self._part("segment", specs.check_name(segment)):
            network.remove_segment(self._places.switch, segment)

    def ensure_machine(self, spec: specs.MachineSpec) -> MachineState:
        """Make *spec* true and return once systemd has done its boot.

        A machine that differs in interfaces or gateways alone is rewired while it runs; one
        that differs in base, host name or kind is made anew and loses its disk; one that
        died, as with the host's reboot, starts again from the disk it had.

        Raises:
            RemoteError: It did not come up; the message carries its console's last lines.
        """
        inotify.ensure()
        for segment in sorted({nic.segment for nic in spec.nics}):
            self.ensure_segment(segment)
        with self._part("machine", specs.check_name(spec.name)):
            return machines.ensure(self._places, spec)

    def remove_machine(self, name: str) -> None:
        """Take the machine away with its disk."""
        with self._part("machine", specs.check_name(name)):
            machines.remove(self._places, name)

    def machine(self, name: str) -> entry.RunningMachine | None:
        """The machine *name* when it is whole and runs."""
        found = machines.state(self._places, name)
        return entry.RunningMachine(name, found.pid) if found else None

    def machines(self) -> list[str]:
        """Names of the machines on disk, running or not."""
        folder = self.directory / "machines"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def state(self, name: str) -> MachineState | None:
        """Process 1 of the machine *name* when it is whole and runs."""
        return machines.state(self._places, name)

    def matches(self, spec: specs.MachineSpec) -> bool:
        """Whether the machine runs and is what *spec* asks for."""
        return machines.matches(self._places, spec)

    def shell_argv(self, name: str, command: tuple[str, ...] = ()) -> list[str]:
        """The argument list of a shell inside the machine, for the caller to become.

        Raises:
            InputError: There is no such machine, or it does not run.
        """
        if found := self.machine(name):
            return entry.argv(found.pid, command or SHELL, terminal=True)
        known = ", ".join(self.machines()) or "–"
        raise InputError(say("lab.no-machine", machine=name, known=known))

    def keep(self, name: str, key: str) -> None:
        """Keep the running machine's disk in the cache; *key* must name all that went into it.

        The machine stands still while its disk is copied.

        Raises:
            RemoteError: The machine does not run.
        """
        with self._part("machine", specs.check_name(name)):
            kept.keep(self._places, name, key)

    def restore(self, spec: specs.MachineSpec, key: str) -> bool:
        """Before `ensure_machine`: say whether the machine has, or now got, the disk kept as *key*.

        Where it is true the roles whose outcome *key* names have nothing to do.
        """
        with self._part("machine", specs.check_name(spec.name)):
            return kept.restore(self._places, spec, key)

    def is_kept(self, name: str, key: str) -> bool:
        """Whether the machine's disk is still the one kept as *key*."""
        return kept.key_of(self._places, name) == key

    def forget(self, name: str) -> None:
        """Before the machine is changed: its disk is no longer the one that was kept."""
        with self._part("machine", specs.check_name(name)):
            kept.forget(self._places, name)

    def ensure_link(self, spec: specs.LinkSpec) -> None:
        """Lay the link; a machine that was made anew since gets its end again.

        Raises:
            RemoteError: One of its machines does not run.
        """
        a, b = specs.LinkEnd(*spec.a), specs.LinkEnd(*spec.b)
        with self._part("link", specs.check_name(spec.name)):
            if self.link_matches(spec):
                return
            self._unlink(spec.name)
            for end in (a, b):
                if self.machine(end.machine) is None:
                    raise RemoteError(say("lab.link-end-gone", link=spec.name, machine=end.machine))
            spaces = self._places.netns(a.machine), self._places.netns(b.machine)
            # Written first and marked last: what is under way can always be named.
            layout.write(self._places.link(spec.name), specs.to_json(spec))
            network.add_link(*spaces, spec)
            self._link_mark(spec.name).write_text(self._link_identity(a, b), "utf-8")

    def remove_link(self, name: str) -> None:
        """Take the link away."""
        with self._part("link", specs.check_name(name)):
            self._unlink(name)

    def link_matches(self, spec: specs.LinkSpec) -> bool:
        """Whether the link lies as *spec* asks, between the machines that run now."""
        try:
            had = specs.link_from_json(self._places.link(spec.name).read_text("utf-8"))
            mark = self._link_mark(spec.name).read_text("utf-8")
        except (OSError, ValueError, KeyError):
            return False
        a, b = specs.LinkEnd(*spec.a), specs.LinkEnd(*spec.b)
        same = specs.to_json(had) == specs.to_json(spec) and mark == self._link_identity(a, b)
        return same and all(
            end.nic in network.interfaces(self._places.netns(end.machine)) for end in (a, b)
        )

    def links(self) -> list[str]:
        """Names of the links on disk."""
        folder = self.directory / "links"
        return sorted(path.stem for path in folder.glob("*.json"))

    def forward(
        self, name: str, listen: tuple[str, int], machine: str, target: tuple[str, int]
    ) -> int:
        """Carry connections from the host into a machine, and return the port that listens.

        Args:
            name: Name of the forward.
            listen: Address and port of the host; port 0 lets the kernel choose.
            machine: The machine that the connections come from, as the target sees it.
            target: Address and port as seen from that machine.

        Raises:
            RemoteError: The port is taken.
        """
        with self._part("forward", specs.check_name(name)):
            return forwards.ensure(self._places, name, listen, machine, target)

    def remove_forward(self, name: str) -> None:
        """End the forward."""
        with self._part("forward", specs.check_name(name)):
            forwards.remove(self._places, name)

    def forwards(self) -> dict[str, int]:
        """Each forward that runs, with the port it listens on."""
        return forwards.listing(self._places)

    def destroy(self) -> None:
        """Take the whole lab away, in whatever state: processes, namespaces, cgroups, files.

        Raises:
            RemoteError: A process outlived the kill signal.
        """
        with locks.held(self._places.lock):
            cgroups.remove(self._places.group)
            for namespace in network.namespaces(self.namespace_prefix):
                network.remove_namespace(namespace)
            network.remove_empty_directory()
            shutil.rmtree(self.directory)

    @contextlib.contextmanager
    def _part(self, kind: str, name: str) -> Iterator[None]:
        """Change one part: nobody else changes it, and nobody destroys the whole."""
        with (
            locks.held(self._places.lock, shared=True),
            locks.held(self._places.lock_of(kind, name)),
        ):
            yield

    def _unlink(self, name: str) -> None:
        file = self._places.link(name)
        with contextlib.suppress(OSError, ValueError, KeyError):
            had = specs.link_from_json(file.read_text("utf-8"))
            for end in (had.a, had.b):
                namespace = self._places.netns(end.machine)
                if network.has_namespace(namespace):
                    network.remove_nic(namespace, end.nic)
        self._link_mark(name).unlink(missing_ok=True)
        file.unlink(missing_ok=True)

    def _link_mark(self, name: str) -> Path:
        return self._places.link(name).with_suffix(".laid")

    def _link_identity(self, a: specs.LinkEnd, b: specs.LinkEnd) -> str:
        """The very machines at the link's ends: one made anew has lost its end."""
        found = (machines.state(self._places, end.machine) for end in (a, b))
        return " ".join(f"{end.pid}/{end.started}" if end else "-" for end in found)
