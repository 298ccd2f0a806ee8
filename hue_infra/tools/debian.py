"""Debian packages: installed on this machine, and where the host has them from."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hue_infra import places
from hue_infra.tools import store
from hue_infra.tools.run import stream

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def can_install() -> bool:
    """Whether this is root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str], on_line: Callable[[str], None]) -> None:
    """Install *packages* from the machine's own sources; another process waits for its turn.

    Raises:
        ToolError: apt could not.
    """
    with store.locked(places.cache() / "apt.lock"):
        stream(["apt-get", "update", "-qq"], on_line, env=QUIET)
        options = ("--yes", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")
        stream(["apt-get", "install", *options, *packages], on_line, env=QUIET)


def sources(suite: str, apt: Path) -> list[str]:
    """Apt lines for a tree of *suite*: the host's own mirrors of it; none where it has none.

    Without any, mmdebstrap takes Debian's own mirrors of the suite.

    Args:
        suite: Debian's name of a release.
        apt: The host's apt configuration, ``/etc/apt``.
    """
    suites = (suite, f"{suite}-updates", f"{suite}-security")
    found = {name: uri for uri, name in _host_sources(apt) if name in suites}
    chosen = found.items() if suite in found else ()
    return [f"deb [signed-by={KEYRING}] {uri} {name} main" for name, uri in chosen]


def _host_sources(apt: Path) -> Iterator[tuple[str, str]]:
    """Each (address, suite) that the host's apt names, in both of apt's formats."""
    for file in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))):
        with contextlib.suppress(OSError):
            text = file.read_text("utf-8")
            yield from (_deb822(text) if file.suffix == ".sources" else _one_line(text))


def _deb822(text: str) -> Iterator[tuple[str, str]]:
    for stanza in text.split("\n\n"):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        fields = {
            name.strip().lower(): value.split()
            for name, _, value in (x.partition(":") for x in lines)
        }
        if "deb" in fields.get("types", []) and fields.get("enabled") != ["no"]:
            for uri in fields.get("uris", []):
                yield from ((uri, suite) for suite in fields.get("suites", []))


def _one_line(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        words = line.partition("]")[2].split() if "[" in line else line.split()[1:]
        if line.startswith("deb ") and len(words) > 1:
            yield words[0], words[1]
