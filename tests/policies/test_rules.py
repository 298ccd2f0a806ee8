"""Each rule passes and fails on its cases; a case is one small file."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from hue_infra import words
from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lock import Lock
from hue_infra.model.load import load
from hue_infra.policies.gate import declared_findings, rules
from hue_infra.policies.rule import Declared, Resource

ROOT = Path(__file__).parent.parent.parent
CASES = ROOT / "tests/cases/policies"
HUE = ROOT / "provinces/hue/province.yaml"
REFERENCES = sorted(ROOT.glob("provinces/*/province.yaml"))
ALLOWED = ("registry.hue.gov.vn",)
FILES = sorted(CASES.glob("*/*.yaml"))


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])


def case_of(path):
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def findings(text, folder):
    file = folder / "province.yaml"
    file.write_text(text, "utf-8")
    loaded = load(file)
    blueprint, _ = derive(loaded, loaded.date, Lock.empty())
    return declared_findings(Declared(loaded.province, blueprint), loaded.where)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rule_decides_its_case(path, tmp_path):
    case = case_of(path)
    rule = next(rule for rule in rules(ALLOWED) if rule.id == path.parent.name)

    if "edit" in case:
        old, new = case["edit"]["old"], case["edit"]["new"]
        text = HUE.read_text("utf-8")
        assert old in text
        found = findings(text.replace(old, new, 1) if old else text, tmp_path)
        said = [finding.message for finding in found if finding.rule == rule.id.upper()]
    else:
        said = [
            b.message for b in rule.resource(Resource(case["type"], "dc-core1", case["inputs"]))
        ]

    if "first" in case:
        assert said[0] == case["first"]
    else:
        assert said == case["breaches"]


@pytest.mark.parametrize("rule", rules(ALLOWED), ids=lambda rule: rule.id)
def test_every_rule_has_a_passing_and_a_failing_case(rule):
    stems = {path.stem.split("-")[0] for path in FILES if path.parent.name == rule.id}

    assert stems == {"pass", "fail"}


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.parent.name)
def test_no_reference_province_breaks_a_rule(path, tmp_path):
    assert findings(path.read_text("utf-8"), tmp_path) == []


def test_finding_names_the_line_to_change(tmp_path):
    text = HUE.read_text("utf-8").replace(
        "Thư điện tử công vụ, level: 2", "Thư, level: 2, data_country: SG"
    )
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "data_country: SG" in row)

    (found,) = findings(text, tmp_path)

    assert found.where.startswith(f"{tmp_path}/province.yaml:{line}:")
    assert found.mandatory


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("rule", rules(ALLOWED), ids=lambda rule: rule.id)
def test_every_rule_speaks_both_languages(rule, language):
    for part in ("title", "why", "mend"):
        assert words.say_in(language, f"policies.{rule.id}-{part}")


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem.startswith("fail")], ids=lambda path: path.stem
)
def test_a_rule_is_about_every_type_that_can_break_it(path):
    case = case_of(path)
    rule = next(rule for rule in rules(ALLOWED) if rule.id == path.parent.name)

    assert "inputs" not in case or rule.is_about(case["type"])


def test_a_rule_is_not_about_everything():
    assert not any(rule.is_about("pulumi:pulumi:Stack") for rule in rules(ALLOWED))
