"""One run of the engine: what all its parts share, and how it stops."""

import contextlib
import contextvars
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hue_infra.engine import urns
from hue_infra.engine.analysis import Analyzer
from hue_infra.engine.api import Kind, Options, StackRef
from hue_infra.engine.calls import Calls
from hue_infra.engine.hooks import HookBook
from hue_infra.engine.ledger import Entry, Ledger
from hue_infra.engine.provider import Provider
from hue_infra.engine.registry import ProviderResources, Registry
from hue_infra.engine.reporter import Reporter
from hue_infra.engine.state import ResourceState
from hue_infra.engine.targets import Scope
from hue_infra.engine.values import PropertyMap, Secret
from hue_infra.errors import EngineError, HueError
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.engine.goal import Goal

Shared = TypeVar("Shared")
PULSE = 0.2
"""Seconds within which a signal is heard of."""


class StoppedError(EngineError):
    """The run is over for whoever asks: something failed before, or the operator stopped it."""


class PassedOverError(StoppedError):
    """What the resource needs has failed: it is passed over, and the run goes on."""


class ReportedError(EngineError):
    """A failure that is already among the run's diagnostics."""


class ProtectedError(EngineError):
    """A protected resource would be deleted. The run goes on, to report all of them."""


@dataclass(frozen=True, slots=True)
class Cascade:
    """A resource deleted because one it depends on is deleted before its replacement."""

    done: threading.Event
    keys: tuple[str, ...] = ()


@dataclass(eq=False)
class _Books:
    """What is known of each resource as a run goes on."""

    goals: "dict[str, Goal]" = field(default_factory=dict)
    settled: dict[str, Entry] = field(default_factory=dict)
    """What each URN registered in this run has become."""
    decided: dict[str, threading.Event] = field(default_factory=dict)
    """Old URNs whose fate is decided: no cascade may take them, but must await their step."""
    cascaded: dict[Entry, Cascade] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """New URN to the old one under which the state knew the resource."""
    taken: dict[str, str] = field(default_factory=dict)
    """The same the other way: old URN to the new one that has taken it."""
    replaced: set[str] = field(default_factory=set)
    """URNs registered in this run whose resource is made anew."""
    skipped: set[str] = field(default_factory=set)
    """URNs registered in this run that are left unmade: not targeted, or about to go."""
    doomed: set[str] = field(default_factory=set)
    """URNs whose resource this run deletes, or has deleted."""
    unfinished: dict[str, tuple[str, ResourceState | None]] = field(default_factory=dict)
    """Components whose outputs are not told yet: the hooks to run then, and what it was before."""
    failed: set[str] = field(default_factory=set)
    """URNs whose step has failed or was passed over."""
    failed_steps: set[str] = field(default_factory=set)
    """URNs that have failed in the doing, which a run may be told to survive."""
    unseen: set[str] = field(default_factory=set)
    """Why resources could not be looked at, as far as it is told."""
    reads: dict[str, Entry] = field(default_factory=dict)
    """What the program only looked up, by URN."""
    outputs: PropertyMap | None = None
    """What the program said the stack's outputs are."""
    gates: list[Analyzer] = field(default_factory=list)
    """Whom each resource is shown to before it is touched (`gates`)."""
    broken: BaseException | None = None
    """What broke in the engine itself; the run ends with it."""


