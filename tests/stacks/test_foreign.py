"""The stacks under Pulumi's command line: what it is given, and when it is chosen.

A stand-in plays it, so this says what it would be told; no real one has been run.
"""

import json
import runpy
import shutil
import sys
from pathlib import Path

import grpc
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from hue_infra import words
from hue_infra.cli.main import main
from hue_infra.engine import crypter
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.errors import InputError
from hue_infra.stacks.foreign import MAIN
from hue_infra.stacks.operations import Deployment, Settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
STUB = ROOT / "tests/cases/engine/pulumi-stub/pulumi.py"
SMALL = ROOT / "tests/cases/stacks/small/province.yaml"
PHRASE = "một cụm mật khẩu"
NETWORK = "pulumi-python:dynamic/lab:Network"
URN = f"urn:pulumi:small::hue-infra::{NETWORK}::dc/mgmt"
STATE = {"urn": URN, "type": NETWORK, "custom": True, "id": "", "parent": "", "provider": ""}
WOULD_CREATE = {
    "op": "create",
    "urn": URN,
    "type": NETWORK,
    "provider": "",
    "old": None,
    "new": {**STATE, "inputs": {"name": "dc/mgmt"}, "outputs": {}},
    "detailedDiff": None,
}
EVENTS = [
    {"resourcePreEvent": {"metadata": WOULD_CREATE, "planning": True}},
    {"resOutputsEvent": {"metadata": WOULD_CREATE, "planning": True}},
    {"summaryEvent": {"resourceChanges": {"create": 1}, "PolicyPacks": {"hue-infra": "0.1.0"}}},
]


@pytest.fixture(autouse=True)
def _apart(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])
    monkeypatch.setattr(crypter, "ROUNDS", 1)
    monkeypatch.setenv("HUE_INFRA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HUE_INFRA_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PHRASE)


@pytest.fixture
def province(tmp_path):
    """A copy of the small province."""
    file = tmp_path / "province" / "province.yaml"
    file.parent.mkdir()
    shutil.copy(SMALL, file)
    return file


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """The stand-in on the path; gives what it was asked."""
    folder = tmp_path / "stub"
    program = folder / "bin" / "pulumi"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable} -S\n{STUB.read_text('utf-8')}", "utf-8")
    program.chmod(0o755)
    script = {
        "packages": str(Path(grpc.__file__).parent.parent),
        "commands": {"preview": {"events": EVENTS}},
    }
    (folder / "script.json").write_text(json.dumps(script), "utf-8")
    monkeypatch.setenv("PULUMI_STUB", str(folder))
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")

    def asked(word):
        file = folder / "calls.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [call for call in map(json.loads, lines) if word in call["argv"]]

    return asked


def run(*words_, code=0):
    result = CliRunner().invoke(main, [*words_, "--lang", "en"])
    assert result.exit_code == code, result.output
    return result


def preview(province, *more, code=0):
    words_ = ("preview", "--json", "--stack", "small", "--province", str(province), *more)
    return run(*words_, code=code)


def option(call, name):
    return [call["argv"][n + 1] for n, word in enumerate(call["argv"]) if word == name]


def test_a_preview_by_pulumi_is_shown_like_any_other(province, calls):
    result = preview(province, "--engine", "pulumi")

    document = json.loads(result.stdout)
    assert document["changes"]["create"] == 1
    assert [step["name"] for step in document["steps"]] == ["dc/mgmt"]
    assert len(calls("preview")) == 1


