"""Run another program: by argument list, its end bound to ours, its failure retold."""

import os
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hue_infra.errors import ToolError
from hue_infra.words import say

TAIL = 12
# A tool left behind by a killed run would go on writing; the kernel ends it with us.
LEASH = ("setpriv", "--pdeathsig", "KILL", "--")
WITHHELD = frozenset({"PULUMI_CONFIG_PASSPHRASE"})
"""Secrets that an environment may hold for us alone: no program needs them, and some stay."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program did: its argument list, exit code and words."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str


def run(
    argv: Sequence[str | Path],
    *,
    input: str | None = None,  # noqa: A002 - subprocess's own name for it
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    check: bool = True,
    cwd: Path | None = None,
) -> Completed:
    """Run *argv* to its end and return what it said.

    Args:
        argv: Program and arguments; never a secret among them.
        input: Text for its standard input, which is empty otherwise.
        env: Variables added to ours.
        timeout: Seconds until it is killed.
        check: Raise when it fails.
        cwd: Directory it runs in.

    Raises:
        ToolError: It could not be started, took too long, or failed while *check* is true.
            What it said last is in it.
    """
    words = tuple(str(word) for word in argv)
    try:
        done = subprocess.run(
            [*LEASH, *words],
            input=(input or "").encode(),
            capture_output=True,
            env=_environment(env),
            timeout=timeout,
            check=False,
            cwd=cwd,
        )
    except subprocess.TimeoutExpired as late:
        problem = say("tools.timeout", program=words[0], seconds=late.timeout)
        said = _text(late.stdout) + _text(late.stderr)
        raise ToolError(_with_last_words(problem, said)) from late
    result = Completed(words, done.returncode, _text(done.stdout), _text(done.stderr))
    if check and result.code:
        raise failure(result)
    return result


def stream(
    argv: Sequence[str | Path],
    on_line: Callable[[str], None],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Completed:
    """Run a long program and hand each line it prints to *on_line* as it comes.

    Raises:
        ToolError: It failed.
    """
    words = tuple(str(word) for word in argv)
    lines: list[str] = []
    with subprocess.Popen(
        [*LEASH, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(env),
        cwd=cwd,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        for raw in process.stdout:
            line = _text(raw).rstrip("\n")
            lines.append(line)
            on_line(line)
    result = Completed(words, process.returncode, "\n".join(lines), "")
    if result.code:
        raise failure(result)
    return result


def failure(result: Completed) -> ToolError:
    """Retell a failed program: its name and code, its last lines, the command to repeat it."""
    problem = say("tools.failed", program=result.argv[0], code=result.code)
    hint = say("tools.repeat", command=shlex.join(result.argv))
    return ToolError(_with_last_words(problem, result.stderr.strip() or result.stdout), hint=hint)


def _with_last_words(problem: str, said: str) -> str:
    return "\n".join([problem, *(f"  {line}" for line in said.strip().splitlines()[-TAIL:])])


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in WITHHELD}
    return own | dict(extra or {})


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
