"""What is known of a run under way: per layer what is done, what runs, and what it waits for.

The board only remembers; `progress` draws it.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hue_infra.cli.diffview import SAME_DEED, is_told, op_of
from hue_infra.cli.layers import LAYERS, layer_of
from hue_infra.engine.api import StepRecord
from hue_infra.engine.events import Event, Status, StepDone, StepFailed, StepStarted


@dataclass(slots=True)
class Running:
    """A step under way."""

    step: StepRecord
    since: float
    waits_for: str = ""


@dataclass(slots=True)
class Layer:
    """How far one layer is."""

    name: str
    expected: int = 0
    done: int = 0
    failed: int = 0
    running: dict[str, Running] = field(default_factory=dict)
    began: float | None = None
    ended: float | None = None

    @property
    def finished(self) -> bool:
        """Whether all that was expected happened and nothing runs."""
        return bool(self.done or self.failed) and not self.running and self.seen >= self.expected

    @property
    def seen(self) -> int:
        """Steps that ended, well or badly."""
        return self.done + self.failed

    def seconds(self, now: float) -> float:
        """How long the layer has been at work."""
        return 0.0 if self.began is None else (self.ended or now) - self.began


class Board:
    """The state of a run; events come from several threads, so each change takes the lock."""

    def __init__(
        self, expected: Mapping[str, int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.clock = clock
        self.began = clock()
        self.layers = {name: Layer(name, expected.get(name, 0)) for name in LAYERS}
        self.lock = threading.Lock()

    def take(self, event: Event) -> None:
        """Learn from an event of the engine."""
        with self.lock:
            match event:
                case StepStarted(step) if counts(step):
                    self._start(step)
                case StepDone(step, _) if counts(step):
                    self._end(step, failed=False)
                case StepFailed(step, _, _):
                    self._end(step, failed=True)
                case Status(urn, text):
                    for layer in self.layers.values():
                        if urn in layer.running:
                            layer.running[urn].waits_for = text

    def checked(self, *, passed: bool) -> None:
        """Learn that one check of the verification ended."""
        with self.lock:
            layer = self.layers["verification"]
            layer.began = self.clock() if layer.began is None else layer.began
            layer.done += passed
            layer.failed += not passed

    def layer(self, step: StepRecord) -> Layer:
        """The layer that a step belongs to."""
        return self.layers[layer_of(step.type, step.name)]

    def longest(self, layer: Layer, at_most: int) -> list[Running]:
        """What has run longest in a layer."""
        return sorted(layer.running.values(), key=lambda item: item.since)[:at_most]

    def _start(self, step: StepRecord) -> None:
        layer, now = self.layer(step), self.clock()
        layer.began = now if layer.began is None else layer.began
        layer.running[step.urn] = Running(step, now)
        layer.ended = None

    def _end(self, step: StepRecord, *, failed: bool) -> None:
        layer, now = self.layer(step), self.clock()
        layer.began = now if layer.began is None else layer.began
        layer.running.pop(step.urn, None)
        layer.done += not failed
        layer.failed += failed
        layer.ended = now if not layer.running else None


def counts(step: StepRecord) -> bool:
    """Whether a step touches something, and once: of a replacement only its making counts."""
    return is_told(step) and (step.op not in SAME_DEED or op_of(step) == "create")
