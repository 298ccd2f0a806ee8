"""How a machine is reached: through the lab's namespaces, or over SSH.

A reach is plain data, so that it can stand among a resource's inputs.

Whatever goes over SSH (Ansible, checks, single commands) reads one file, ``ssh_config`` in the
stack's home: it asks nobody anything, and takes a host's key at the first contact only. The
keys are kept beside it, in ``known_hosts``; a key written there beforehand, or in the
operator's own file, is the stricter way, and a key that changed is always refused. Jump hosts,
ports and identities are the operator's to tell, in ``~/.ssh/config`` or in the file that
``HUE_INFRA_SSH_CONFIG`` names.
"""

import os
import shlex
import tempfile
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import Path

from hue_infra.errors import UnreachedError
from hue_infra.lab import Lab
from hue_infra.tools.run import Completed, failure, run
from hue_infra.words import say

Reach = Mapping[str, str]
"""``{"kind": "lab", "lab": <directory>, "machine": …}`` or
``{"kind": "ssh", "machine": …, "address": …, "user": …, "home": <the stack's directory>}``."""

SSH_FAILED = 255
"""The code by which ssh says that it was not let in; any other is the command's own."""
AUTHORITY = "/etc/hue-pki/ca.crt"
"""The authority's certificate, as role ``pki`` lays it on every machine."""
SSH_CONFIG_VARIABLE = "HUE_INFRA_SSH_CONFIG"
# What comes first in such a file holds: nothing included weakens what stands above it.
# A packet filter that is loaded anew forgets the connections there were; only what the
# client sends makes it known to them again, hence the frequent sign of life.
SSH_CONFIG = """\
# Written by hue-infra; a change by hand is lost at its next run.
BatchMode yes
ConnectTimeout 10
ServerAliveInterval 5
ServerAliveCountMax 12
StrictHostKeyChecking accept-new
UserKnownHostsFile "{known}" ~/.ssh/known_hosts
HashKnownHosts no
Include "{own}"
Include /etc/ssh/ssh_config
"""


def in_lab(directory: Path, machine: str) -> dict[str, str]:
    """The reach of a machine of the lab."""
    return {"kind": "lab", "lab": str(directory), "machine": machine}


def over_ssh(machine: str, address: str, user: str, home: Path) -> dict[str, str]:
    """The reach of a real machine; *home* is the stack's directory."""
    return {
        "kind": "ssh",
        "machine": machine,
        "address": address,
        "user": user,
        "home": str(home),
    }


def ssh_config(home: Path) -> Path:
    """The configuration of every SSH client that works for the stack in *home*; made if need be."""
    path = home / "ssh_config"
    own = os.environ.get(SSH_CONFIG_VARIABLE, "~/.ssh/config")
    text = SSH_CONFIG.format(known=home / "known_hosts", own=own)
    if not path.exists() or path.read_text("utf-8") != text:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Many threads may come here at once: each has a draft of its own.
        with tempfile.NamedTemporaryFile(
            "w", dir=home, prefix=".ssh_config.", delete=False
        ) as file:
            file.write(text)
        Path(file.name).replace(path)
    return path


def testinfra_host(reach: Reach) -> str:
    """The machine as testinfra is told of it."""
    if reach["kind"] == "ssh":
        config = urllib.parse.quote(str(ssh_config(Path(reach["home"]))))
        return f"ssh://{reach['user']}@{reach['address']}?sudo=True&ssh_config={config}"
    return f"hue-lab://{reach['machine']}?directory={urllib.parse.quote(reach['lab'])}"


def perform(reach: Reach, argv: Sequence[str], given: str = "") -> Completed:
    """Run *argv* on the machine with *given* as its input.

    Raises:
        UnreachedError: The machine is not there, or does not let us in.
        RemoteError: The command failed.
    """
    if reach["kind"] == "ssh":
        return _by_ssh(reach, argv, given)
    machine = Lab(Path(reach["lab"])).machine(reach["machine"])
    if machine is None:
        raise UnreachedError(say("providers.not-running", machine=reach["machine"]))
    return machine.run(argv, input=given)


def _by_ssh(reach: Reach, argv: Sequence[str], given: str) -> Completed:
    target = f"{reach['user']}@{reach['address']}"
    rooted = argv if reach["user"] == "root" else ["sudo", "-n", *argv]
    config = ssh_config(Path(reach["home"]))
    done = run(["ssh", "-F", config, target, "--", shlex.join(rooted)], input=given, check=False)
    if done.code == SSH_FAILED:
        problem = failure(done)
        raise UnreachedError(str(problem), hint=problem.hint)
    if done.code:
        raise failure(done)
    return done


def connection(reach: Reach) -> dict[str, str]:
    """The variables by which Ansible reaches the same machine."""
    if reach["kind"] == "ssh":
        return {
            "ansible_connection": "ssh",
            "ansible_host": reach["address"],
            "ansible_user": reach["user"],
            "ansible_ssh_common_args": f"-F {shlex.quote(str(ssh_config(Path(reach['home']))))}",
            "ansible_become": "false" if reach["user"] == "root" else "true",
        }
    return {
        "ansible_connection": "hue_lab",
        "hue_lab_directory": reach["lab"],
        "hue_lab_machine": reach["machine"],
    }
