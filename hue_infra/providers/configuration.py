"""The configuration of one machine: its roles in order, brought about by Ansible.

All configurations that the engine asks for at the same time become one run.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
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


def _converged(props: Props) -> None:
    result = _gathering.ask(props["machine"]["machine"], _host(props))
    if not result.ok:
        raise RemoteError(
            say("providers.not-converged", machine=result.name, message=result.message)
        )


def _host(props: Props) -> ansible.Host:
    calls = tuple(
        ansible.RoleCall(call["role"], dict(call["variables"])) for call in props["roles"]
    )
    machine: Mapping[str, str] = props["machine"]
    return ansible.Host(machine["machine"], reach.connection(machine), calls)


def _serve(hosts: Sequence[ansible.Host], tell: Told) -> Mapping[str, ansible.HostResult]:
    return ansible.converge(hosts, on_event=lambda event: tell(event.host, event.text))


_gathering: Gathering[ansible.Host, ansible.HostResult] = Gathering(_serve, progress.say)


class Configuration(Resource, module="machine", name="Configuration"):
    """A machine as its roles make it."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        """Configure a machine.

        Args:
            name: The machine, and after a slash what part of its roles.
            props: ``machine`` (a reach), ``roles`` (a list of ``role`` and ``variables``),
                ``instance`` (of the machine).
            opts: Options of the resource.
        """
        names = [call["role"] for call in props["roles"]]
        own = {**props, "name": name, "content": content(names)}
        super().__init__(ConfigurationProvider(), name, own, opts)


def as_json(calls: Sequence[object]) -> str:
    """Variables as text, for comparing."""
    return json.dumps(calls, sort_keys=True, default=str)
