"""The catalogues of every room say the same things in both languages, and all the code says."""

import ast
import functools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

from hue_infra.cli.localised import LazyGroup, Option
from hue_infra.cli.main import main
from hue_infra.words import LANGUAGES, LOCALE

ROOT = Path(__file__).parent.parent
CODE = ("hue_infra", "cli", "stacks", "policies")
ROOMS = sorted({path.stem for path in LOCALE.glob("*/*.ftl")})


COMMANDS = {command.words: command for _, command in main.walk()}


class Arguments(Visitor):
    """Gathers the names of the values that a message takes."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802 - Fluent's
        self.names.add(node.id.name)


@functools.cache
def catalogue(language: str, room: str) -> dict[str, fluent.Message]:
    """The messages of one room, by id; a line that does not parse fails the test."""
    body = FluentParser().parse((LOCALE / language / f"{room}.ftl").read_text("utf-8")).body
    broken = [entry.content for entry in body if isinstance(entry, fluent.Junk)]
    messages = [entry for entry in body if isinstance(entry, fluent.Message)]
    names = [message.id.name for message in messages]

    assert broken == []
    assert len(names) == len(set(names)), f"{language}/{room}: an id stands twice"
    return {message.id.name: message for message in messages}


def arguments(message: fluent.Message) -> set[str]:
    visitor = Arguments()
    visitor.visit(message)
    return visitor.names


def said() -> Iterator[tuple[str, str, int]]:
    """Each whole message name that the code hands to `say` as a literal, with its place."""
    for room in CODE:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and name_of(node.func) in {"say", "say_in"}:
                    place = 1 if name_of(node.func) == "say_in" else 0
                    value = node.args[place] if len(node.args) > place else None
                    if isinstance(value, ast.Constant) and "." in str(value.value):
                        yield str(value.value), str(path.relative_to(ROOT)), node.lineno


def name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        # hue_infra.engine.progress.say speaks free text.
        owner = function.value
        of_words = isinstance(owner, ast.Name) and owner.id == "words"
        return function.attr if of_words else ""
    return function.id if isinstance(function, ast.Name) else ""


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_the_same_in_every_language(room: str) -> None:
    vietnamese, english = (catalogue(language, room) for language in LANGUAGES)

    assert sorted(vietnamese) == sorted(english)
    for name, message in vietnamese.items():
        assert arguments(message) == arguments(english[name]), f"{room}.{name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_composed(language: str) -> None:
    """Decomposed Vietnamese letters break widths on a terminal and searches in a page."""
    for path in (LOCALE / language).glob("*.ftl"):
        text = path.read_text("utf-8")

        assert unicodedata.is_normalized("NFC", text), path


def test_all_that_the_code_says_is_in_the_catalogues() -> None:
    known = {f"{room}.{name}" for room in ROOMS for name in catalogue("vi", room)}
    missing = [f"{path}:{line}: {name}" for name, path, line in said() if name not in known]

    assert missing == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_its_help_in_every_language(command: str) -> None:
    room, _, name = command.partition(".")
    for language in LANGUAGES:
        known = catalogue(language, room)

        assert {f"{name}-short", f"{name}-help", f"{name}-example"} <= known.keys()


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_has_its_help_in_every_language(command: str) -> None:
    options = [param for param in COMMANDS[command].params if isinstance(param, Option)]
    named = {*(option.message for option in options)}
    named |= {f"cli.metavar-{option.word}" for option in options if option.word}
    for language in LANGUAGES:
        known = {f"{room}.{name}" for room in ROOMS for name in catalogue(language, room)}

        assert named - known == set()


def test_a_section_of_the_help_has_a_title_in_every_language() -> None:
    groups = [main, *(item for item in COMMANDS.values() if isinstance(item, LazyGroup))]
    named = {f"section-{section}" for group in groups for section in group.sections}
    for language in LANGUAGES:
        assert named - catalogue(language, "cli").keys() == set()


def test_the_search_for_messages_finds_some() -> None:
    assert len({name for name, _, _ in said()}) > 100
