"""Pytest plugin for the checks beside the roles: each gets the variables its role was given.

pytest -p hue_infra.verify.checks_plugin roles --hosts=hue-lab://dc-core1?directory=… \
    --role-variables=variables.json

The file (or the one that ``HUE_INFRA_ROLE_VARIABLES`` names) holds, for each machine as
testinfra names it, its roles with their variables: ``{"dc-core1": {"dns": {…}}}``. A role's
defaults fill in the rest. A machine is asked only about its own roles. Every check has a
title for people, ``title`` among its ``user_properties``.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from hue_infra.lab import testinfra_backend
from hue_infra.words import say

OPTION = "--role-variables"
VARIABLE = "HUE_INFRA_ROLE_VARIABLES"

Roles = Mapping[str, Mapping[str, object]]
_machines = pytest.StashKey[Mapping[str, Roles]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file of the machines' variables."""
    parser.addoption(
        OPTION,
        type=Path,
        default=os.environ.get(VARIABLE),
        help="JSON file: machine, role, its variables",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the variables, and make testinfra know the lab's machines."""
    testinfra_backend.register()
    path = config.getoption(OPTION)
    config.stash[_machines] = json.loads(Path(path).read_text("utf-8")) if path else {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the checks of roles that a machine does not have, and title the others."""
    machines = config.stash[_machines]
    kept, left_out = [], []
    for item in items:
        name, role = _machine(item), role_of(item.path)
        if role is None or not name or role in machines.get(name, {}):
            kept.append(item)
        else:
            left_out.append(item)
        if role is not None:
            item.user_properties.append(("title", title(role, _function(item))))
            item.user_properties.append(("machine", name))
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture
def variables(request: pytest.FixtureRequest, host: object) -> dict[str, object]:
    """Variables of the role that the check belongs to, as this machine was given them."""
    role = role_of(request.path)
    name = _host_name(host)
    given = request.config.stash[_machines].get(name, {}).get(role or "")
    if role is None or given is None:
        pytest.skip(f"no variables of role {role} for {name}: give them with {OPTION}")
    return {**defaults(request.path.parent.parent), **given}


def role_of(path: Path) -> str | None:
    """The role whose ``checks/`` holds *path*."""
    return path.parent.parent.name if path.parent.name == "checks" else None


def defaults(role: Path) -> dict[str, object]:
    """Defaults of the role in the directory *role*."""
    path = role / "defaults" / "main.yml"
    return dict(YAML(typ="safe").load(path.read_text("utf-8")) or {}) if path.exists() else {}


def title(role: str, function: str) -> str:
    """What a check shows, for people: from the catalogue, else from the function's name."""
    words = function.removeprefix("test_")
    try:
        return say(f"roles.check-{role}-{words}".replace("_", "-"))
    except (KeyError, LookupError):
        return words.replace("_", " ")


def _function(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", None) or item.name)


def _machine(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return _host_name(callspec.params.get("_testinfra_host")) if callspec else ""


def _host_name(host: object) -> str:
    return str(getattr(getattr(host, "backend", None), "hostname", "") or "")
