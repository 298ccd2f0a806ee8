"""Bring machines to their roles with Ansible, and tell what happened host by host.

One run for all the machines that are ready: a play for each role, on the machines that
call it, so that a task runs on all of them at once and every role is done everywhere
before the next begins. Ansible is a program here, never imported.
"""

import base64
import dataclasses
import graphlib
import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from hue_infra.errors import ToolError
from hue_infra.tools.run import stream
from hue_infra.tools.scratch import scratch
from hue_infra.words import say

PACKAGE = Path(__file__).resolve().parents[1]
PLUGINS = Path(__file__).resolve().parent / "ansible_plugins"
FORKS = 10
WARM = PLUGINS / "warm"
WARM_PLACE = "/usr/local/lib/hue-infra"
"""Where its files lie on a machine; ``/run`` may forbid programs."""

TEMPLATE_SIGNS = re.compile(r"\{[{%#]")
MANAGED = "Written by hue-infra; a change by hand is lost at its next run."

Status = Literal["ok", "changed", "skipped", "failed", "unreachable"]


class Call(Protocol):
    """One role with its variables, as `hue_infra.blueprint.configuration.RoleCall` has them."""

    @property
    def role(self) -> str:
        """Name of the role."""

    @property
    def variables(self) -> Mapping[str, object]:
        """Its inputs; each name begins with the role's."""


@dataclass(frozen=True, slots=True)
class Host:
    """A machine to bring to its roles.

    Args:
        name: Name in the inventory; roles delegate to machines by it.
        connection: Ansible's connection variables, such as ``ansible_host``.
        role_calls: Ordered roles; empty for a machine that is only delegated to.
    """

    name: str
    connection: Mapping[str, object]
    role_calls: Sequence[Call] = ()


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """A task that ended on a host."""

    host: str
    role: str
    task: str
    status: Status
    seconds: float
    message: str


@dataclass(frozen=True, slots=True)
class HostResult:
    """What a run came to on one host.

    Args:
        ok: Whether every task succeeded.
        changed: Tasks that changed something, or would in check mode.
        failed: Tasks that failed.
        changed_tasks: ``role: task`` of each that changed.
        message: Why it failed; empty otherwise.
    """

    ok: bool = True
    changed: int = 0
    failed: int = 0
    changed_tasks: tuple[str, ...] = ()
    message: str = ""

    def after(self, event: TaskEvent) -> "HostResult":
        """The result with one more task in it."""
        name = f"{event.role}: {event.task}"
        if event.status == "changed":
            tasks = (*self.changed_tasks, name)
            return dataclasses.replace(self, changed=self.changed + 1, changed_tasks=tasks)
        if event.status in {"failed", "unreachable"}:
            why = "\n".join(filter(None, (self.message, f"{name}: {event.message}")))
            return dataclasses.replace(self, ok=False, failed=self.failed + 1, message=why)
        return self


def converge(
    hosts: Sequence[Host],
    home: Path,
    *,
    check: bool = False,
    on_event: Callable[[TaskEvent], None] | None = None,
) -> dict[str, HostResult]:
    """Run every host's roles and return what came of it; a failed host stops no other.

    Args:
        hosts: The machines, with those that roles delegate to.
        home: The stack's directory; Ansible keeps its own files under it.
        check: Tell what would change, and change nothing.
        on_event: Called as each task ends.

    Raises:
        ToolError: Ansible itself did not run to its end.
        ValueError: Two hosts order the same roles differently, or a host calls one twice.
    """
    order = role_order(hosts)
    with scratch(home, "ansible") as work:
        _write(work / "inventory.json", json.dumps(inventory(hosts)))
        _write(work / "playbook.json", json.dumps(playbook(hosts, order, check=check)))
        _write(work / "ansible.cfg", "")
        return _run(_argv(work, home, check=check), hosts, on_event or (lambda _event: None))


def role_order(hosts: Iterable[Host]) -> tuple[str, ...]:
    """One order of roles that agrees with every host's own.

    Raises:
        ValueError: There is none.
    """
    before: dict[str, dict[str, None]] = {}
    for host in hosts:
        roles = [call.role for call in host.role_calls]
        if len(set(roles)) < len(roles):
            raise ValueError(f"{host.name} calls a role twice: {roles}")
        for role in roles:
            before.setdefault(role, {})
        for earlier, later in itertools.pairwise(roles):
            before[later][earlier] = None
    try:
        return tuple(graphlib.TopologicalSorter(before).static_order())
    except graphlib.CycleError as circle:
        raise ValueError(f"hosts order their roles differently: {circle.args[1]}") from circle


def inventory(hosts: Iterable[Host]) -> dict[str, object]:
    """Ansible's inventory: each host with its connection and its roles' variables."""
    entries: dict[str, object] = {}
    for host in hosts:
        variables: dict[str, object] = dict(host.connection)
        for call in host.role_calls:
            _check_prefix(call)
            variables.update((name, _literal(value)) for name, value in call.variables.items())
        entries[host.name] = variables
    common = {"ansible_python_interpreter": f"{WARM_PLACE}/python.py", "ansible_managed": MANAGED}
    return {"all": {"hosts": entries, "vars": common}}


