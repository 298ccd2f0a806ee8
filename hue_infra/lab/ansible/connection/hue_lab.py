"""Ansible's way into a machine of the lab: through its namespaces, without network or keys."""

import subprocess
from pathlib import Path

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.plugins.connection import ConnectionBase

from hue_infra.errors import HueError
from hue_infra.lab import entry
from hue_infra.tools.run import LEASH

DOCUMENTATION = r"""
name: hue_lab
short_description: Enter a machine of a hue-infra lab on this host
description:
  - Runs commands as root in the machine's namespaces and writes files under its root.
  - Needs root on the host that the lab is on.
author: hue-infra
options:
  directory:
    description: Directory of the lab.
    type: path
    required: true
    env: [{name: HUE_LAB_DIRECTORY}]
    vars: [{name: hue_lab_directory}]
  machine:
    description: Name of the machine in the lab; the host's name in the inventory when absent.
    type: str
    vars: [{name: inventory_hostname}, {name: hue_lab_machine}]
  pipelining:
    description: Send a module through standard input rather than as a file.
    type: boolean
    default: true
    env: [{name: ANSIBLE_PIPELINING}]
    vars: [{name: ansible_pipelining}]
"""


class Connection(ConnectionBase):  # type: ignore[misc]
    """A connection that lasts as long as the machine's process 1."""

    transport = "hue_lab"
    has_pipelining = True

    _connected: bool

    def _connect(self) -> "Connection":
        if not self._connected:
            name, directory = self.get_option("machine"), Path(self.get_option("directory"))
            found = entry.alive(directory, name)
            if found is None:
                raise AnsibleConnectionFailure(f"no machine {name} runs in the lab {directory}")
            self._machine = entry.RunningMachine(name, found.pid)
            self._connected = True
        return self

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run the shell command *cmd* and return its code and words as bytes."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        argv = entry.argv(self._machine.pid, ["/bin/sh", "-c", cmd])
        # Bytes must pass unchanged, which tools.run does not promise.
        done = subprocess.run(
            [*LEASH, *argv], input=in_data or b"", capture_output=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the host into the machine."""
        super().put_file(in_path, out_path)
        try:
            self._machine.put_file(Path(in_path), out_path, 0o600)
        except FileNotFoundError as missing:
            raise AnsibleFileNotFound(str(missing)) from missing
        except (OSError, HueError) as problem:
            raise AnsibleError(f"{out_path}: {problem}") from problem

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the machine to the host."""
        super().fetch_file(in_path, out_path)
        try:
            Path(out_path).write_bytes(self._machine.read(in_path))
        except FileNotFoundError as missing:
            raise AnsibleFileNotFound(str(missing)) from missing
        except (OSError, HueError) as problem:
            raise AnsibleError(f"{in_path}: {problem}") from problem

    def close(self) -> None:
        """Forget the machine; nothing is held open."""
        self._connected = False

    def reset(self) -> None:
        """Look the machine up anew, as after it was started again."""
        self.close()
        self._connect()
