"""Every sentence of the engine exists in both languages, and none is left over."""

import re
from pathlib import Path

import pytest

from hue_infra import words

SOURCES = Path(words.__file__).parent / "engine"
IDS = re.compile(r"^([a-z-]+) = ", re.MULTILINE)
HOLES = re.compile(r"\{ \$(\w+) \}")


def catalogue(language):
    text = (words.LOCALE / language / "engine.ftl").read_text("utf-8")
    return {
        line.split(" = ", 1)[0]: set(HOLES.findall(line))
        for line in text.splitlines()
        if IDS.match(line)
    }


def test_both_languages_say_the_same_with_the_same_values():
    assert catalogue("vi") == catalogue("en")


def test_the_code_says_what_the_catalogue_holds_and_nothing_else():
    said = set()
    for path in SOURCES.glob("*.py"):
        said |= set(re.findall(r"engine\.([a-z-]+)['\"]", path.read_text("utf-8")))

    assert said == set(catalogue("en"))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_sentence_can_be_said(language):
    for name, holes in catalogue(language).items():
        assert words.say_in(language, f"engine.{name}", **dict.fromkeys(holes, "x"))
