"""A killed run does no harm: the proof of ``scripts/interrupt.py`` on a small province."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIMES = 3
SEED = 2026


@pytest.fixture(scope="module")
def interrupt():
    spec = importlib.util.spec_from_file_location("interrupt", ROOT / "scripts" / "interrupt.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up.
    sys.modules["interrupt"] = found
    spec.loader.exec_module(found)
    yield found
    del sys.modules["interrupt"]


@pytest.mark.lab
@pytest.mark.slow
@pytest.mark.usefixtures("_lab_is_possible")
def test_a_killed_up_is_finished_by_the_next(interrupt, new_stack, tmp_path, capsys) -> None:
    made = new_stack(tmp_path, "small")
    stack = interrupt.Stack(tmp_path, made.province, fresh=True)
    try:
        differing = interrupt.prove(stack, TIMES, random.Random(SEED))  # noqa: S311 - a sample
    finally:
        stack.start("destroy", "--yes").wait()

    told = capsys.readouterr().out
    assert differing == 0, told
    assert told.count("killed at") == TIMES


def test_what_differs_is_told_by_its_part(interrupt) -> None:
    wanted = {"machines": {"a": 1}, "links": ["a-1"]}

    assert interrupt.differences(wanted, wanted) == {}
    assert interrupt.differences(wanted, {"machines": {"a": 2}, "links": ["a-1"]}) == {
        "machines": {"wanted": {"a": 1}, "seen": {"a": 2}}
    }
