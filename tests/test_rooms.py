"""The rooms look down only, outside packages keep to theirs, and the links point where they say."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINKS = ("cli", "stacks", "policies", "roles", "charts", "provinces")

GROUND = {"errors", "units", "words", "places", "limits", "tools"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "units": {"errors", "words"},
    "limits": {"units"},
    "words": {"errors"},
    "places": {"errors"},
    "tools": GROUND,
    "model": GROUND,
    "blueprint": GROUND | {"model"},
    "report": GROUND | {"model", "blueprint"},
    "engine": {"errors", "words"},
    "lab": GROUND,
    "providers": GROUND | {"engine", "lab"},
    "verify": GROUND | {"model", "blueprint", "lab"},
    "policies": GROUND | {"model", "blueprint", "engine"},
    "stacks": GROUND
    | {"model", "blueprint", "engine", "lab", "providers", "verify", "policies", "report"},
    "cli": GROUND
    | {"model", "blueprint", "engine", "lab", "verify", "policies", "report", "stacks"},
}
"""Each room and the rooms it may import, besides itself."""

OUTSIDE = {
    "click": {"cli"},
    "rich": {"cli"},
    "pulumi": {"stacks", "engine", "providers", "policies"},
    "pulumi_kubernetes": {"stacks", "providers"},
    "pulumi_policy": {"policies"},
    "grpc": {"engine"},
    "testinfra": {"verify", "lab"},
    "jsonschema": {"engine"},
    "subprocess": {"tools", "lab", "engine"},
}
"""Packages that are not everybody's, and the rooms they are for."""

LOADED_BY_ANSIBLE = (Path("hue_infra/lab/ansible"), Path("hue_infra/tools/ansible_plugins"))
"""Plugins that Ansible itself loads; nothing of ours imports Ansible."""


def modules() -> Iterator[tuple[str, Path]]:
    """Every module with its room; roles and charts are data."""
    for top in ("hue_infra", "cli", "stacks", "policies"):
        for path in sorted((ROOT / top).rglob("*.py")):
            below = path.relative_to(ROOT / top).parts
            room = top if top != "hue_infra" else below[0].removesuffix(".py")
            if room != "__init__":
                yield room, path


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """What a module imports, with the line; type-checking blocks count too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: imports name the whole path"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def is_plugin(path: Path) -> bool:
    own = path.relative_to(ROOT)
    return any(own.is_relative_to(folder) for folder in LOADED_BY_ANSIBLE)


def test_every_room_is_in_the_table() -> None:
    found = {room for room, _ in modules()}

    assert found - MAY_IMPORT.keys() == set()


def test_rooms_look_down_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for room, path in modules()
        for name, line in imports(path)
        if name.startswith("hue_infra.")
        and name.split(".")[1] not in MAY_IMPORT.get(room, set()) | {room}
    ]

    assert wrong == []


def test_outside_packages_keep_to_their_rooms() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for room, path in modules()
        for name, line in imports(path)
        if room not in OUTSIDE.get(name.split(".")[0], {room})
    ]

    assert wrong == []


def test_ansible_is_run_and_never_imported() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for _, path in modules()
        for name, line in imports(path)
        if name.split(".")[0] in {"ansible", "ansible_runner"} and not is_plugin(path)
    ]

    assert wrong == []


def test_the_test_sees_imports() -> None:
    """A search that finds nothing would pass everything."""
    names = {name for _, path in modules() for name, _ in imports(path)}

    assert "hue_infra.words.say" in names
    assert any(name.startswith("pulumi") for name in names)


@pytest.mark.parametrize("room", LINKS)
def test_import_name_points_at_the_room(room: str) -> None:
    link = ROOT / "hue_infra" / room

    assert link.is_symlink(), "a copy of the checkout dropped its links"
    assert not link.readlink().is_absolute()
    assert link.resolve() == ROOT / room


@pytest.mark.parametrize("top", ["hue_infra", "cli", "stacks", "policies"])
def test_no_module_hides_in_a_drawer(top: str) -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}

    assert [path for path in (ROOT / top).rglob("*.py") if path.stem in drawers] == []
