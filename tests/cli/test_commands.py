"""What each command asks of the deployment, in which order, and what it tells."""

import json

import pytest
from click.testing import CliRunner

from hue_infra.cli.main import main
from hue_infra.cli.options import SHIPPED, province_file, shipped
from hue_infra.engine.api import Diagnostic
from hue_infra.errors import InputError

FILE = "province.yaml"


@pytest.fixture
def at_terminal(monkeypatch):
    """Let the operator sit at a terminal and type what the test's input says."""
    monkeypatch.setattr("hue_infra.cli.output.Output.interactive", True)


def test_up_previews_gates_builds_verifies_and_tells_what_next(hue, play):
    deployment = play()
    done = hue("up", "--yes")

    assert done.exit_code == 0
    assert deployment.asked == [
        "preflight", "gate", "preview", "write_lock", "up", "verify", "keep",
    ]  # fmt: skip
    assert "+ 13 to create" in done.stdout
    assert "Machine dc-core1: created" in done.stderr
    assert "Checks: 1 passed, 0 failed, 0 skipped." in done.stdout
    assert "https://dichvu.hue.gov.vn:8443/" in done.stdout
    assert "hue-infra status" in done.stderr


def test_up_without_changes_builds_nothing(hue, play, part):
    deployment = play(plan=part.outcome(part.KEPT))
    done = hue("up", "--yes")

    assert done.exit_code == 0
    assert deployment.asked == ["preflight", "gate", "preview", "forget_drift"]
    assert "No changes" in done.stdout
    assert "https://dichvu.hue.gov.vn:8443/" in done.stdout


def test_up_proves_what_an_earlier_run_built_and_did_not_prove(hue, play, part):
    deployment = play(plan=part.outcome(part.KEPT), proved=False)
    done = hue("up", "--yes")

    assert done.exit_code == 0
    assert deployment.asked == ["preflight", "gate", "preview", "forget_drift", "verify", "keep"]
    assert "has passed no verification" in done.stderr
    assert "Checks: 1 passed" in done.stdout
    assert "https://dichvu.hue.gov.vn:8443/" in done.stdout