class Deployment(_Books):
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
        super().__init__()
        self.stack = stack
        self.options = options
        self.scope = Scope(options)
        self.directory = Path.cwd()
        """The program's working directory, which relative paths of assets start from."""
        self.root = Path.cwd()
        """The project's folder, which source positions are told from."""
        self.kind: Kind = "up"
        """What the run is for; with a program, `destroy` and `refresh` make nothing new."""
        self.ledger = ledger
        self.preview = preview
        self.reporter = Reporter(options.on_event)
        self.registry = Registry(factories)
        self.hooks = HookBook(
            preview=preview, warn=lambda text, urn: self.reporter.log("warning", text, urn)
        )
        self.lock = threading.RLock()
        self.olds = ledger.live()
        """What each URN was at the start."""
        self.before = [entry.state for entry in ledger.untouched()]
        """The whole state at the start."""
        self.conclusion: Callable[[], None] = _nothing
        """What is left to do once the program has registered everything; see `conclude`."""
        self._slots = threading.BoundedSemaphore(max(1, options.parallel))
        self._running = 0
        self._stopped = threading.Event()
        self._shared: dict[Callable[[Deployment], Any], Any] = {}
        for name in options.secret_config:
            self.reporter.conceal.learn(Secret(options.config.get(name, "")))

    @property
    def stopped(self) -> bool:
        """Whether no further step may start."""
        return self._stopped.is_set() or self.options.stopping.is_set()

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._running > 0

    def stop(self) -> None:
        """Let running steps finish and start no other."""
        self._stopped.set()

    def interrupt(self) -> None:
        """Stop, and ask whatever works for the run elsewhere to give up what it does."""
        self.stop()
        with self.lock:
            shared = list(self._shared.values())
        for item in shared:
            if cancel := getattr(item, "cancel", None):
                cancel()

    def renew(self) -> None:
        """Begin with what the ledger holds now: the state was refreshed."""
        self.olds = self.ledger.live()
        self.before = [entry.state for entry in self.ledger.entries()]

    def conclude(self) -> None:
        """Do what is left once the program has registered everything, the first time only.

        A program that signals its end stays alive meanwhile, to run hooks for deletions.
        """
        with self.lock:
            work, self.conclusion = self.conclusion, _nothing
        work()

    def shared(self, kind: "Callable[[Deployment], Shared]") -> Shared:
        """The run's one object that *kind* makes, made when first asked for.

        It is closed with the run if it can be.
        """
        with self.lock:
            if kind not in self._shared:
                self._shared[kind] = kind(self)
            found: Shared = self._shared[kind]
            return found

    def close(self) -> None:
        """Let go of providers and of what the run's parts have opened."""
        self.registry.close()
        with self.lock:
            shared, self._shared = list(self._shared.values()), {}
        for item in reversed(shared):
            if close := getattr(item, "close", None):
                close()

    def check_open(self) -> None:
        """Raise `StoppedError` once the run is stopped."""
        if self.stopped:
            raise StoppedError(say("deployment.stopped"))

    @contextlib.contextmanager
    def slot(self, urn: str = "") -> Iterator[None]:
        """One of the places for steps that run at a time; none is given once stopped.

        What fails here is a failed step on *urn*.
        """
        with self._slots:
            self.check_open()
            with self.lock:
                self._running += 1
            try:
                yield
            except Exception:
                self.step_failed(urn)
                raise
            finally:
                with self.lock:
                    self._running -= 1

    def step_failed(self, urn: str) -> None:
        """Remember that *urn* has failed in the doing, which a run may be told to survive."""
        with self.lock:
            self.failed_steps.add(urn)

    def fail(self, urn: str, error: Exception) -> None:
        """Report *error*, and stop the run unless it is to go on.

        It goes on, if told to, after a step that failed; not after a resource that was refused.
        """
        with self.lock:
            self.failed.add(urn)
        if not isinstance(error, StoppedError | ReportedError):
            self.reporter.log("error", _sentence(error), urn)
        if not self._survives(urn, error):
            self.stop()

    def fail_late(self, urn: str, error: Exception) -> None:
        """Report *error*, which came after a step that itself succeeded."""
        self.reporter.log("error", _sentence(error), urn)
        if not self.options.continue_on_error:
            self.stop()

    def _survives(self, urn: str, error: Exception) -> bool:
        if isinstance(error, ProtectedError):
            return True
        done = isinstance(error, PassedOverError) or urn in self.failed_steps
        return self.options.continue_on_error and done

    def sealed(self, properties: PropertyMap) -> PropertyMap:
        """*properties* as recorded: what repeats a secret is one, if the run is so told."""
        return self.reporter.conceal.sealed(properties) if self.options.seal_repeats else properties

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
        return self.registry.ensure(reference, lambda: self._recorded_settings(reference))

    def _recorded_settings(self, reference: str) -> PropertyMap:
        found = self.ledger.manager(reference)
        if found is None:
            urn, _ = urns.split_reference(reference)
            raise EngineError(say("deployment.provider-unknown", provider=urn))
        return found.inputs


def run_interruptibly(work: Callable[[], None], deployment: Deployment) -> None:
    """Run *work* in a thread of its own; an interrupt lets running steps finish first.

    A second interrupt does not wait.
    """
    failures: list[BaseException] = []
    # Not Thread.join: once interrupted, it takes a running thread for one that has ended.
    begun, over = threading.Event(), threading.Event()

    def body() -> None:
        begun.wait()
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
        # Nothing is done before an interrupt is heard.
        begun.set()
        _await(over)
    except KeyboardInterrupt:
        deployment.interrupt()
        deployment.reporter.log("warning", say("deployment.interrupted"))
        _await(over)
        raise
    if failures:
        raise failures[0]


def _await(over: threading.Event) -> None:
    # A signal that came to another thread, or just before the wait, does not wake this one; its
    # handler runs here all the same, and at the latest when a pulse has passed.
    while not over.wait(PULSE):
        pass


def _sentence(error: Exception) -> str:
    hint = error.hint if isinstance(error, HueError) else ""
    return f"{error}\n{hint}" if hint else str(error)


def _nothing() -> None:
    pass
