"""The configuration of one machine: its roles in order, brought about by Ansible.

All configurations that the engine asks for at the same time become one run.  A look at a machine is
the same run in check mode: the tasks that would change something are what is otherwise than it was
made.
"""

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from hue_infra.engine import progress
from hue_infra.errors import RemoteError
from hue_infra.lab import Lab
from hue_infra.providers import reach
from hue_infra.providers.gathering import Gathering, Told
from hue_infra.providers.resource import DRIFT, ProvidedResource, seen
from hue_infra.tools import ansible
from hue_infra.words import say

Props = dict[str, Any]
OWN = ("machine", "order", "roles", "content", "instance")
"""A change of these is a change of the machine."""
ROLES = Path(__file__).resolve().parent.parent / "roles"


class ConfigurationProvider(ResourceProvider):
    """Converges a machine on its roles."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Bring it about, unless the machine began with a disk on which it is so already."""
        if not _is_kept(props):
            _converged(props)
        return CreateResult(props["name"], {**props, "trust": _trust(props)})

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Bring it about again: roles are idempotent."""
        _converged(news)
        return UpdateResult({**news, "trust": _trust(news)})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether roles, their variables, their content or the machine itself changed."""
        changes = any(olds.get(key) != news.get(key) for key in OWN)
        return DiffResult(changes=changes or bool(olds.get(DRIFT)), stables=["trust"])

    def read(self, id_: str, props: Props) -> ReadResult:
        """Ask its roles, in check mode, what they would change; a machine is never gone."""
        return seen(id_, props, _would_change(props), made=["trust"])

    def delete(self, _id: str, _props: Props) -> None:
        """Leave the machine as it is: it goes with its own resource."""


def content(roles: Sequence[str]) -> str:
    """Hash of every file of *roles*, so that an edited role is a change."""
    return hashlib.sha256("".join(_content(role) for role in roles).encode()).hexdigest()[:16]


@functools.cache
def _content(role: str) -> str:
    digest = hashlib.sha256()
    for path in sorted((ROLES / role).rglob("*")):
        if path.is_file() and "checks" not in path.parts and path.suffix != ".md":
            digest.update(str(path.relative_to(ROLES)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Call:
    """One role with its variables."""

    role: str
    variables: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A machine to converge, with the machine its roles delegate to."""

    name: str
    """Of the resource: a machine may have several."""
    host: ansible.Host
    delegate: ansible.Host | None
    home: Path


def _is_kept(props: Props) -> bool:
    way = props["machine"]
    if way["kind"] != "lab" or not props.get("kept"):
        return False
    return Lab(Path(way["lab"])).is_kept(way["machine"], str(props["kept"]))


def _trust(props: Props) -> str:
    """Fingerprint of the authority that the machine holds; empty when it holds none."""
    if "pki" not in props["order"] or props.get("delegate"):
        return ""
    certificate = reach.perform(props["machine"], ["cat", reach.AUTHORITY]).stdout
    return hashlib.sha256(certificate.encode()).hexdigest()


def _converged(props: Props) -> None:
    name = str(props["machine"]["machine"])
    if props["machine"]["kind"] == "lab":
        Lab(Path(props["machine"]["lab"])).forget(name)
    result = _gathering.ask(name, _asked(props))
    if not result.ok:
        raise RemoteError(say("providers.not-converged", machine=name, message=result.message))


def _would_change(props: Props) -> Sequence[str]:
    """The tasks that would change something, each with its role.

    Raises:
        RemoteError: The machine could not be looked at.
    """
    way = props["machine"]
    if way["kind"] == "lab" and Lab(Path(way["lab"])).state(way["machine"]) is None:
        raise RemoteError(say("providers.not-running", machine=way["machine"]))
    result = _looking.ask(str(props["name"]), _asked(props))
    if not (result.ok or result.changed_tasks):
        why = say("providers.not-looked", machine=str(way["machine"]), message=result.message)
        raise RemoteError(why)
    # One task may change many things.
    return tuple(dict.fromkeys(result.changed_tasks))


def _asked(props: Props) -> _Asked:
    calls = tuple(_Call(role, json.loads(props["roles"][role])) for role in props["order"])
    delegate = props.get("delegate")
    return _Asked(
        str(props["name"]),
        ansible.Host(str(props["machine"]["machine"]), reach.connection(props["machine"]), calls),
        delegate and ansible.Host(str(delegate["machine"]), reach.connection(delegate)),
        Path(props["home"]),
    )


def _serve(asked: Sequence[_Asked], tell: Told) -> Mapping[str, ansible.HostResult]:
    return _run(asked, tell, check=False)


def _serve_looks(asked: Sequence[_Asked], tell: Told) -> Mapping[str, ansible.HostResult]:
    """Look at every configuration; those of one machine are looked at one after the other."""
    answers: dict[str, ansible.HostResult] = {}
    while rest := [one for one in asked if one.name not in answers]:
        turn = {one.host.name: one for one in reversed(rest)}
        names = {machine: one.name for machine, one in turn.items()}

        def hear(machine: str, text: str, names: Mapping[str, str] = names) -> None:
            tell(names.get(machine, ""), text)

        found = _run(list(turn.values()), hear, check=True)
        answers |= {name: found[machine] for machine, name in names.items()}
    return answers


def _run(asked: Sequence[_Asked], tell: Told, *, check: bool) -> Mapping[str, ansible.HostResult]:
    hosts = {one.host.name: one.host for one in asked}
    for one in asked:
        if one.delegate is not None:
            hosts.setdefault(one.delegate.name, one.delegate)

    def hear(event: ansible.TaskEvent) -> None:
        tell(event.host, f"{event.role}: {event.task}")

    return ansible.converge(list(hosts.values()), asked[0].home, check=check, on_event=hear)


_gathering: Gathering[_Asked, ansible.HostResult] = Gathering(_serve, progress.say)
_looking: Gathering[_Asked, ansible.HostResult] = Gathering(_serve_looks, progress.say)


class Configuration(ProvidedResource, kind="machine:Configuration", provider=ConfigurationProvider):
    """A machine as its roles make it; output ``trust`` names the authority it holds."""

    trust: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        """Configure a machine.

        Args:
            name: The machine, and after a slash what part of its roles.
            props: ``machine`` (a reach), ``delegate`` (the reach of the machine that roles
                delegate to), ``order`` (of its roles), ``roles`` (each role's variables as JSON),
                ``instance`` (of the machine), ``kept`` (the key of the disk that has it all
                already, or empty), ``home`` (the stack's directory).
            opts: Options of the resource.
        """
        own = {**props, "name": name, "content": content(props["order"]), "trust": None}
        super().__init__(name, own, opts)