def playbook(
    hosts: Sequence[Host], order: Iterable[str], *, check: bool = False
) -> list[dict[str, object]]:
    """A play for each role on the hosts that call it, after one that makes Python ready."""
    first = {"pre_tasks": [_END_UNREADY]} if check else {}
    return [
        {"name": "python", "hosts": "all", "gather_facts": False, "tasks": [_warm_task()]},
        *(
            {
                "name": role,
                "hosts": [host.name for host in hosts if role in _roles(host)],
                "gather_facts": False,
                **first,
                "roles": [role],
            }
            for role in order
        ),
    ]


# Nothing can be foretold of programs that are not installed; that they would be is told already.
_END_UNREADY = {
    "name": "End the check of a machine that lacks packages",
    "ansible.builtin.meta": "end_host",
    "when": "(__base_installed | default({})).rc | default(0) != 0",
}


def _warm_task() -> dict[str, object]:
    script = [f"mkdir -p {WARM_PLACE} && cd {WARM_PLACE}"]
    for file in (WARM / "server.py", WARM / "python.py"):
        text = base64.b64encode(file.read_bytes()).decode()
        script.append(f"echo {text} | base64 -d >{file.name}.new && chmod 755 {file.name}.new")
        script.append(f"mv {file.name}.new {file.name}")
    return {
        "name": "Lay out a Python that starts quickly",
        "ansible.builtin.raw": " && ".join(script),
        "changed_when": False,
        "check_mode": False,
    }


def _roles(host: Host) -> set[str]:
    return {call.role for call in host.role_calls}


def _check_prefix(call: Call) -> None:
    strangers = [name for name in call.variables if not name.startswith(f"{call.role}_")]
    if strangers:
        raise ValueError(f"variables of role {call.role} without its prefix: {strangers}")


def _literal(value: object) -> object:
    """Mark text that looks like a template, so that Ansible takes it as it stands."""
    if isinstance(value, str):
        return {"__ansible_unsafe": value} if TEMPLATE_SIGNS.search(value) else value
    if isinstance(value, Mapping):
        return {name: _literal(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_literal(one) for one in value]
    return value


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")


def _argv(work: Path, home: Path, *, check: bool) -> list[str]:
    """Ansible's command line, in an environment of its own: no setting of the user's reaches it."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "SSH_AUTH_SOCK") if name in os.environ
    }
    environment = {
        **kept,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(PACKAGE.parent),
        "ANSIBLE_CONFIG": str(work / "ansible.cfg"),
        "ANSIBLE_HOME": str(home / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(work / "tmp"),
        "ANSIBLE_ROLES_PATH": str(PACKAGE / "roles"),
        "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS / "callback"),
        "ANSIBLE_CONNECTION_PLUGINS": str(PACKAGE / "lab" / "ansible" / "connection"),
        "ANSIBLE_STDOUT_CALLBACK": "hue_events",
        "ANSIBLE_FORKS": str(FORKS),
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_CACHE_PLUGIN": "memory",
        "ANSIBLE_INVENTORY_ENABLED": "yaml",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
    }
    settings = [f"{name}={value}" for name, value in environment.items()]
    program = [sys.executable, "-m", "ansible", "playbook", "--inventory", work / "inventory.json"]
    mode = ["--check"] if check else []
    return ["env", "-i", *settings, *map(str, program), *mode, str(work / "playbook.json")]


def _run(
    argv: list[str], hosts: Sequence[Host], on_event: Callable[[TaskEvent], None]
) -> dict[str, HostResult]:
    results = {host.name: HostResult() for host in hosts}
    role = ""
    other: list[str] = []

    def hear(line: str) -> None:
        nonlocal role
        event = _event(line)
        if event is None:
            other.append(line)
        elif event["event"] == "role":
            role = str(event["role"])
        else:
            ended = _task_event(event, role)
            results[ended.host] = results[ended.host].after(ended)
            on_event(ended)

    try:
        stream(argv, hear)
    except ToolError as failed:
        # Ansible's code says no more than that some host failed; without one it broke itself.
        if all(result.ok for result in results.values()):
            lines = "\n".join(f"  {line}" for line in other[-12:])
            raise ToolError(f"{say('roles.ansible-broke')}\n{lines}") from failed
    return results


def _event(line: str) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "event" in found else None


def _task_event(event: Mapping[str, object], role: str) -> TaskEvent:
    task = str(event["task"]).removeprefix(f"{role} : ")
    seconds = float(str(event["seconds"]))
    status: Status = event["status"]  # type: ignore[assignment]  # our own callback wrote it
    return TaskEvent(str(event["host"]), role, task, status, seconds, str(event["message"]))
