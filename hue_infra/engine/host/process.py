"""Another process of a run: what it prints becomes messages, and it ends in good order."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from io import IncrementalNewlineDecoder
from pathlib import Path
from typing import IO, Final

PATIENCE: Final = 5.0
"""Seconds a process has to end by itself once interrupted; then it is killed, as upstream."""
TAIL: Final = 20
"""Lines of what a process printed that are kept for telling why it failed."""
_LAG: Final = 1.0
"""Seconds that the reading of what a process printed may be behind, at most."""
_GLANCE: Final = 0.005
"""Seconds between two looks at whether it still is."""
_CHUNK: Final = 65536

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
            process_group=0,
        )
        self._pipes: list[_Pipe] = []
        self._follow(self._popen.stderr, self._line)

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
        first: Future[str] = Future()

        def heard(line: str) -> None:
            if first.done():
                self._line(line)
            else:
                first.set_result(line.strip())

        def over() -> None:
            if not first.done():
                first.set_result("")

        self._follow(self._popen.stdout, heard, over)
        with contextlib.suppress(TimeoutError):
            return first.result(seconds)
        return ""

    def follow(self) -> None:
        """Tell every line of the standard output from now on."""
        self._follow(self._popen.stdout, self._line)

    def catch_up(self) -> None:
        """Return when all is told that the process has printed by now, in whole lines."""
        deadline = time.monotonic() + _LAG
        while any(pipe.is_behind for pipe in self._pipes) and time.monotonic() < deadline:
            time.sleep(_GLANCE)

    def wait(self, seconds: float | None = None) -> bool:
        """Whether the process has ended, after at most *seconds*; then all it said is told."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        for pipe in self._pipes:
            # A grandchild may hold the pipe open for longer.
            pipe.reader.join(_LAG)
        return True

    def end(self, seconds: float = PATIENCE) -> None:
        """Interrupt the process, and kill it with its children if it does not end."""
        if self.wait(0):
            return
        self._signal(signal.SIGINT)
        if not self.wait(seconds):
            self._signal(signal.SIGKILL)
            self.wait()

    def _follow(
        self, stream: IO[bytes] | None, tell: Tell, over: Callable[[], object] = lambda: None
    ) -> None:
        assert stream is not None  # noqa: S101 - asked for above
        self._pipes.append(_Pipe(stream, tell, over))

    def _line(self, text: str) -> None:
        self._tail = [*self._tail[1 - TAIL :], text]
        self._tell(text)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, number)


class _Pipe:
    """What comes through one pipe, told line by line by a thread.

    What was taken out is told before anybody else sees the pipe: it is never empty while
    lines of it are still to be told.
    """

    def __init__(self, stream: IO[bytes], tell: Tell, over: Callable[[], object]) -> None:
        """Begin to read; *over* is called when nothing more can come."""
        self._stream = stream
        self._tell = tell
        self._over = over
        self._decoder = IncrementalNewlineDecoder(
            getincrementaldecoder("utf-8")("replace"), translate=True
        )
        self._begun = ""
        self._lock = threading.Lock()
        self.reader = threading.Thread(target=self._read, name="words", daemon=True)
        self.reader.start()

    @property
    def is_behind(self) -> bool:
        """Whether something was printed that is not told yet."""
        with self._lock:
            waiting = fcntl.ioctl(self._stream, termios.FIONREAD, bytes(4))
            return any(waiting)

    def _read(self) -> None:
        ready = select.poll()
        ready.register(self._stream, select.POLLIN)
        with contextlib.suppress(ValueError, OSError):
            more = True
            while more:
                ready.poll()
                with self._lock:
                    more = self._take()
        self._over()

    def _take(self) -> bool:
        """Tell the lines that have come; whether more can come."""
        data = os.read(self._stream.fileno(), _CHUNK)
        *lines, self._begun = (self._begun + self._decoder.decode(data, not data)).split("\n")
        if not data and self._begun:
            lines.append(self._begun)
        for line in lines:
            self._tell(line)
        return bool(data)
