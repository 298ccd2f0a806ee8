"""The tutorials: the same commands in both languages, and they do what the pages show."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

from hue_infra.blueprint.configuration import role_calls
from hue_infra.blueprint.derive import derive
from hue_infra.blueprint.lab import realised
from hue_infra.blueprint.lock import Lock
from hue_infra.cli.main import main
from hue_infra.model.load import load

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("vi", "en")
MARK = "@@tutorial"
OURS = re.compile(r"(?:\.\.?/)hue-infra ([^|;>)]*)")
NEEDS_ENGINE = ("preview", "up")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a tutorial and the lines that the page shows below it."""

    command: str
    shown: list[str] = field(default_factory=list)


def steps(language: str) -> list[Step]:
    found: list[Step] = []
    text = (ROOT / "docs" / f"tutorial.{language}.md").read_text("utf-8")
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Step(line[2:]))
            else:
                found[-1].shown.append(line)
    return found


def offline(language: str) -> list[Step]:
    """The steps before the first that needs the engine."""
    every = steps(language)
    first = next(
        place for place, step in enumerate(every) if set(NEEDS_ENGINE) & set(step.command.split())
    )
    return every[:first]


def ours(command: str) -> Iterator[list[str]]:
    """Arguments of each call of hue-infra in a line of shell."""
    return (shlex.split(words) for words in OURS.findall(command))


def pattern(line: str) -> re.Pattern[str]:
    """A shown line as a search: blanks count once, … stands for anything."""
    words = " ".join(line.split())
    return re.compile(re.escape(words).replace("…", ".*?"))


def missing(step: Step, output: str) -> list[str]:
    """The lines shown on the page that the output lacks, looked for in their order."""
    rest = " \n".join(" ".join(line.split()) for line in output.splitlines())
    lacking = []
    for line in step.shown:
        if found := pattern(line).search(rest):
            rest = rest[found.end() :]
        else:
            lacking.append(line)
    return lacking


def perform(chosen: list[Step], place: Path, environment: dict[str, str]) -> list[tuple[int, str]]:
    """Run the commands one after the other in one shell; code and output of each."""
    lines = [f'{{ {step.command}\n}} </dev/null 2>&1; echo "{MARK} $?"' for step in chosen]
    script = place / "script.sh"
    script.write_text("set -o pipefail\n" + "\n".join(lines) + "\n", "utf-8")
    heard = place / "output.txt"  # a file, so that a long run can be watched
    with heard.open("w", encoding="utf-8") as stream:
        subprocess.run(
            ["bash", str(script)],
            cwd=place / "clone",
            env=os.environ | environment,
            stdout=stream,
            check=False,
            timeout=3600,
        )
    parts = re.split(rf"{MARK} (\d+)\n", heard.read_text("utf-8"))
    return [(int(code), text) for text, code in zip(parts[::2], parts[1::2], strict=False)]


def told(chosen: list[Step], results: list[tuple[int, str]]) -> list[str]:
    """What went otherwise than the page says, for a person to read."""
    wrong = []
    for step, (code, output) in zip(chosen, results, strict=True):
        if code or (lacking := missing(step, output)):
            tail = output[-3000:]
            said = f"exit code {code}" if code else f"not shown: {lacking}"
            wrong.append(f"$ {step.command}\n{said}\n{tail}")
    return wrong


@pytest.fixture
def scratch(tmp_path: Path) -> dict[str, str]:
    """Directories of our own for what the commands keep; the cache is everybody's."""
    (tmp_path / "clone").mkdir()
    return {
        "HUE_INFRA_HOME": str(tmp_path / "home"),
        "HUE_INFRA_CONFIG": str(tmp_path / "config"),
        "COLUMNS": "200",
        "NO_COLOR": "1",
    }


def test_both_languages_give_the_same_commands() -> None:
    vietnamese, english = ([step.command for step in steps(language)] for language in LANGUAGES)

    assert len(vietnamese) > 20
    assert english == vietnamese


