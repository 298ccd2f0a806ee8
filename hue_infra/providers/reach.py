"""How a machine is reached: through the lab's namespaces, or over SSH.

A reach is plain data, so that it can stand among a resource's inputs.
"""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from hue_infra.errors import RemoteError
from hue_infra.lab import Lab
from hue_infra.tools.run import Completed, run
from hue_infra.words import say

Reach = Mapping[str, str]
"""``{"kind": "lab", "lab": <directory>, "machine": …}`` or
``{"kind": "ssh", "machine": …, "address": …, "user": …}``."""

SSH_OPTIONS = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=10")


def in_lab(directory: Path, machine: str) -> dict[str, str]:
    """The reach of a machine of the lab."""
    return {"kind": "lab", "lab": str(directory), "machine": machine}


def over_ssh(machine: str, address: str, user: str) -> dict[str, str]:
    """The reach of a real machine."""
    return {"kind": "ssh", "machine": machine, "address": address, "user": user}


def perform(reach: Reach, argv: Sequence[str], given: str = "") -> Completed:
    """Run *argv* on the machine with *given* as its input.

    Raises:
        RemoteError: The machine is not there, or the command failed.
    """
    if reach["kind"] == "ssh":
        target = f"{reach['user']}@{reach['address']}"
        rooted = argv if reach["user"] == "root" else ["sudo", "-n", *argv]
        return run(["ssh", *SSH_OPTIONS, target, "--", shlex.join(rooted)], input=given)
    machine = Lab(Path(reach["lab"])).machine(reach["machine"])
    if machine is None:
        raise RemoteError(say("providers.not-running", machine=reach["machine"]))
    return machine.run(argv, input=given)


def connection(reach: Reach) -> dict[str, str]:
    """The variables by which Ansible reaches the same machine."""
    if reach["kind"] == "ssh":
        return {
            "ansible_connection": "ssh",
            "ansible_host": reach["address"],
            "ansible_user": reach["user"],
            "ansible_become": "false" if reach["user"] == "root" else "true",
        }
    return {
        "ansible_connection": "hue_lab",
        "hue_lab_directory": reach["lab"],
        "hue_lab_machine": reach["machine"],
    }
