"""What is verified: a blueprint as built, and a way to run a command on each machine."""

import datetime
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hue_infra.blueprint.plan import Blueprint, Machine
from hue_infra.tools.run import Completed
from hue_infra.verify.report import Check, Verdict, now
from hue_infra.words import say

PAUSE = 0.5
UNREACHED = 255
"""The code of a command that came to nobody, as ssh has it."""
PATIENCE_TO_REACH = 5.0
"""Seconds within which a machine must let us in: what is to begin on it may take longer."""
Perform = Callable[[str, Sequence[str], str], Completed]
"""Machine, argument list, standard input; does not raise when the command fails."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A province as it was built."""

    blueprint: Blueprint
    perform: Perform
    host_spec: Callable[[Machine], str]
    """How testinfra reaches a machine, such as ``hue-lab://dc-core1?directory=…``."""
    host_name: Callable[[Machine], str]
    """How testinfra names it."""
    home: Path
    """The stack's own directory."""

    def with_role(self, role: str) -> list[Machine]:
        """The machines that have *role*."""
        return [machine for machine in self.blueprint.machines if role in machine.roles]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one command on one machine showed."""

    done: Completed
    at: datetime.datetime
    seconds: float

    def check(self, id_: str, where: str, *, passed: bool, detail: str = "") -> Check:
        """The check that this makes; its sentence is the catalogue's ``verify.<id>``."""
        verdict: Verdict = "passed" if passed else "failed"
        text = detail or (self.done.stdout + self.done.stderr).strip()[-400:]
        command = shlex.join(self.done.argv)
        moment = self.at.isoformat()
        seconds = round(self.seconds, 3)
        what = say(f"verify.{id_.split(':', maxsplit=1)[0]}")
        return Check(id_, what, where, verdict, text, command, moment, seconds)


def look(subject: Subject, machine: str, argv: Sequence[str], given: str = "") -> Seen:
    """Run *argv* on *machine* and note when and how long."""
    moment, begun = now(), time.monotonic()
    done = subject.perform(machine, argv, given)
    told = Completed(tuple(argv), done.code, done.stdout, done.stderr)
    return Seen(told, moment, time.monotonic() - begun)


def look_until(
    subject: Subject,
    machine: str,
    argv: Sequence[str],
    is_good: Callable[[Completed], bool],
    patience: float,
) -> Seen:
    """Look again until what is seen is good or *patience*, in seconds, is over.

    Of a machine that is not reached nothing is awaited: many that are away would take hours.
    """
    begun = time.monotonic()
    while True:
        seen = look(subject, machine, argv)
        is_away = seen.done.code == UNREACHED
        limit = min(patience, PATIENCE_TO_REACH) if is_away else patience
        if is_good(seen.done) or time.monotonic() - begun > limit:
            return seen
        time.sleep(PAUSE)