def test_every_step_of_the_main_road_is_told() -> None:
    words = {words[0] for step in steps("vi") for words in ours(step.command)}

    assert words >= {
        "new", "validate", "size", "diagram", "preview", "up", "status", "shell", "verify",
        "drift", "destroy",
    }  # fmt: skip


@pytest.mark.parametrize("step", steps("vi"), ids=lambda step: step.command[:40])
def test_every_command_exists_with_its_options(step: Step) -> None:
    with click.Context(main, info_name="hue-infra") as top:
        for words in ours(step.command):
            command = main.get_command(top, words[0])

            assert command is not None, words[0]
            command.make_context(words[0], words[1:], parent=top)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_needs_no_engine_goes_as_shown(
    language: str, scratch: dict[str, str], tmp_path: Path
) -> None:
    starter = tmp_path / "clone" / "hue-infra"
    program = "from hue_infra.cli.main import main; main()"
    starter.write_text(
        f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -P -c '{program}' \"$@\"\n"
    )
    starter.chmod(0o755)
    chosen = offline(language)

    results = perform(chosen, tmp_path, scratch | {"HUE_INFRA_LANG": language})

    assert told(chosen, results) == []


def configured(path: Path, before: Lock) -> tuple[dict[str, object], Lock]:
    """What each machine of the lab is told, and the lock after it."""
    loaded = load(path)
    whole, lock = derive(loaded, loaded.date, before)
    lab = realised(whole)
    return {machine.name: role_calls(lab, machine) for machine in lab.machines}, lock


@pytest.mark.parametrize(
    ("edit", "touched"),
    [
        (("street: 40}, uplink", "street: 48}, uplink", 1), {"dc-core1", "dc-core2"}),
        (
            ("phuxuan, aluoi1]", "phuxuan, aluoi1, thuanan]", 1),
            {"dc-fw1", "dc-core1", "dc-core2", "dc-k8s1", "thuanan-gw", "thuanan-edge"},
        ),
    ],
    ids=["more cameras", "one more ward"],
)
def test_a_change_touches_who_must_know_of_it(
    edit: tuple[str, str, int], touched: set[str], tmp_path: Path
) -> None:
    """As the pages say: names of cameras go to the DNS, a new ward to those that serve it."""
    path = tmp_path / "province.yaml"
    text = (ROOT / "provinces" / "hue" / "province.yaml").read_text("utf-8")
    path.write_text(text, "utf-8")
    before, lock = configured(path, Lock.empty())
    path.write_text(text.replace(*edit), "utf-8")

    after, _ = configured(path, lock)

    assert {name for name, calls in after.items() if calls != before.get(name)} == touched
    assert before.keys() <= after.keys()


def test_a_page_that_shows_something_else_is_found_out() -> None:
    step = Step("true", ["Camera   686", "Điểm … / 45"])

    assert missing(step, "Camera    686\nĐiểm  9  / 45\n") == []
    assert missing(step, "Camera    687\nĐiểm  9  / 45\n") == ["Camera   686"]
    assert missing(step, "Điểm  9  / 45\nCamera    686\n") == ["Điểm … / 45"]


@pytest.mark.lab
@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="the lab needs root")
def test_the_whole_tutorial_goes_as_shown(scratch: dict[str, str], tmp_path: Path) -> None:
    """From the clone to the lab that is gone again, by the real ``./hue-infra``."""
    (tmp_path / "clone" / "hue-infra").symlink_to(ROOT / "hue-infra")
    chosen = steps("vi")
    environment = scratch | {"HUE_INFRA_LANG": "vi"}
    try:
        results = perform(chosen, tmp_path, environment)

        assert told(chosen, results) == []
        assert list((tmp_path / "home" / "hue-lab" / "evidence").glob("*.json"))
    finally:
        last = Step("./hue-infra destroy --yes --province hue-thu")
        perform([last], tmp_path, environment)
