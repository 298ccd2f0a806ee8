"""How long a check waits for what it looks for."""

import time
from types import SimpleNamespace
from typing import cast

import pytest

from hue_infra.tools.run import Completed
from hue_infra.verify import subject
from hue_infra.verify.subject import UNREACHED, Subject, look_until


def seconds(codes: list[int], patience: float) -> tuple[int, float]:
    """The code seen last of a machine that says *codes* in turn, and how long it took."""
    left = iter(codes)

    def perform(_machine: str, argv: list[str], _given: str) -> Completed:
        return Completed(tuple(argv), next(left, codes[-1]), "", "")

    asked = cast("Subject", SimpleNamespace(perform=perform))
    begun = time.monotonic()
    seen = look_until(asked, "dc-core1", ["true"], lambda done: done.code == 0, patience)
    return seen.done.code, time.monotonic() - begun


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PAUSE", 0.01)
    monkeypatch.setattr(subject, "PATIENCE_TO_REACH", 0.1)


def test_what_begins_is_awaited_and_who_is_away_is_not() -> None:
    begins, away = seconds([1], 0.5), seconds([UNREACHED], 60)

    assert (begins[0], away[0]) == (1, UNREACHED)
    assert begins[1] >= 0.5
    assert away[1] < 30


def test_who_is_let_in_a_moment_later_is_asked() -> None:
    assert seconds([UNREACHED, UNREACHED, 1, 1, 0], 60)[0] == 0
