"""Further policy packs, named on the command line, hold the stacks as our own rules do."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hue_infra import words
from hue_infra.cli.main import main

CASES = Path(__file__).resolve().parents[1] / "cases"
PROVINCE = CASES / "stacks/canary/province.yaml"
PACK = CASES / "engine/packs/settings"


@pytest.fixture(autouse=True)
def _apart(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])
    monkeypatch.setenv("HUE_INFRA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "một cụm mật khẩu")


@pytest.fixture
def preview(tmp_path):
    def run(levels, code):
        file = tmp_path / "levels.json"
        file.write_text(json.dumps(levels), "utf-8")
        packs = ("--policy-pack", str(PACK), "--policy-pack-config", str(file))
        line = ("preview", "--lang", "en", "--target", "ssh", "--province", str(PROVINCE), *packs)
        result = CliRunner().invoke(main, line)
        assert result.exit_code == code, result.output
        return result, packs

    return run


def test_a_mandatory_rule_of_the_pack_ends_the_preview(preview):
    result, _ = preview({"plain": "mandatory", "told": "disabled"}, 4)

    assert "plain (dc-fw1): Has no settings." in result.stderr


def test_an_advisory_rule_only_warns_and_the_next_line_keeps_the_pack(preview):
    result, packs = preview({"plain": "advisory", "told": "disabled"}, 0)

    assert "plain (dc-fw1): Has no settings." in result.stderr
    assert " ".join(packs) in " ".join(result.stderr.split())


def test_a_folder_without_a_pack_is_refused(tmp_path):
    line = ("preview", "--lang", "en", "--target", "ssh", "--province", str(PROVINCE))

    result = CliRunner().invoke(main, [*line, "--policy-pack", str(tmp_path)])

    assert result.exit_code == 3
    assert "holds no policy pack: it has no PulumiPolicy.yaml" in result.stderr
