"""The door of the program: language, exit codes, errors, start-up."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hue_infra import errors
from hue_infra.cli import opening
from hue_infra.cli.main import SECTIONS, main

ROOT = Path(__file__).parent.parent.parent
COMMANDS = [name for names in SECTIONS.values() for name in names]
SHELF = ROOT / "tests" / "cases" / "engine" / "programs" / "shelf"
HEAVY = ("pulumi", "ansible", "grpc", "testinfra", "google.protobuf")


def process(*line, code="from hue_infra.cli.main import main; main()", **environment):
    """Run a real process of the command line; what it did."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "HUE_INFRA_CACHE")}
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *map(str, line)],
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [words for words, _ in main.walk()], ids=" ".join)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_command_shows_its_help(hue, command, language):
    done = hue(*command, "--help", "--lang", language)

    assert done.exit_code == 0
    assert ("Cách dùng:" if language == "vi" else "Usage:") in done.stdout
    assert ("Ví dụ:" if language == "vi" else "Example:") in done.stdout
    assert "[OPTIONS]" not in done.stdout or language == "en"
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_overview_names_every_command_and_imports_none():
    code = (
        "import sys; from hue_infra.cli.main import main\n"
        "try: main(['--help'])\n"
        "finally: print([m for m in sys.modules if m.startswith('hue_infra.cli.commands.')])"
    )
    done = process(code=code, LANG="vi_VN.UTF-8")

    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert done.stdout.endswith("[]\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        ["--help"],
        ["up", "--help"],
        ["validate"],
        ["size"],
        ["status"],
        ["engine", "--help"],
        ["engine", "up", "--help"],
        ["engine", "stack", "ls", "--cwd", str(SHELF)],
    ],
)
def test_reading_commands_start_without_the_engine(line, tmp_path):
    code = (
        "import sys; from hue_infra.cli.main import main\n"
        f"try: main({line!r})\n"
        f"finally: print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = process(code=code, HUE_INFRA_HOME=str(tmp_path))

    assert done.stderr.splitlines()[-1] == "[]", done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("environment", "line", "opening_word"),
    [
        ({"LANG": "vi_VN.UTF-8"}, [], "Cách dùng:"),
        ({"LANG": "en_GB.UTF-8"}, [], "Usage:"),
        ({"LANG": "fr_FR.UTF-8"}, [], "Usage:"),
        ({"LANG": "en_GB.UTF-8", "HUE_INFRA_LANG": "vi"}, [], "Cách dùng:"),
        ({"LANG": "vi_VN.UTF-8"}, ["--lang", "en"], "Usage:"),
        ({"LANG": "en_GB.UTF-8"}, ["--help", "--lang=vi"], "Cách dùng:"),
    ],
)
def test_language_follows_the_option_then_the_environment(environment, line, opening_word):
    assert process(*line, **environment).stdout.startswith(opening_word)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["frobnicate"], "there is no command “frobnicate”."),
        (["validat"], "Did you mean “validate”?"),
        (["up", "--dat", "x"], "Did you mean “--date”?"),
        (["up", "--date", "tomorrow"], "“tomorrow” is no day"),
        (["up", "--date"], "“--date” wants a value"),
        (["up", "--yes=1"], "“--yes” takes no value"),
        (["up", "--target", "cloud"], "none of: lab, ssh"),
        (["up", "--parallel", "0"], "no whole number from 1"),
        (["--lang", "fr"], "none of: vi, en"),
        (["new"], "“DIRECTORY” is missing"),
        (["validate", "here"], "nothing was expected"),
        (["engine", "previw"], "Did you mean “preview”?"),
        (["engine", "stack", "lst"], "Did you mean “ls”?"),
        (["engine", "up", "--targt", "x"], "Did you mean “--target”?"),
        (["engine", "up", "-t", "x", "-x", "y"], "cannot be combined"),
        (["engine", "config", "get"], "“KEY” is missing"),
    ],
)
def test_a_mistyped_line_is_usage(hue, line, says):
    done = hue(*line)

    assert done.exit_code == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "--help” tells how it is used" in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InputError, 3),
        (errors.PolicyError, 4),
        (errors.RemoteError, 5),
        (errors.ToolError, 5),
        (errors.EngineError, 5),
        (errors.LockedError, 5),
        (errors.DriftError, 6),
        (errors.VerifyError, 7),
    ],
)
def test_each_expected_failure_has_its_code(hue, monkeypatch, error, code):
    def fail(chosen, ask):
        raise error("rack R4 holds 44 units of 42", hint="move a device out of R4")

    monkeypatch.setattr(opening, "opened", fail)
    plain, for_programs = hue("status"), hue("status", "--json")

    assert (plain.exit_code, for_programs.exit_code) == (code, code)
    assert plain.stderr == ("Error: rack R4 holds 44 units of 42\nHint: move a device out of R4\n")
    assert for_programs.stdout == ""
    assert json.loads(for_programs.stderr) == {
        "error": "rack R4 holds 44 units of 42",
        "hint": "move a device out of R4",
        "exit_code": code,
    }


def test_a_bug_is_short_and_keeps_its_trace(hue, monkeypatch, tmp_path):
    def fail(chosen, ask):
        return 1 / 0

    monkeypatch.setattr(opening, "opened", fail)
    done = hue("status")
    (trace,) = (tmp_path / "cache" / "errors").iterdir()

    assert done.exit_code == 1
    assert str(trace) in done.stderr
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError" in trace.read_text("utf-8")


def test_an_interrupt_ends_with_130(hue, monkeypatch):
    def fail(chosen, ask):
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "opened", fail)
    done = hue("status")

    assert done.exit_code == 130
    assert "Interrupted." in done.stderr


@pytest.mark.parametrize("before", [True, False])
def test_common_options_stand_before_or_after_the_command(hue, before):
    line = ["--json", "version"] if before else ["version", "--json"]

    assert json.loads(hue(*line).stdout)["schema"] == 1


@pytest.mark.parametrize("line", [["--version"], ["--version", "--json"], ["--json", "--version"]])
def test_the_version_can_be_asked_for_as_of_other_programs(hue, line):
    asked = ["version", *line[1:]] if line[0] == "--version" else ["--json", "version"]

    assert hue(*line).stdout == hue(*asked).stdout


def test_a_reader_that_goes_away_is_no_error():
    line = f"{sys.executable} -P -c 'from hue_infra.cli.main import main; main()' schema | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "{\n"
    assert done.stderr == ""


@pytest.mark.slow
def test_connections_that_end_as_they_should_are_not_told():
    code = """\
from concurrent.futures import ThreadPoolExecutor
from hue_infra.cli.main import main

try:
    main()
except SystemExit:
    import grpc
for _ in range(20):
    server = grpc.server(ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    grpc.channel_ready_future(channel).result()
    server.stop(None).wait()
    channel.close()
"""
    done = process("version", code=code)

    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("line", [["engine"], ["engine", "stack"], ["engine", "state"]])
def test_a_group_alone_shows_its_commands(hue, line):
    done = hue(*line)

    assert done.exit_code == 0
    assert done.stdout == hue(*line, "--help").stdout
