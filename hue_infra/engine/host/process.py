"""Another process of a run: what it prints becomes messages, and it ends in good order."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

PATIENCE: Final = 5.0
"""Seconds a process has to end by itself once interrupted; then it is killed, as upstream."""
TAIL: Final = 20
"""Lines of what a process printed that are kept for telling why it failed."""

Tell = Callable[[str], None]


class Process:
    """A started process, in a process group of its own: Ctrl-C reaches the engine alone."""

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], tell: Tell
    ) -> None:
        self._tell = tell
        self._tail: list[str] = []
        self._popen = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            process_group=0,
        )
        self._readers: list[threading.Thread] = []
        self._follow(self._popen.stderr)

    @property
    def tail(self) -> str:
        """The last lines that the process printed."""
        return "\n".join(self._tail)

    @property
    def code(self) -> int | None:
        """How the process ended: None while it runs, negative for a signal."""
        return self._popen.poll()

    def first_line(self, seconds: float) -> str:
        """What the process prints first, where plugins tell their port; the rest is followed.

        Nothing comes back when it ends, or says nothing in time.
        """
        found: list[str] = []
        said = threading.Event()

        def read() -> None:
            found.append(self._stdout.readline().strip())
            said.set()

        threading.Thread(target=read, name="first line", daemon=True).start()
        if not said.wait(seconds):
            return ""
        self.follow()
        return found[0]

    def follow(self) -> None:
        """Tell every line of the standard output from now on."""
        self._follow(self._popen.stdout)

    def wait(self, seconds: float | None = None) -> bool:
        """Whether the process has ended, after at most *seconds*; then all it said is told."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        for reader in self._readers:
            # A grandchild may hold the pipe open for longer.
            reader.join(1.0)
        return True

    def end(self, seconds: float = PATIENCE) -> None:
        """Interrupt the process, and kill it with its children if it does not end."""
        if self.wait(0):
            return
        self._signal(signal.SIGINT)
        if not self.wait(seconds):
            self._signal(signal.SIGKILL)
            self.wait()

    @property
    def _stdout(self) -> IO[str]:
        assert self._popen.stdout is not None  # noqa: S101 - asked for above
        return self._popen.stdout

    def _follow(self, stream: IO[str] | None) -> None:
        assert stream is not None  # noqa: S101 - asked for above
        reader = threading.Thread(target=self._read, args=(stream,), name="words", daemon=True)
        reader.start()
        self._readers.append(reader)

    def _read(self, stream: IO[str]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in stream:
                text = line.rstrip("\n")
                self._tail = [*self._tail[1 - TAIL :], text]
                self._tell(text)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, number)
