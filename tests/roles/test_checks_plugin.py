"""The plugin behind the checks: variables by machine and role, titles in both languages."""

import ast
from pathlib import Path

import pytest

from hue_infra import words
from hue_infra.verify import checks_plugin

ROLES = Path(__file__).parent.parent.parent / "roles"
CHECKS = [
    (file.parent.parent.name, node.name)
    for file in sorted(ROLES.glob("*/checks/test_*.py"))
    for node in ast.parse(file.read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_check_has_a_title(language: str) -> None:
    for role, name in CHECKS:
        message = f"check-{role}-{name.removeprefix('test_')}".replace("_", "-")

        assert words.say_in(language, f"roles.{message}")


def test_a_check_without_a_title_shows_its_name() -> None:
    assert checks_plugin.title("dns", "test_it_works_well") == "it works well"


def test_the_role_is_read_from_the_checks_place() -> None:
    assert checks_plugin.role_of(ROLES / "dns" / "checks" / "test_dns.py") == "dns"
    assert checks_plugin.role_of(Path("/x/tests/test_dns.py")) is None


def test_defaults_are_those_of_the_role() -> None:
    assert checks_plugin.defaults(ROLES / "dns") == {"dns_forwarders": [], "dns_ttl": 300}
    assert checks_plugin.defaults(ROLES) == {}
