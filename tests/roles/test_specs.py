"""A role's inputs are told once: the specification, the defaults and the README agree with it."""

import dataclasses
import datetime
import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from a_province import watched

from hue_infra.blueprint import derive, lock
from hue_infra.blueprint.configuration import RoleCall, role_calls
from hue_infra.blueprint.lab import realised
from hue_infra.blueprint.plan import Blueprint
from hue_infra.model.load import load

pytestmark = pytest.mark.slow

_spec = importlib.util.spec_from_file_location("tables", Path(__file__).parent / "tables.py")
assert _spec
assert _spec.loader
tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tables)

TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "path": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}
ARTEFACTS = {
    "kubernetes_program": "/program",
    "kubernetes_images": [],
    "kubernetes_version": "v1.34.4",
    "kubernetes_registry": "registry.test",
    "kubernetes_etcd_tag": "v1",
    "kubernetes_coredns_tag": "v1",
    "kubernetes_metrics_server_tag": "v1",
    "kubernetes_pause_image": "registry.test/pause:v1",
}


@pytest.mark.parametrize("role", tables.OURS)
def test_defaults_are_those_of_the_specification(role: str) -> None:
    specified = {
        name: option["default"]
        for name, option in tables.options(role).items()
        if not option.get("required")
    }

    assert (tables.read(tables.ROLES / role / "defaults" / "main.yml") or {}) == specified


@pytest.mark.parametrize("role", [*tables.OURS, *tables.USED])
def test_readme_shows_the_specification(role: str) -> None:
    readme = (tables.ROLES / role / "README.md").read_text("utf-8")

    assert readme.partition(tables.MARK)[2].strip() == tables.table(role).strip()


@pytest.mark.parametrize("role", tables.OURS)
def test_inputs_begin_with_the_roles_name(role: str) -> None:
    assert [name for name in tables.options(role) if not name.startswith(f"{role}_")] == []


@pytest.mark.parametrize("role", tables.OURS)
def test_every_input_is_used_and_none_is_unknown(role: str) -> None:
    texts = [
        path.read_text("utf-8")
        for folder in ("tasks", "handlers", "templates", "vars")
        for path in (tables.ROLES / role / folder).glob("*")
    ]
    used = set(re.findall(rf"(?<![_\w]){role}_\w+", "\n".join(texts)))

    assert used == set(tables.options(role))


@pytest.mark.parametrize("role", tables.OURS)
def test_task_files_are_short_and_no_module_is_of_a_collection(role: str) -> None:
    for path in (tables.ROLES / role / "tasks").glob("*.yml"):
        text = path.read_text("utf-8")

        assert len(text.splitlines()) <= 60, path
        assert "community." not in text
        assert "ignore_errors" not in text


def problems(call: RoleCall) -> Iterator[str]:
    """What Ansible would refuse in a call, by the role's own specification."""
    specified = tables.options(call.role)
    yield from _problems(call.role, specified, call.variables)


def _problems(where: str, specified: Any, given: Mapping[str, object]) -> Iterator[str]:
    yield from (f"{where}: {name} is unknown" for name in given.keys() - specified.keys())
    for name, option in specified.items():
        if name not in given:
            if option.get("required"):
                yield f"{where}: {name} is missing"
            continue
        yield from _wrong(f"{where}.{name}", option, given[name])


def _wrong(where: str, option: Any, value: Any) -> Iterator[str]:
    kind = option["type"]
    if not isinstance(value, TYPES[kind]) or (kind != "bool" and isinstance(value, bool)):
        yield f"{where}: {value!r} is no {kind}"
    elif "choices" in option and value not in option["choices"]:
        yield f"{where}: {value!r} is none of {option['choices']}"
    elif kind == "list":
        for one in value:
            if "options" in option:
                yield from _problems(where, option["options"], one)
            elif not isinstance(one, TYPES[option["elements"]]):
                yield f"{where}: {one!r} is no {option['elements']}"


@pytest.fixture(scope="module", params=["2026-11-22", "2022-01-05"])
def blueprint(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Blueprint:
    date = datetime.date.fromisoformat(request.param)
    file = watched(tmp_path_factory.mktemp("watched"))
    return derive.derive(load(file, date), date, lock.Lock.empty())[0]


def test_all_calls_of_the_lab_fit_their_specifications(blueprint: Blueprint) -> None:
    lab = realised(blueprint)
    calls = [call for machine in lab.machines for call in role_calls(lab, machine, ARTEFACTS)]

    assert {call.role for call in calls} == {*tables.OURS, "kubernetes"}
    assert [problem for call in calls for problem in problems(call)] == []


def test_calls_of_the_whole_province_fit_their_specifications(blueprint: Blueprint) -> None:
    # Sites of a kind are alike: one machine of each role and kind of site stands for all.
    kinds = {site.name: site.kind for site in blueprint.sites}
    typical = {(kinds[one.site], one.roles): one for one in blueprint.machines}
    calls = [call for one in typical.values() for call in role_calls(blueprint, one, ARTEFACTS)]

    assert [problem for call in calls for problem in problems(call)] == []


def test_a_wrong_call_is_seen() -> None:
    call = RoleCall("routing", {"routing_routes": [{"to": 1}], "routing_rout": []})

    found = "\n".join(problems(call))

    assert "routing_rout is unknown" in found
    assert "1 is no str" in found
    assert "metric is missing" in found


def test_a_new_site_changes_only_those_who_must_know(blueprint: Blueprint) -> None:
    """Leaving a commune out of the lab changes no machine but the data centre's."""
    whole = realised(blueprint)
    last = whole.sites[-1].name
    fewer = realised(
        dataclasses.replace(
            blueprint,
            sites=tuple(
                dataclasses.replace(site, in_lab=site.in_lab and site.name != last)
                for site in blueprint.sites
            ),
        )
    )
    changed = {
        machine.site
        for machine in fewer.machines
        if role_calls(fewer, machine) != role_calls(whole, whole.machine(machine.name))
    }

    assert len(fewer.sites) == len(whole.sites) - 1
    assert changed == {"dc"}
