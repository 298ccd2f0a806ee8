"""Every sentence of the engine's acting half exists in both languages, and is used."""

import re
from pathlib import Path

import pytest

from hue_infra import words
from hue_infra.engine import api

ENGINE = Path(api.__file__).parent
MESSAGE = r"^([a-z-]+) = ((?:.+\n?(?:    .*\n|\}.*\n|   \*.*\n)*))"
USED = {
    name
    for path in ENGINE.glob("*.py")
    for name in re.findall(r'"deployment\.([a-z-]+)"', path.read_text("utf-8").replace("'", '"'))
}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_catalogue_is_what_is_used(language):
    text = (words.LOCALE / language / "deployment.ftl").read_text("utf-8")

    assert set(re.findall(r"^([a-z-]+) =", text, re.MULTILINE)) == USED


def test_both_languages_take_the_same_values():
    found = [
        dict(re.findall(MESSAGE, text, re.MULTILINE))
        for text in (
            (words.LOCALE / language / "deployment.ftl").read_text("utf-8")
            for language in words.LANGUAGES
        )
    ]
    values = [
        {name: set(re.findall(r"\$(\w+)", body)) for name, body in catalogue.items()}
        for catalogue in found
    ]

    assert values[0] == values[1]
