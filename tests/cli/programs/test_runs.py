"""Program folders driven by the command line, with real files, real processes, real states."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hue_infra.engine import crypter

ROOT = Path(__file__).parents[3]
PROGRAMS = ROOT / "tests" / "cases" / "engine" / "programs"
PHRASE = "geheim"
# A real key takes a second to derive, by design; all else is as the operator's own command.
START = (
    "from hue_infra.engine import crypter; crypter.ROUNDS = 1; "
    "from hue_infra.cli.main import main; main()"
)
PACK = """
from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ResourceValidationPolicy,
)

def clean(args, report):
    if args.props.get("text") == args.get_config().get("word", "rude"):
        report("mind your words")

schema = PolicyConfigSchema({"word": {"type": "string"}})
policy = ResourceValidationPolicy("clean", "No rude words.", clean, config_schema=schema)
PolicyPack("manners", [policy], EnforcementLevel.MANDATORY)
"""


class Site:
    """A copy of the program folder ``shelf``, and the command line on it, each a process."""

    def __init__(self, folder):
        self.folder = folder / "site"
        self.files = folder / "files"
        self.state = folder / "states"
        self.files.mkdir()
        shutil.copytree(PROGRAMS / "shelf", self.folder)
        kept = {
            name: os.environ[name] for name in ("PATH", "HUE_INFRA_CACHE") if name in os.environ
        }
        self.environment = {
            **kept,
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "PULUMI_CONFIG_PASSPHRASE": PHRASE,
            "PULUMI_BACKEND_URL": f"file://{self.state}",
            "PULUMI_STACK": "dev",
            "LANG": "en",
        }

    def argv(self, *words):
        line = ["engine", *map(str, words), "--cwd", str(self.folder)]
        return [sys.executable, "-P", "-c", START, *line]

    def __call__(self, *words, code=0, **more):
        done = subprocess.run(
            self.argv(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            **({"stdin": subprocess.DEVNULL} | more if "input" not in more else more),
        )
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return done

    def events(self, *words, **more):
        done = self(*words, "--json", **more)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def configure(self):
        self("stack", "init")
        self("config", "set", "folder", self.files)
        self("config", "set", "--secret", "label", input="well-hidden")

    def texts(self):
        return {path.stem: path.read_text() for path in sorted(self.files.iterdir())}

    def written(self):
        """All that was written of the stack, in one text."""
        every = [*self.state.rglob("*"), *self.folder.glob("Pulumi.*")]
        return "".join(path.read_text(errors="replace") for path in every if path.is_file())


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.configure()
    return made


def summary(events):
    return next(event["summaryEvent"] for event in reversed(events) if "summaryEvent" in event)


def test_a_program_is_built_and_removed_in_one_process(hue, tmp_path, monkeypatch):
    site = Site(tmp_path)
    monkeypatch.setattr(crypter, "ROUNDS", 1)
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)

    def run(*words, **more):
        done = hue("engine", *words, "--cwd", site.folder, **more)
        assert done.exit_code == 0, done.output
        return done.stdout

    run("stack", "init")
    run("config", "set", "folder", site.files)
    run("config", "set", "--secret", "label", input="well-hidden")
    made = run("up", "--skip-preview")
    texts = site.texts()
    gone = run("destroy", "--skip-preview")

    assert "+ 5 created" in made
    assert texts == {"0": "book 0", "1": "book 1", "2": "well-hidden"}
    assert "- 5 deleted" in gone
    assert site.texts() == {}


@pytest.mark.slow
def test_words_for_debugging_are_shown_when_asked_for(site):
    usual, more = (site("preview", *words).stdout for words in ((), ("--debug",)))

    assert "debug: " not in usual
    assert "debug: registering resource" in more


@pytest.mark.slow
def test_a_program_lives_its_whole_life(site):
    previewed = site("preview", "--diff")
    nothing = site.texts()
    first = site("up", "--yes")
    made = site.texts()
    same = summary(site.events("up", "--yes", "--skip-preview"))
    site("preview", "--expect-no-changes")
    pending = site("preview", "--expect-no-changes", "--config", "word=page", code=6)
    changed = site("up", "--yes", "--diff")
    grown = site("up", "--skip-preview", "-c", "count=3", "-c", "word=page")
    after = site.texts()
    outputs = json.loads(site("stack", "output", "--json").stdout)
    history = json.loads(site("stack", "history", "--json").stdout)
    gone = site("destroy", "--yes", "--remove")

    assert "+ 5 to create" in previewed.stdout
    assert "text: [secret]" in previewed.stdout
    assert nothing == {}
    assert "+ 5 created" in first.stdout
    assert made == {"0": "book 0", "1": "book 1", "2": "well-hidden"}
    assert (same["result"], same["resourceChanges"]) == ("succeeded", {"same": 5})
    assert "changes where none were expected" in pending.stderr
    assert '~ text: "book 0" => "page 0"' in changed.stdout
    assert "~ 2 updated\n    3 unchanged" in changed.stdout
    assert "+ 1 created" in grown.stdout
    assert after == {"0": "page 0", "1": "page 1", "2": "page 2", "3": "well-hidden"}
    assert outputs["label"] == "[secret]"
    assert outputs["total"] == sum(map(len, after.values()))
    assert [run["resourceChanges"] for run in history] == [
        {"create": 1, "same": 4, "update": 1},
        {"same": 3, "update": 2},
        {"same": 5},
        {"create": 5},
    ]
    assert "- 6 deleted" in gone.stdout
    assert site.texts() == {}
    assert not (site.folder / "Pulumi.dev.yaml").exists()


@pytest.mark.slow
def test_no_secret_is_written_or_said(site):
    said = [site("up", "--skip-preview", "--diff", "-v"), site("up", "--skip-preview", "--json")]

    assert "well-hidden" not in site.written()
    assert all("well-hidden" not in done.stdout + done.stderr for done in said)


@pytest.mark.slow
def test_a_failure_is_told_recorded_and_gone_on_from(site):
    text = (site.folder / "__main__.py").read_text()
    (site.folder / "__main__.py").write_text(text.replace('"refused"', '"book 1"'))

    failed = site("up", "--skip-preview", code=5)
    left = site.texts()
    events = site.events("up", "--skip-preview", code=5)
    (site.folder / "__main__.py").write_text(text)
    mended = site("up", "--skip-preview")

    assert "no file may say book 1" in failed.stdout
    assert "not everything could be done" in failed.stderr
    assert "1 errored" in failed.stdout
    assert "1" not in left
    (refusal,) = [event for event in events if "resOpFailedEvent" in event]
    assert refusal["resOpFailedEvent"]["metadata"]["urn"].endswith("::shelf-1")
    assert summary(events)["result"] == "failed"
    assert site.texts()["1"] == "book 1"
    assert mended.returncode == 0


@pytest.mark.slow
def test_a_stack_that_was_never_made_is_previewed_and_made_by_up(tmp_path):
    site = Site(tmp_path)
    words = ("-c", f"folder={site.files}")
    text = (site.folder / "Pulumi.yaml").read_text()
    (site.folder / "Pulumi.yaml").write_text(text.replace("    secret: true\n", ""))

    site("preview", *words, "-c", "label=x")
    untouched = site.state.exists()
    refused = site("up", code=3)
    site("up", "--yes")

    assert not untouched
    assert "no terminal to ask" in refused.stderr
    assert [item["name"] for item in json.loads(site("stack", "ls", "--json").stdout)] == ["dev"]
    assert "encryptionsalt" in (site.folder / "Pulumi.dev.yaml").read_text()


@pytest.mark.slow
def test_only_targets_are_touched(site):
    site("up", "--skip-preview")
    words = ("-c", "word=page")

    one = site("up", "--skip-preview", "--target", "**::shelf-0", *words)
    left = site.texts()
    rest = site("up", "--skip-preview", "--exclude", "**::shelf-0", "-c", "word=leaf")
    unknown = site(
        "up", "--skip-preview", "--target", "urn:pulumi:dev::shelf::a:b:C::nobody", code=5
    )
    anew = site.events("up", "--skip-preview", "--target-replace", "**::shelf-1")

    assert "~ 1 updated" in one.stdout
    assert left == {"0": "page 0", "1": "book 1", "2": "well-hidden"}
    assert site.texts()["0"] == "page 0"
    assert "~ 1 updated" in rest.stdout
    assert "neither in the stack nor in the program" in unknown.stdout
    assert summary(anew)["resourceChanges"]["replace"] == 1


@pytest.mark.slow
def test_what_was_changed_behind_its_back_is_found_by_a_refresh(site):
    program = site.folder / "__main__.py"
    program.write_text(
        program.read_text().replace(
            "    def delete(self",
            "    def read(self, id_, props):\n"
            "        file = Path(id_)\n"
            "        if not file.exists():\n"
            '            return ReadResult("", {})\n'
            "        text = file.read_text()\n"
            '        return ReadResult(id_, {**props, "text": text, "size": len(text)})\n\n'
            "    def delete(self",
        )
    )
    text = program.read_text().replace("import CreateResult", "import ReadResult, CreateResult")
    program.write_text(text)
    site("up", "--skip-preview")
    (site.files / "0.txt").write_text("something else")
    (site.files / "1.txt").unlink()

    foretold = site("refresh", "--preview-only", "--expect-no-changes", code=6)
    done = site("refresh", "--skip-preview", "--diff")
    again = site("up", "--skip-preview")

    assert "~ 1 to update" in foretold.stdout
    assert "- 1 to delete" in foretold.stdout
    assert '~ text: "book 0" => "something else"' in done.stdout
    assert "+ 1 created" in again.stdout
    assert site.texts()["1"] == "book 1"


@pytest.mark.slow
def test_a_policy_pack_stops_what_breaks_it_before_anything_is_touched(site, tmp_path):
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.2.3\n")
    (pack / "__main__.py").write_text(PACK)
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"clean": {"word": "book 1"}}))

    broken = site("up", "--yes", "--policy-pack", pack, "--policy-pack-config", config, code=4)
    passed = site("up", "--yes", "--policy-pack", pack)
    unpaired = site(
        *("up", "--yes", "--policy-pack", pack),
        *("--policy-pack-config", config, "--policy-pack-config", config),
        code=3,
    )

    assert "[mandatory]  clean" in broken.stdout
    assert "mind your words" in broken.stdout
    assert "nothing was touched" in broken.stderr
    assert "✓ manners@v1.2.3" in passed.stdout
    assert "1 policy packs, but 2 configurations" in unpaired.stderr


@pytest.mark.slow
def test_a_project_that_wants_another_pulumi_is_refused(site):
    with (site.folder / "Pulumi.yaml").open("a") as file:
        file.write('requiredPulumiVersion: ">=99.0.0"\n')

    assert "99.0.0" in site("preview", code=5).stderr


# On a terminal


class Terminal:
    """A process on a terminal of its own, spoken to."""

    def __init__(self, site, *words, rows=40):
        self.master, slave = pty.openpty()
        environment = {**site.environment, "TERM": "xterm", "LINES": str(rows), "COLUMNS": "120"}
        self.process = subprocess.Popen(
            site.argv(*words), env=environment, stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        self.said = ""

    def until(self, text, seconds=60):
        """Read on until *text* is said."""
        deadline = time.monotonic() + seconds
        while text not in self.said:
            assert time.monotonic() < deadline, self.said
            assert self._read(), self.said

    def answer(self, text):
        os.write(self.master, f"{text}\n".encode())

    def end(self):
        while self._read():
            pass
        return self.process.wait(30)

    def _read(self):
        ready, _, _ = select.select([self.master], [], [], 60)
        try:
            data = os.read(self.master, 65536) if ready else b""
        except OSError:
            data = b""
        self.said += data.decode(errors="replace")
        return bool(data)


@pytest.mark.slow
def test_on_a_terminal_the_operator_is_asked_and_may_look_closer(site):
    site("up", "--skip-preview")
    site("config", "set", "word", "page")
    terminal = Terminal(site, "up")

    terminal.until("[y/N/d")
    closer = len(terminal.said)
    terminal.answer("d")
    terminal.until('"book 0" => "page 0"')
    terminal.until("[y/N/d", 5)
    terminal.answer("n")
    refused = terminal.end()
    untouched = site.texts()["0"]
    terminal = Terminal(site, "up")
    terminal.until("[y/N/d")
    terminal.answer("y")

    assert closer
    assert refused == 0
    assert untouched == "book 0"
    assert terminal.end() == 0
    assert "└─" in terminal.said
    assert site.texts()["0"] == "page 0"


@pytest.mark.slow
def test_on_a_terminal_the_passphrase_is_asked_for_unseen(site):
    del site.environment["PULUMI_CONFIG_PASSPHRASE"]
    terminal = Terminal(site, "config", "get", "label")

    terminal.until("Passphrase of stack dev:")
    terminal.answer(PHRASE)

    assert terminal.end() == 0
    assert PHRASE not in terminal.said
    assert "well-hidden" in terminal.said


@pytest.mark.slow
def test_an_interrupt_lets_what_runs_end_and_tells_how_it_stands(site):
    program = site.folder / "__main__.py"
    slow = program.read_text().replace(
        "        Path(props", "        __import__('time').sleep(2)\n        Path(props"
    )
    program.write_text(slow)
    process = subprocess.Popen(
        site.argv("up", "--skip-preview", "--parallel", "1"),
        env=site.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if re.search(r"shelf-\d creating", line):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    left = site.texts()
    program.write_text(slow.replace("sleep(2)", "sleep(0)"))
    site("up", "--skip-preview")

    assert process.returncode == 130, out + err
    assert "Ctrl-C again" in err
    assert len(left) == 1
    assert len(site.texts()) == 3
