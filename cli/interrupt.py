"""Ctrl-C: the first asks the run to stop in good order, the second ends it at once."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def stopping(stop: Callable[[], None], tell: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Inside the block, the first interrupt calls *tell* and *stop* instead of ending the run.

    Yields:
        A function that says whether the operator interrupted.
    """
    asked = False

    def handle(_: int, __: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        tell()
        stop()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, handle) for number in signals}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
