"""Every way a province file can be wrong: one file each, with all that is said of it.

``tests/cases/model/refused/<name>.yaml`` is what an operator wrote, beside it
``<name>.en.txt`` and ``<name>.vi.txt`` the whole of the answer.
"""

from pathlib import Path

import pytest

from hue_infra import words
from hue_infra.errors import InputError
from hue_infra.model.load import load

CASES = Path(__file__).parent.parent / "cases" / "model"
REFUSED = sorted((CASES / "refused").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _restore_language(monkeypatch):
    monkeypatch.setattr(words, "_chosen", [])


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_refused_file_is_told_all_its_errors(path, language, monkeypatch):
    monkeypatch.chdir(path.parent)
    words.use(language)

    with pytest.raises(InputError) as refusal:
        load(path.name)

    expected = path.with_suffix(f".{language}.txt").read_text("utf-8").rstrip("\n")
    assert str(refusal.value) == expected


def test_there_are_thirty_refusals_at_least():
    assert len(REFUSED) >= 30


def test_the_file_all_refusals_are_made_from_is_accepted():
    assert load(CASES / "valid" / "minimal.yaml").province.province.codename == "hue"


def test_every_message_of_the_room_is_said_in_both_languages():
    ids = {
        language: {
            line.split(" = ")[0]
            for line in (words.LOCALE / language / "model.ftl").read_text("utf-8").splitlines()
            if " = " in line and line[0].isalpha()
        }
        for language in words.LANGUAGES
    }

    assert ids["vi"] == ids["en"]


def test_a_missing_file_is_told_in_one_sentence(tmp_path):
    words.use("en")

    with pytest.raises(InputError, match="cannot be read: No such file") as refusal:
        load(tmp_path / "province.yaml")

    assert "hue-infra new" in refusal.value.hint


def test_a_file_of_another_encoding_is_refused(tmp_path):
    words.use("vi")
    path = tmp_path / "province.yaml"
    path.write_bytes("title: Huế".encode("utf-16"))

    with pytest.raises(InputError, match="không phải văn bản UTF-8"):
        load(path)
