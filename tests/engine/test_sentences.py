"""Every sentence of the engine exists in both languages, and none is left over."""

import re
from pathlib import Path

import pytest

from hue_infra import words

SOURCES = Path(words.__file__).parent / "engine"
ROOMS = (
    *("builtin", "deployment", "engine", "hooks", "host", "plugins"),
    *("policy", "state", "steps", "targets"),
)
IDS = re.compile(r"^([a-z-]+) =", re.MULTILINE)
SAID = re.compile(r"[\"']([a-z]+)\.([a-z-]+)[\"']")
TEXTS = [path.read_text("utf-8") for path in SOURCES.rglob("*.py")]


def catalogue(language, room):
    return set(IDS.findall((words.LOCALE / language / f"{room}.ftl").read_text("utf-8")))


@pytest.mark.parametrize("room", ROOMS)
def test_the_code_says_what_the_catalogue_holds_and_nothing_else(room):
    said = {name for text in TEXTS for owner, name in SAID.findall(text) if owner == room}
    # The name of a file and a key of a project's file are no sentences.
    said -= {"json", "providers"}

    assert said == catalogue("en", room)


def test_the_search_finds_sentences():
    assert sum(len(SAID.findall(text)) for text in TEXTS) > 100