@pytest.mark.parametrize(("answer", "built"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_up_asks_once(hue, play, at_terminal, answer, built):
    deployment = play()
    done = hue("up", input=answer)

    assert done.exit_code == 0
    assert ("up" in deployment.asked) is built
    assert done.stderr.count("[y/N]") == 1
    assert ("Nothing was done." in done.stderr) is not built


@pytest.mark.parametrize("command", ["up", "destroy"])
def test_without_a_terminal_nothing_is_done_unasked(hue, play, part, command):
    deployment = play(standing=part.STANDING)
    done = hue(command)

    assert done.exit_code == 3
    assert "--yes" in done.stderr
    assert not {"up", "destroy", "write_lock"} & set(deployment.asked)


def test_what_the_machine_lacks_is_said_before_anything_is_touched(hue, play):
    deployment = play(missing=["root is needed; run under sudo", "mmdebstrap is missing"])
    done = hue("up", "--yes")

    assert done.exit_code == 5
    assert deployment.asked == ["preflight"]
    assert "  - root is needed; run under sudo\n  - mmdebstrap is missing" in done.stderr


def test_a_cluster_of_another_version_is_left_alone(hue, play):
    deployment = play(other_version=InputError("main runs v1.33.9", hint="cluster upgrade"))
    done = hue("up", "--yes")

    assert done.exit_code == 3
    assert deployment.asked == ["preflight", "gate"]
    assert "main runs v1.33.9" in done.stderr


@pytest.mark.parametrize("command", ["up", "preview"])
def test_a_broken_mandatory_rule_stops_with_the_line_to_change(hue, play, part, command):
    deployment = play(findings=[part.finding()])
    done = hue(command, *(["--yes"] if command == "up" else []))

    assert done.exit_code == 4
    assert "preview" not in deployment.asked
    assert "province.yaml:41:3: HUE-ZONES Minimum zones: zone dmz is missing" in done.stderr
    assert "add dmz" in done.stderr


def test_an_advisory_rule_is_told_and_lets_pass(hue, play, part):
    deployment = play(findings=[part.finding(mandatory=False)])
    done = hue("up", "--yes")

    assert done.exit_code == 0
    assert "up" in deployment.asked
    assert "Warning: province.yaml:41:3" in done.stderr


def test_a_resource_that_breaks_a_rule_stops_before_it_is_touched(hue, play, part):
    deployment = play(plan=part.outcome(part.FIRST, violations=[part.VIOLATION]))
    done = hue("up", "--yes")

    assert done.exit_code == 4
    assert "up" not in deployment.asked
    assert "HUE-IMAGES: image without digest" in done.stderr


def test_a_plan_that_cannot_be_made_tells_why(hue, play, part):
    why = [Diagnostic("error", "chart portal: no such value")]
    done = (play(plan=part.outcome((), ok=False, diagnostics=why)), hue("preview"))[1]

    assert done.exit_code == 5
    assert "chart portal: no such value" in done.stderr


def test_a_failed_run_tells_why_and_how_to_go_on(hue, play, part):
    why = [Diagnostic("error", "dc-core1: no space left")]
    play(result=part.outcome(part.FIRST, ok=False, diagnostics=why))
    done = hue("up", "--yes")

    assert done.exit_code == 5
    assert "dc-core1: no space left" in done.stderr
    assert "run “hue-infra up” again" in done.stderr


@pytest.mark.parametrize("command", [["up", "--yes"], ["verify"]])
def test_a_failed_check_ends_with_7(hue, play, part, command):
    play(checks=[part.check(), part.check("failed", "the log line arrives")])
    done = hue(*command)

    assert done.exit_code == 7
    assert "the log line arrives" in done.stdout
    assert "Checks: 1 passed, 1 failed, 0 skipped." in done.stdout
    assert "/tmp/hue-lab/evidence/1.json" in done.stderr  # noqa: S108


@pytest.mark.parametrize(("plan", "code"), [("KEPT", 0), ("CHANGED", 6)])
def test_preview_can_expect_no_changes(hue, play, part, plan, code):
    play(plan=part.outcome(getattr(part, plan)))

    assert hue("preview", "--expect-no-changes").exit_code == code


@pytest.mark.parametrize(("typed", "gone"), [("hue-lab\n", True), ("y\n", False), ("hue\n", False)])
def test_destroy_wants_the_name_typed(hue, play, part, at_terminal, typed, gone):
    deployment = play(standing=part.STANDING)
    done = hue("destroy", input=typed)

    assert done.exit_code == 0
    assert ("destroy" in deployment.asked) is gone


def test_destroy_twice_is_fine(hue, play, part):
    """A killed run may have left what no state names, so the second time destroys too."""
    deployment = play(plan=part.outcome(()))
    done = hue("destroy")

    assert done.exit_code == 0
    assert "destroy" in deployment.asked
    assert "nothing left to remove" in done.stdout


def test_status_of_what_stands(hue, play, part):
    play(standing=part.STANDING)
    done = hue("status")

    assert done.exit_code == 0
    assert "1 running, 1 stopped" in done.stdout
    assert "held by an@may1 (4711)" in done.stdout
    assert "dc-core2   stopped" in done.stdout
    assert "https://dichvu.hue.gov.vn:8443/" in done.stdout


def test_status_of_nothing_says_how_to_begin(hue, play):
    play()
    done = hue("status")

    assert done.exit_code == 0
    assert "Nothing stands in hue-lab yet." in done.stderr
    assert "hue-infra up" in done.stderr


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        (["up", "--yes"], {"stack", "changed", "steps", "checks", "endpoints", "verification"}),
        (["preview"], {"stack", "changed", "changes", "steps"}),
        (["status"], {"stack", "resources", "machines", "last_run", "lock", "endpoints"}),
        (["verify"], {"stack", "checks", "verification", "evidence"}),
        (["destroy", "--yes"], {"stack", "removed", "by_layer"}),
        (["validate"], {"codename", "date", "counts", "findings"}),
        (["size"], {"links", "storage", "materials", "totals"}),
        (["diagram"], {"path", "svg"}),
        (["version"], {"hue-infra", "pulumi", "python"}),
    ],
)
def test_json_is_one_document_on_stdout(hue, play, part, line, keys):
    play(standing=part.STANDING)
    done = hue(*line, "--json")

    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == 1
    assert keys <= document.keys()


def test_ca_prints_the_certificate_and_nothing_else(hue, play, part):
    play()
    done = hue("ca")

    assert (done.exit_code, done.stdout) == (0, part.CERTIFICATE)


@pytest.mark.parametrize("line", [["up", "--yes"], ["status"]])
def test_addresses_come_with_lines_to_try_them(hue, play, part, line):
    play(standing=part.STANDING)
    shown = [one.strip() for one in hue(*line, "--stack", "my lab").stdout.splitlines()]

    assert "hue-infra ca --stack 'my lab' > province-ca.crt" in shown
    assert (
        "curl --cacert province-ca.crt --resolve dichvu.hue.gov.vn:8443:127.0.0.1"
        " https://dichvu.hue.gov.vn:8443/"
    ) in shown


