"""Gather requests that come at the same time, so that one run serves them all.

Configuring ten machines in one playbook run costs little more than one machine;
each resource still gets its own answer.
"""

import contextvars
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Request(Generic[Asked, Answer]):
    key: str
    asked: Asked
    context: contextvars.Context
    answer: "Future[Answer]" = field(default_factory=Future)


Told = Callable[[str, str], None]
"""Passes a sentence on to whoever waits for the request of that key."""
Serve = Callable[[Sequence[Asked], Told], Mapping[str, Answer]]


class Gathering(Generic[Asked, Answer]):
    """Serves requests in batches: all that arrive until none has come for *quiet* seconds."""

    def __init__(
        self,
        serve: "Serve[Asked, Answer]",
        listen: Callable[[str], None],
        quiet: float = 0.4,
    ) -> None:
        """Remember how to serve.

        Args:
            serve: Serves a batch; answers by key.
            listen: Called with a sentence inside the context of the request it concerns.
            quiet: Seconds without a new request that end a batch.
        """
        self._serve = serve
        self._listen = listen
        self._quiet = quiet
        self._waiting: list[_Request[Asked, Answer]] = []
        self._lock = threading.Lock()
        self._arrival = 0

    def ask(self, key: str, asked: Asked) -> Answer:
        """Wait for the batch that serves this request and return its answer."""
        request: _Request[Asked, Answer] = _Request(key, asked, contextvars.copy_context())
        with self._lock:
            self._waiting.append(request)
            self._arrival += 1
            mine = self._arrival
        timer = threading.Timer(self._quiet, self._close, (mine,))
        timer.daemon = True
        timer.start()
        return request.answer.result()

    def _close(self, arrival: int) -> None:
        with self._lock:
            if arrival != self._arrival:
                return  # a later request keeps the batch open
            batch, self._waiting = self._waiting, []
        self._answer(batch)

    def _answer(self, batch: "list[_Request[Asked, Answer]]") -> None:
        by_key = {request.key: request for request in batch}

        def tell(key: str, text: str) -> None:
            if key in by_key:
                # One context cannot be entered twice at once: each sentence gets a copy.
                by_key[key].context.copy().run(self._listen, text)

        try:
            answers = self._serve([request.asked for request in batch], tell)
        except BaseException as failure:  # noqa: BLE001 - every waiting request must hear of it
            for request in batch:
                request.answer.set_exception(failure)
            return
        for request in batch:
            request.answer.set_result(answers[request.key])
