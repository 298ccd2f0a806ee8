"""What a provider is waiting for, said from anywhere below a provider call.

The engine puts a listener around each call; outside one, saying does nothing. A dynamic
provider that is pickled by value (a class of ``__main__``) takes along the modules it names,
which may hold what cannot be pickled: import the function `say`, not this module.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

_listener: ContextVar[Callable[[str], None] | None] = ContextVar("progress", default=None)


def say(text: str) -> None:
    """Tell the operator, in one sentence, what the resource at hand waits for."""
    listener = _listener.get()
    if listener is not None:
        listener(text)


@contextlib.contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Send what is said inside the block to *listener*."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
