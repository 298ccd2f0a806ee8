"""The gate on resources is our own pack, asked in this process as any other pack is asked."""

import json
from pathlib import Path

import pulumi
import pytest
from google.protobuf import empty_pb2
from ruamel.yaml import YAML

from hue_infra import words
from hue_infra.engine.analysis import AnalyzedResource, PolicyPack, Scene
from hue_infra.engine.policy.inside import Inside
from hue_infra.engine.policy.pack import PackAnalyzer
from hue_infra.engine.values import UNKNOWN, Secret
from hue_infra.policies import crossguard
from hue_infra.policies.gate import rules
from hue_infra.policies.resource_gate import FOLDER, ResourceGate, servicer

CASES = Path(__file__).parent.parent / "cases/policies"
FILES = sorted(
    path
    for path in CASES.glob("*/*.yaml")
    if "inputs" in YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
)
ALLOWED = ("registry.hue.gov.vn",)
PLACES = {"dc-core1": "province.yaml:41:3"}
SCENE = Scene("hue-infra", "hue-lab", "organization", preview=True)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])
    monkeypatch.setenv("HUE_INFRA_LANG", "en")


@pytest.fixture
def gate():
    made = ResourceGate(ALLOWED, PLACES)
    made.begin(SCENE)
    yield made
    made.end()


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """The same pack in a process of its own, told the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUE_INFRA_LANG", "en")
        file = tmp_path_factory.mktemp("pack") / "settings.json"
        file.write_text(json.dumps(crossguard.configuration(ALLOWED, PLACES)), "utf-8")
        made = PackAnalyzer.of(PolicyPack(FOLDER, file))
        made.begin(SCENE)
    yield made
    made.end()


def resource(inputs, kind="kubernetes:core/v1:Pod", name="dc-core1/pod"):
    urn = f"urn:pulumi:hue-lab::hue-infra::{kind}::{name}"
    return AnalyzedResource(urn, kind, name, inputs, "", "")


def pod(image, **more):
    return {"spec": {"containers": [{"name": "web", "image": image, **more}]}}


def case_of(path):
    case = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return resource(case["inputs"], case["type"], "dc-core1"), case


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_gate_tells_the_breaches_of_each_case(path, gate):
    asked, case = case_of(path)
    rule = next(rule for rule in rules(ALLOWED) if rule.id == path.parent.name)

    found = [one for one in gate.analyze(asked) if one.rule == path.parent.name.upper()]

    assert [one.message for one in found] == [
        f"{rule.title}: {breach} {rule.mend} (province.yaml:41:3)" for breach in case["breaches"]
    ]
    assert all(one.mandatory is rule.mandatory for one in found)
    assert {one.severity for one in found} <= {rule.severity.value}


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_process_of_its_own_tells_the_same(path, gate, beside):
    asked, _ = case_of(path)

    told = [(one.rule, one.message, one.mandatory, one.severity) for one in beside.analyze(asked)]

    assert [
        (one.rule, one.message.replace(": ", "\n", 1), one.mandatory, one.severity)
        for one in gate.analyze(asked)
    ] == told


def test_some_cases_are_looked_at():
    assert len(FILES) >= 6


def test_the_pack_has_a_policy_for_each_rule_on_resources(gate):
    info = servicer().GetAnalyzerInfo(empty_pb2.Empty(), None)

    assert {one.name for one in info.policies} == {
        rule.id.upper() for rule in rules(()) if rule.resource
    }
    assert (gate.name, gate.version) == ("hue-infra", "0.1.0")


def test_a_province_names_the_registries(gate):
    asked = resource(pod("other.gov.vn/web@sha256:" + "a" * 64))
    other = ResourceGate(("other.gov.vn",), {})
    other.begin(SCENE)

    assert "SUP-001" in {one.rule for one in gate.analyze(asked)}
    assert "SUP-001" not in {one.rule for one in other.analyze(asked)}


def test_a_resource_that_no_line_declares_says_so(gate):
    found = gate.analyze(resource(pod("nginx"), name="other/pod"))

    assert found
    assert all(one.message.endswith("(-)") for one in found)


def test_secrets_are_opened_for_the_rules_and_unknowns_left_out(gate):
    shut = {"spec": Secret({"hostNetwork": True, "containers": [{"name": "web"}, UNKNOWN]})}

    found = {one.message.split(": ", 1)[1] for one in gate.analyze(resource(shut))}

    assert any("hostNetwork" in text for text in found)
    assert not any("can't run policy" in text for text in found)


def test_a_machine_whose_roles_are_not_known_yet_is_not_judged(gate):
    kind = "pulumi-python:dynamic/machine:Configuration"

    assert gate.analyze(resource({"roles": UNKNOWN}, kind, "dc-core1")) == []
    assert len(gate.analyze(resource({"roles": {}}, kind, "dc-core1"))) == 1


def test_a_pack_that_nobody_tells_anything_goes_by_its_environment(monkeypatch):
    monkeypatch.setenv(crossguard.REGISTRIES, "one.gov.vn,two.gov.vn")
    made = PackAnalyzer(FOLDER, connect=lambda *_: Inside(servicer()))
    made.begin(SCENE)
    asked = resource(pod("two.gov.vn/web@sha256:" + "a" * 64))

    assert "SUP-001" not in {one.rule for one in made.analyze(asked)}


def test_the_program_is_not_touched_by_what_the_pack_is_told(monkeypatch, gate):
    """The SDK sets up its runtime by these variables, which here would be the program's."""
    for name, value in {"PROJECT": "p", "STACK": "other", "DRY_RUN": "true"}.items():
        monkeypatch.setenv(f"PULUMI_{name}", value)

    gate.analyze(resource(pod("nginx")))

    assert pulumi.get_stack() != "other"
