"""The configuration of one machine: its roles in order, brought about by Ansible.

All configurations that the engine asks for at the same time become one run.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

from hue_infra.engine import progress
from hue_infra.errors import RemoteError
from hue_infra.providers import reach
from hue_infra.providers.gathering import Gathering, Told
from hue_infra.tools import ansible
from hue_infra.words import say

Props = dict[str, Any]
OWN = ("machine", "roles", "content", "instance")
"""A change of these is a change of the machine."""
ROLES = Path(__file__).resolve().parent.parent / "roles"


class ConfigurationProvider(ResourceProvider):
    """Converges a machine on its roles."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Bring it about."""
        _converged(props)
        return CreateResult(props["name"], props)

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Bring it about again: roles are idempotent."""
        _converged(news)
        return UpdateResult(news)

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether roles, their variables, their content or the machine itself changed."""
        return DiffResult(changes=any(olds.get(key) != news.get(key) for key in OWN))

    def delete(self, _id: str, _props: Props) -> None:
        """Leave the machine as it is: it goes with its own resource."""


def content(roles: Sequence[str]) -> str:
    """Hash of every file of *roles*, so that an edited role is a change."""
    digest = hashlib.sha256()
    for role in sorted(set(roles)):
        for path in sorted((ROLES / role).rglob("*")):
            if path.is_file() and "checks" not in path.parts and path.suffix != ".md":
                digest.update(str(path.relative_to(ROLES)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Call:
    """One role with its variables."""

    role: str
    variables: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A machine to converge, with the machine its roles delegate to."""

    host: ansible.Host
    delegate: ansible.Host | None
    home: Path


def _converged(props: Props) -> None:
    name = str(props["machine"]["machine"])
    result = _gathering.ask(name, _asked(props))
    if not result.ok:
        raise RemoteError(say("providers.not-converged", machine=name, message=result.message))


def _asked(props: Props) -> _Asked:
    calls = tuple(_Call(str(call["role"]), _whole(call["variables"])) for call in props["roles"])
    delegate = props.get("delegate")
    return _Asked(
        ansible.Host(str(props["machine"]["machine"]), reach.connection(props["machine"]), calls),
        delegate and ansible.Host(str(delegate["machine"]), reach.connection(delegate)),
        Path(props["home"]),
    )


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Numbers come from the engine as doubles; Ansible tells 3 from 3.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


def _serve(asked: Sequence[_Asked], tell: Told) -> Mapping[str, ansible.HostResult]:
    hosts = {one.host.name: one.host for one in asked}
    for one in asked:
        if one.delegate is not None:
            hosts.setdefault(one.delegate.name, one.delegate)

    def hear(event: ansible.TaskEvent) -> None:
        tell(event.host, f"{event.role}: {event.task}")

    return ansible.converge(list(hosts.values()), asked[0].home, on_event=hear)


_gathering: Gathering[_Asked, ansible.HostResult] = Gathering(_serve, progress.say)


class Configuration(Resource, module="machine", name="Configuration"):
    """A machine as its roles make it."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        """Configure a machine.

        Args:
            name: The machine, and after a slash what part of its roles.
            props: ``machine`` (a reach), ``delegate`` (the reach of the machine that roles
                delegate to), ``roles`` (a list of ``role`` and ``variables``), ``instance`` (of
                the machine), ``home`` (the stack's directory).
            opts: Options of the resource.
        """
        names = [call["role"] for call in props["roles"]]
        own = {**props, "name": name, "content": content(names)}
        super().__init__(ConfigurationProvider(), name, own, opts)
