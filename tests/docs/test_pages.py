"""The pages hold together: links lead somewhere, generated pages follow the code."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hue_infra.cli.main import SECTIONS
from hue_infra.model.load import load
from hue_infra.policies.gate import rules

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GENERATED = (
    "commands.md",
    "province-file.md",
    "rules.md",
    "engine.md",
    "roles.md",
    "hanging.md",
    "images/hue.svg",
    "images/hue.en.svg",
)
OURS = sorted(
    (*(ROOT / f"{one}.md" for one in ("README", "CONTRIBUTING", "CHANGELOG")), *DOCS.rglob("*.md"))
)
PAGES = sorted(
    (*OURS, *(ROOT / "roles").glob("*/README.md"), *(ROOT / "charts").glob("*/README.md"))
)
BY_HAND = [path for path in OURS if path not in {DOCS / one for one in GENERATED}]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ABSOLUTE = re.compile(r"(?<![\w.:/~$<>}*)-])/[a-z]+(?=/)")
OF_ANY_MACHINE = {"/etc", "/var", "/proc", "/usr", "/sys", "/dev", "/run"}
"""Beginnings of paths that lie alike on every machine."""
SENTENCES = re.compile(r"[^.\s]{2,}[.?!] [A-ZĐÂÔƯ]")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", path.read_text("utf-8"))


def anchors(path: Path) -> set[str]:
    """The names that a forge gives to a page's headings."""
    titles = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def dead(path: Path) -> Iterator[str]:
    """Links of a page that lead nowhere."""
    for target in LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        where = (path.parent / file).resolve() if file else path
        if not where.exists() or (anchor and anchor not in anchors(where)):
            yield target


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script that makes the pages."""
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_generated_page_is_looked_at(maker: ModuleType) -> None:
    assert set(GENERATED) == set(maker.PAGES)


@pytest.mark.parametrize("page", GENERATED)
def test_generated_page_follows_the_code(page: str, maker: ModuleType) -> None:
    written = (DOCS / page).read_text("utf-8")

    assert written == maker.PAGES[page](), "run: python scripts/make_docs.py"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    assert list(dead(path)) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One title\n\n[a](#one-title) [b](#other) [c](gone.md) [d](page.md)\n")

    assert list(dead(page)) == ["#other", "gone.md"]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_name_no_particular_machine(path: Path) -> None:
    found = set(ABSOLUTE.findall(path.read_text("utf-8")))

    assert found - OF_ANY_MACHINE == set()


@pytest.mark.parametrize("path", BY_HAND, ids=name)
def test_a_line_holds_one_sentence(path: Path) -> None:
    lines = [line for line in prose(path).splitlines() if not line.startswith(("|", "#"))]

    assert [line for line in lines if SENTENCES.search(line)] == []


def test_every_command_has_its_page_and_row() -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    names = [one for section in SECTIONS.values() for one in section]

    assert [one for one in names if f"## {one}\n" not in text] == []
    assert [one for one in names if f"| [`{one}`](#{one}) |" not in text] == []


def test_every_rule_has_its_row() -> None:
    text = (DOCS / "rules.md").read_text("utf-8")
    allowed = load(ROOT / "provinces" / "hue" / "province.yaml").province.images.allowed

    assert [
        one.id for one in rules(allowed) if f"| [{one.id.upper()}](#{one.id}) |" not in text
    ] == []


def test_every_role_has_its_page_and_row() -> None:
    text = (DOCS / "roles.md").read_text("utf-8")
    roles = sorted(path.parents[1] for path in (ROOT / "roles").glob("*/tasks/main.yml"))

    assert [role.name for role in roles if f"| [`{role.name}`]" not in text] == []
    assert [role.name for role in roles if not (role / "README.md").exists()] == []


def test_every_decision_stands_in_the_list() -> None:
    text = (DOCS / "decisions" / "README.md").read_text("utf-8")
    pages = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))

    assert pages
    assert [page for page in pages if f"({page})" not in text] == []


def test_picture_of_the_first_screen_is_there() -> None:
    first = (ROOT / "README.md").read_text("utf-8").partition("\n## ")[0]

    assert "](docs/images/hue.svg)" in first
    assert "./hue-infra up" in first
    assert "./run-tests" in first