def test_next_commands_are_about_the_same_province_and_day(hue, play):
    """Only the options that the operator typed, and that the next command takes."""
    play()
    preview = hue("preview", "--province", "hue", "--date", "2027-01-05").stderr
    built = hue("up", "--yes", "--date", "2027-01-05", "--parallel", "3").stderr

    assert "hue-infra up --province hue --date 2027-01-05 " in preview
    assert "hue-infra verify --date 2027-01-05 " in built
    assert "hue-infra status  " in built


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_asks_us(hue, shell):
    done = hue("completion", shell)

    assert done.exit_code == 0
    assert f"_HUE_INFRA_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize(
    ("line", "word", "found"),
    [
        ("hue-infra st", 1, ["plain,status"]),
        ("hue-infra up --tar", 2, ["plain,--target"]),
        ("hue-infra completion z", 2, ["plain,zsh"]),
    ],
)
def test_the_shell_is_told_what_fits(line, word, found):
    asked = {"_HUE_INFRA_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(word)}
    done = CliRunner().invoke(main, [], env=asked, prog_name="hue-infra")

    assert done.stdout.split() == found


def test_quiet_says_only_errors(hue, play):
    play()
    done = hue("up", "--yes", "-q")

    assert done.stderr == ""


def test_colour_is_for_terminals_unless_forced(hue, play, monkeypatch):
    play()
    plain, forced = hue("preview"), hue("preview", "--color", "always")
    monkeypatch.setenv("FORCE_COLOR", "1")
    by_environment = hue("preview")
    monkeypatch.setenv("NO_COLOR", "1")
    refused = hue("preview")

    assert [("\x1b[" in done.stdout) for done in (plain, forced, by_environment, refused)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_new_begins_a_province_that_validates(hue, tmp_path):
    own = tmp_path / "own"

    assert hue("new", own).exit_code == 0
    assert f"$schema={'province.schema.json'}" in (own / FILE).read_text("utf-8")
    assert (own / "province.schema.json").is_file()
    assert not (own / "province.lock").exists()
    assert hue("validate", "--province", own).exit_code == 0


def test_new_overwrites_nothing(hue, tmp_path):
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    done = hue("new", tmp_path)

    assert done.exit_code == 3
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_validate_tells_every_error_of_the_file(hue, tmp_path):
    text = (SHIPPED / "hue" / FILE).read_text("utf-8")
    wrong = text.replace("codename: hue", "codenam: hue").replace("domain: hue.gov.vn", "domain: x")
    (tmp_path / FILE).write_text(wrong, "utf-8")
    done = hue("validate", "--province", tmp_path)

    assert done.exit_code == 3
    assert done.stderr.startswith("Error:\n")
    assert sum(f"{FILE}:" in line for line in done.stderr.splitlines()) >= 2
    assert "codename" in done.stderr


@pytest.mark.parametrize(("date", "sites"), [("2022-01-05", 155), (None, 45)])
def test_the_same_file_validates_then_and_now(hue, date, sites):
    line = ["validate", "--json", "--province", "hue", *(["--date", date] if date else [])]

    assert json.loads(hue(*line).stdout)["counts"]["sites"] == sites


@pytest.mark.parametrize(
    ("language", "told"),
    [("vi", "Thành phố Huế, tại ngày 05/01/2027"), ("en", "Huế city, as of 2027-01-05")],
)
def test_validate_names_the_province_and_the_day(hue, language, told):
    done = hue("validate", "--province", "hue", "--date", "2027-01-05", "--lang", language)

    assert told in done.stdout


def test_diagram_is_written_where_told(hue, tmp_path):
    done = hue("diagram", "--output", tmp_path / "hue.svg")

    assert done.exit_code == 0
    assert done.stdout == ""
    assert (tmp_path / "hue.svg").read_text("utf-8").startswith(("<svg", "<?xml"))


def test_schema_is_a_schema(hue):
    assert json.loads(hue("schema").stdout)["type"] == "object"


def test_a_province_is_found_by_file_directory_name_and_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reference = SHIPPED / "hue" / FILE

    assert "hue" in shipped()
    assert province_file(None) == reference
    assert province_file("hue") == reference
    assert province_file(str(reference)) == reference
    assert province_file(str(reference.parent)) == reference
    (tmp_path / FILE).write_text("", "utf-8")
    assert province_file(None).resolve() == tmp_path / FILE
    with pytest.raises(InputError, match="atlantis"):
        province_file("atlantis")


def test_shell_names_the_machines_there_are(hue, play, tmp_path):
    play(home=tmp_path)
    done = hue("shell", "dc-core1")

    assert done.exit_code == 3
    assert "has no machine “dc-core1”" in done.stderr
