"""The ``pulumi`` program: found, asked its version, run for one command at a time.

The Automation API runs commands through an object of this kind. Ours keeps the passphrase to the
child, never waits for an answer on the terminal, and lets a command end in good order when the
run is stopped.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from typing import Final

from pulumi.automation import CommandResult, InvalidVersionError, OnOutput, PulumiCommand
from pulumi.automation.errors import create_command_error

from hue_infra.errors import RemoteError
from hue_infra.words import say

NAME: Final = "pulumi"
OLDEST: Final = (3, 206)
"""From here on the CLI tells its events while it works, over gRPC; before, by a file to poll."""
PATIENCE: Final = 10.0
"""Seconds that an abandoned command has to end; then it is killed with its children."""
TAIL: Final = 12
"""Lines of what a failed command said that are retold."""
_GLANCE: Final = 0.1
"""Seconds between two looks at whether the run was stopped."""
_HIDDEN: Final = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
"""Variables of ours that say which passphrase we use; the child is told the passphrase itself."""


class Executable(PulumiCommand):
    """The program on the path."""

    def __init__(self, stopping: threading.Event) -> None:
        """Find it and ask its version.

        Args:
            stopping: Once set, a command under way is asked to come to its end.

        Raises:
            RemoteError: There is none, it is too old, or it does not answer.
        """
        if shutil.which(NAME) is None:
            raise RemoteError(say("pulumi.missing"), hint=say("pulumi.missing-hint"))
        self.stopping = stopping
        self.last = CommandResult("", "", 0)
        try:
            super().__init__()
        except InvalidVersionError as problem:
            raise RemoteError(str(problem), hint=_wanted()) from problem
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as problem:
            raise RemoteError(f"{say('pulumi.silent')} {problem}") from problem
        found = self.version
        if found is not None and (found.major, found.minor) < OLDEST:
            raise RemoteError(say("pulumi.old", found=str(found)), hint=_wanted())

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run one command to its end; what it said is also `last`.

        Raises:
            CommandError: It failed.
        """
        before = {key: text for key, text in os.environ.items() if key not in _HIDDEN}
        process = subprocess.Popen(
            (self.command, "--non-interactive", *args),
            cwd=cwd,
            env={**before, **additional_env, "PULUMI_AUTOMATION_API": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C reaches us alone; what becomes of the command is then decided here.
            process_group=0,
        )
        with _ended(process):
            said = _Words(process, on_output, on_error)
            self._await(process)
            self.last = said.result()
        if self.last.code:
            raise create_command_error(self.last)
        return self.last

    def tail(self) -> str:
        """The last lines that the last command said: its complaints, else all it said."""
        lines = (self.last.stderr.strip() or self.last.stdout.strip()).splitlines()
        return "\n".join(lines[-TAIL:])

    def _await(self, process: subprocess.Popen[str]) -> None:
        """Wait for the end; the CLI takes one interrupt as: finish what runs, begin no more."""
        asked = False
        while process.poll() is None:
            if self.stopping.is_set() and not asked:
                asked = True
                process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GLANCE)


def _wanted() -> str:
    return say("pulumi.wanted", oldest=".".join(map(str, OLDEST)))


class _Words:
    """What a command says, taken line by line while it runs."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        on_output: OnOutput | None,
        on_error: OnOutput | None,
    ) -> None:
        self._process = process
        self._lines: tuple[list[str], list[str]] = ([], [])
        streams = (process.stdout, process.stderr)
        self._readers = [
            threading.Thread(target=_read, args=(stream, lines, tell), name=NAME, daemon=True)
            for stream, lines, tell in zip(streams, self._lines, (on_output, on_error), strict=True)
        ]
        for reader in self._readers:
            reader.start()

    def result(self) -> CommandResult:
        """All of it, once the command has ended."""
        for reader in self._readers:
            # A plugin that outlives the command may hold the pipe open.
            reader.join(PATIENCE)
        stdout, stderr = ("\n".join(lines) for lines in self._lines)
        return CommandResult(stdout, stderr, self._process.returncode)


def _read(stream: Iterator[str], lines: list[str], tell: OnOutput | None) -> None:
    for line in stream:
        text = line.rstrip()
        lines.append(text)
        if tell is not None:
            tell(text)


@contextlib.contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Leave no command running behind, whatever ends the block."""
    try:
        yield
    finally:
        if process.poll() is None:
            # A second interrupt ends the CLI at once, but lets it close its state and plugins.
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
