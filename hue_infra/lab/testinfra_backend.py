"""Testinfra's way into a machine of the lab: ``hue-lab://dns1?directory=/path/of/lab``.

testinfra_backend.register()
host = testinfra.get_host("hue-lab://dns1?directory=/path/of/lab")
"""

import urllib.parse
from collections.abc import Callable
from pathlib import Path

import testinfra.backend
from testinfra.backend import base

from hue_infra.errors import RemoteError
from hue_infra.lab import entry
from hue_infra.words import say

SCHEME = "hue-lab"
Parsed = tuple[str, dict[str, object]]


class LabBackend(base.BaseBackend):  # type: ignore[misc]
    """Runs each command in the machine's namespaces.

    Args:
        name: Name of the machine.
        directory: Directory of its lab.
    """

    NAME = SCHEME

    def __init__(self, name: str, directory: str, **others: object) -> None:
        self._directory = Path(directory)
        self._name = name
        super().__init__(name, **others)

    def run(self, command: str, *args: str, **_: object) -> base.CommandResult:
        """Run the shell command and return its code and words."""
        # Looked up each time: a check may have the machine started again.
        found = entry.alive(self._directory, self._name)
        if found is None:
            raise RemoteError(say("lab.no-machine", machine=self._name, known="–"))
        line = self.get_command(command, *args)
        machine = entry.RunningMachine(self._name, found.pid)
        done = machine.run(["/bin/sh", "-c", line], check=False)
        return self.result(done.code, line.encode(), done.stdout.encode(), done.stderr.encode())

    @classmethod
    def get_hosts(cls, host: str, **_: object) -> list[str]:
        """One specification names one machine."""
        return [host]


def register() -> None:
    """Make testinfra know the scheme and its setting; again is fine."""
    if SCHEME in testinfra.backend.BACKENDS:
        return
    testinfra.backend.BACKENDS[SCHEME] = f"{__name__}.{LabBackend.__name__}"
    # Of the settings after the "?" testinfra hands on only those it knows.
    testinfra.backend.parse_hostspec = _with_directory(testinfra.backend.parse_hostspec)


def _with_directory(parse: Callable[[str], Parsed]) -> Callable[[str], Parsed]:
    def parse_with_directory(specification: str) -> Parsed:
        host, settings = parse(specification)
        if specification is not None and specification.startswith(f"{SCHEME}://"):
            query = urllib.parse.urlparse(specification).query
            given = urllib.parse.parse_qs(query).get("directory")
            settings |= {"directory": given[0]} if given else {}
        return host, settings

    return parse_with_directory
