"""Where a lab keeps everything, and what it calls it: all follows from its directory."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

NETNS = Path("/run/netns")


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths and names of the lab in *directory*, an absolute path."""

    directory: Path

    @property
    def lab_id(self) -> str:
        """Six hex digits that keep labs on one host apart."""
        return hashlib.sha256(str(self.directory).encode()).hexdigest()[:6]

    @property
    def group(self) -> str:
        """The lab's cgroup, and the beginning of its namespaces' names."""
        return f"hue-{self.lab_id}"

    @property
    def switch(self) -> str:
        """The network namespace that holds the bridges."""
        return f"{self.group}-_switch"

    @property
    def lock(self) -> Path:
        """Held shared by whoever changes a part, alone by whoever destroys the whole.

        It lies beside the directory's content in the same file system, and goes with it.
        """
        return self.directory / "locks" / "_lab"

    def lock_of(self, kind: str, name: str) -> Path:
        """The lock of one part."""
        return self.directory / "locks" / f"{kind}.{name}"

    def netns(self, machine: str) -> str:
        """Name of the machine's network namespace."""
        return f"{self.group}-{machine}"

    def boot_group(self, machine: str) -> str:
        """Cgroup of the process that waits for the machine outside it."""
        return f"{self.group}/_boot.{machine}"

    def forward_group(self, forward: str) -> str:
        """Cgroup of the process that serves one forward."""
        return f"{self.group}/_forward.{forward}"

    def machine(self, name: str) -> Path:
        """Directory of one machine: disk, console, what is known of it."""
        return self.directory / "machines" / name

    def link(self, name: str) -> Path:
        """File of one link."""
        return self.directory / "links" / f"{name}.json"

    def forward(self, name: str) -> Path:
        """File of one forward."""
        return self.directory / "forwards" / f"{name}.json"


def at(directory: Path) -> Layout:
    """The layout of the lab in *directory*, whichever way its path is written."""
    return Layout(Path(os.path.abspath(directory)))  # noqa: PTH100 - a link in it must stay a link


def write(path: Path, text: str) -> None:
    """Replace the file *path* whole, so that a reader sees the old text or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(text, "utf-8")
    new.replace(path)
