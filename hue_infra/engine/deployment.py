"""One run of the engine: what all its parts share, and how it stops."""

import contextlib
import contextvars
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hue_infra.engine import urns
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.calls import Calls
from hue_infra.engine.ledger import Entry, Ledger
from hue_infra.engine.provider import Provider
from hue_infra.engine.registry import ProviderResources, Registry
from hue_infra.engine.reporter import Reporter
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import PropertyMap, Secret
from hue_infra.errors import EngineError, HueError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.engine.goal import Goal


class StoppedError(EngineError):
    """The run is over for whoever asks: something failed before, or the operator stopped it."""


class ReportedError(EngineError):
    """A failure that is already among the run's diagnostics."""


@dataclass(frozen=True, slots=True)
class Cascade:
    """A resource deleted because one it depends on is deleted before its replacement."""

    done: threading.Event
    keys: tuple[str, ...] = ()


class Deployment:
    """State shared by the registrations, deletions and reads of one run."""

    def __init__(
        self,
        stack: StackRef,
        options: Options,
        ledger: Ledger,
        *,
        preview: bool,
        factories: Mapping[str, Callable[[], Provider]],
    ) -> None:
        self.stack = stack
        self.options = options
        self.ledger = ledger
        self.preview = preview
        self.reporter = Reporter(options.on_event)
        self.registry = Registry(factories)
        self.lock = threading.RLock()
        self.olds = ledger.live()
        """What each URN was at the start."""
        self.goals: dict[str, Goal] = {}
        self.settled: dict[str, Entry] = {}
        """What each URN registered in this run has become."""
        self.decided: dict[str, threading.Event] = {}
        """Old URNs whose fate is decided: no cascade may take them, but must await their step."""
        self.cascaded: dict[Entry, Cascade] = {}
        self.aliases: dict[str, str] = {}
        """New URN to the old one under which the state knew the resource."""
        self.failed: set[str] = set()
        self.broken: BaseException | None = None
        """What broke in the engine itself; the run ends with it."""
        self._slots = threading.BoundedSemaphore(max(1, options.parallel))
        self._stopped = threading.Event()
        for name in options.secret_config:
            self.reporter.conceal.learn(Secret(options.config.get(name, "")))

    @property
    def stopped(self) -> bool:
        """Whether no further step may start."""
        return self._stopped.is_set() or self.options.stopping.is_set()

    def stop(self) -> None:
        """Let running steps finish and start no other."""
        self._stopped.set()

    def check_open(self) -> None:
        """Raise `StoppedError` once the run is stopped."""
        if self.stopped:
            raise StoppedError(say("deployment.stopped"))

    @contextlib.contextmanager
    def slot(self) -> Iterator[None]:
        """One of the places for steps that run at a time; none is given once stopped."""
        with self._slots:
            self.check_open()
            yield

    def fail(self, urn: str, error: Exception) -> None:
        """Report *error*, and stop the run unless it is to go on."""
        with self.lock:
            self.failed.add(urn)
        if not isinstance(error, StoppedError | ReportedError):
            self.reporter.log("error", _sentence(error), urn)
        if not self.options.continue_on_error:
            self.stop()

    def give_up(self, error: BaseException) -> None:
        """Stop because the engine itself broke: *error* is raised once the program has ended."""
        with self.lock:
            self.broken = self.broken or error
        self.stop()

    def calls(self, urn: str, type_: str, reference: str) -> Calls:
        """The provider of a resource, live or configured as the state recorded it."""
        return Calls(self._provider(type_, reference), urn, self.reporter.status)

    def calls_of(self, state: ResourceState) -> Calls:
        """The provider of a recorded resource."""
        return self.calls(state.urn, state.type, state.provider)

    def _provider(self, type_: str, reference: str) -> Provider:
        if urns.is_provider(type_):
            return ProviderResources(self.registry)
        provider = self.registry.get(reference)
        return provider or self.registry.ensure(reference, self._recorded_settings(reference))

    def _recorded_settings(self, reference: str) -> PropertyMap:
        for entry in self.ledger.entries():
            if urns.reference(entry.state.urn, entry.state.id) == reference:
                return entry.state.inputs
        urn, _ = urns.split_reference(reference)
        raise EngineError(say("deployment.provider-unknown", provider=urn))


def run_interruptibly(work: Callable[[], None], deployment: Deployment) -> None:
    """Run *work* in a thread of its own; an interrupt lets running steps finish first.

    A second interrupt does not wait.
    """
    failures: list[BaseException] = []
    # Not Thread.join: once interrupted, it takes a running thread for one that has ended.
    over = threading.Event()

    def body() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - carried over to the calling thread
            failures.append(error)
        finally:
            over.set()

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(body,), name="deployment", daemon=True)
    thread.start()
    try:
        over.wait()
    except KeyboardInterrupt:
        deployment.stop()
        deployment.reporter.log("warning", say("deployment.interrupted"))
        over.wait()
        raise
    if failures:
        raise failures[0]


def _sentence(error: Exception) -> str:
    hint = error.hint if isinstance(error, HueError) else ""
    return f"{error}\n{hint}" if hint else str(error)