def test_the_folder_names_our_program_and_what_to_build(province, calls, tmp_path):
    preview(province, "--engine", "pulumi", "--target", "ssh", "--date", "2025-08-01")

    (call,) = calls("preview")
    assert call["cwd"] == str(tmp_path / "home/small/pulumi")
    read = YAML(typ="safe").load
    assert read(call["files"]["Pulumi.yaml"]) == {
        "name": "hue-infra",
        "runtime": "python",
        "main": str(MAIN),
    }
    assert MAIN.is_file()
    assert read(call["files"]["Pulumi.small.yaml"])["config"] == {
        "hue-infra:province": str(province),
        "hue-infra:target": "ssh",
        "hue-infra:scope": "province",
        "hue-infra:date": "2025-08-01",
    }
    assert call["env"]["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/home/small/state"
    assert call["env"]["PULUMI_CONFIG_PASSPHRASE"] == PHRASE
    assert not any(PHRASE in word for word in call["argv"])


def test_our_rules_go_along_as_a_pack_with_what_the_file_says(province, calls):
    preview(province, "--engine", "pulumi")

    (call,) = calls("preview")
    assert option(call, "--policy-pack") == [str(ROOT / "policies/pack")]
    told = json.loads(call["given"][option(call, "--policy-pack-config")[0]])
    assert told["SUP-001"]["registries"] == ["registry.hue.gov.vn"]
    places = told["NET-004"]["places"]
    file, line, _ = places["dc-core1"].rsplit(":", 2)
    assert file == str(province)
    assert "core1" in province.read_text("utf-8").splitlines()[int(line) - 1]


def test_packs_of_the_operator_stand_behind_ours(province, calls, tmp_path):
    pack, config = tmp_path / "pack", tmp_path / "pack.json"
    pack.mkdir()
    config.write_text('{"all": "advisory"}', "utf-8")

    preview(
        province,
        "--engine",
        "pulumi",
        "--policy-pack",
        str(pack),
        "--policy-pack-config",
        str(config),
    )

    (call,) = calls("preview")
    assert option(call, "--policy-pack") == [str(ROOT / "policies/pack"), str(pack)]
    assert call["given"][option(call, "--policy-pack-config")[1]] == '{"all": "advisory"}'


def test_the_file_chooses_and_the_option_overrules(province, calls, monkeypatch):
    province.write_text(province.read_text("utf-8") + "\nengine: pulumi\n", "utf-8")

    preview(province)
    assert len(calls("preview")) == 1

    result = preview(province, "--engine", "embedded")
    assert len(calls("preview")) == 1
    assert json.loads(result.stdout)["changes"]["create"] > 10


def test_without_pulumi_the_choice_is_told_to_be_vain(province, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    result = preview(province, "--engine", "pulumi", code=5)

    told = json.loads(result.stderr.strip().splitlines()[-1])
    assert "no “pulumi” on the path" in told["error"]
    assert "--engine embedded" in told["hint"]


def test_a_run_and_its_end_go_by_the_same_engine(province, calls):
    settings = Settings(province, "small", target="ssh", scope="province", engine="pulumi")
    deployment = Deployment.open(settings)

    assert deployment.up(lambda _: None).ok
    assert deployment.destroy(lambda _: None).ok

    assert [len(calls(word)) for word in ("up", "destroy")] == [1, 1]
    assert "--run-program=false" in calls("destroy")[0]["argv"]
    # What only makes nothing need not be held to rules, and the CLI could not be told to.
    assert option(calls("destroy")[0], "--policy-pack") == []


def test_status_says_which_engine_ran_last(province, calls, tmp_path):
    store = Deployment.open(Settings(province, "small", engine="pulumi"))._store
    folder = store._history
    folder.mkdir(parents=True)
    record = {
        "kind": "update",
        "startTime": 1,
        "endTime": 3,
        "result": "succeeded",
        "environment": {"exec.kind": "auto.local"},
    }
    (folder / "small-1.history.json").write_text(json.dumps(record), "utf-8")

    def status():
        words_ = ("status", "--json", "--stack", "small", "--province", str(province))
        return json.loads(run(*words_).stdout)["last_run"]

    assert status()["engine"] == "pulumi"
    store.record_history("update", 4, 5, ok=True)
    assert status()["engine"] == "embedded"


def test_settings_of_packs_that_do_not_match_are_refused(province, tmp_path):
    one = Settings(province, "small", policy_packs=(tmp_path,), policy_pack_configs=(tmp_path,) * 2)

    with pytest.raises(InputError, match="1 policy packs and 2 files of settings"):
        Deployment.open(one).preview(lambda _: None)


def program():
    runpy.run_path(str(MAIN), run_name="__main__")


def foretold(province, tmp_path, **config):
    """What `__main__` would make under these settings, by the embedded engine."""
    told = {f"hue-infra:{key}": text for key, text in config.items()}
    engine = EmbeddedEngine(StackRef("hue-infra", "small", tmp_path / "other"), lambda: PHRASE)
    return engine.preview(program, Options(config={"hue-infra:province": str(province), **told}))


def test_the_program_builds_what_its_configuration_says(province, tmp_path):
    """The same resources as when the operations call it themselves."""
    outcome = foretold(province, tmp_path, target="ssh", scope="province", date="2025-08-01")

    assert outcome.ok, outcome.diagnostics
    settings = Settings(province, "small", target="ssh", scope="province")
    direct = Deployment.open(settings).preview(lambda _: None)
    assert sorted(step.urn for step in outcome.steps) == sorted(step.urn for step in direct.steps)


def test_a_date_that_is_none_is_told(province, tmp_path):
    outcome = foretold(province, tmp_path, date="tomorrow")

    assert not outcome.ok
    assert any("hue-infra:date is no day: tomorrow" in item.message for item in outcome.diagnostics)
