"""The embedded engine: preview, up, refresh and destroy in this process, state on disk."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from hue_infra.engine import checkpoint
from hue_infra.engine.api import Kind, Options, Outcome, Program, StackRef
from hue_infra.engine.backend import FileBackend, StackStore
from hue_infra.engine.builtin import Builtin
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.deployment import Deployment, run_interruptibly
from hue_infra.engine.disk import Disk
from hue_infra.engine.ledger import Draft, Ledger, Record
from hue_infra.engine.packages import Package
from hue_infra.engine.provider import Provider
from hue_infra.engine.recorder import LateJournal
from hue_infra.engine.recovery import recover
from hue_infra.engine.runs import Work, work_of
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.engine.tally import Tally
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import PropertyMap
from hue_infra.errors import EngineError
from hue_infra.words import say


class Finder(Protocol):
    """Finds the plugins of a run, and ends them with it."""

    def find(self, package: Package) -> Provider:
        """A provider of *package*, not configured yet."""

    def close(self) -> None:
        """End all plugins."""


LONGEST_NAME = 3
"""Parts of a stack's whole name: organization, project, stack."""


@dataclass(frozen=True, slots=True)
class EmbeddedEngine:
    """Deploys unmodified Pulumi programs of one stack, without Pulumi's own engine.

    Attributes:
        stack: The stack and where its state lies.
        passphrase: Asked for the passphrase of the stack's secrets, when first needed.
        disk: How state reaches the disk.
        plugins: Makes what finds and starts the plugins of a run. Without it none is started, and
            dynamic providers work in this process.
    """

    stack: StackRef
    passphrase: Callable[[], str]
    disk: Disk = field(default_factory=Disk)
    plugins: Callable[[Deployment], Finder] | None = None

    def preview(self, program: Program | None, options: Options, kind: Kind = "up") -> Outcome:
        """Say what a run would do; asks providers to foretell, and changes nothing.

        Args:
            program: What `up` makes true; `destroy` and `refresh` may do without.
            options: How the run would behave.
            kind: What is foretold.
        """
        work = work_of(kind, program)
        store = self._store()
        snapshot = self._recovered(store.load(store.crypter(self.passphrase)), options)
        deployment = self._deployment(options, Draft(snapshot), preview=True)
        return _perform(deployment, work)

    def up(self, program: Program, options: Options) -> Outcome:
        """Make the world as *program* says.

        Raises:
            LockedError: Another run holds the stack.
        """
        return self._apply("update", options, work_of("up", program))

    def refresh(self, options: Options, program: Program | None = None) -> Outcome:
        """Record every resource as it is now."""
        return self._apply("refresh", options, work_of("refresh", program))

    def destroy(self, options: Options, program: Program | None = None) -> Outcome:
        """Remove every resource in the state."""
        return self._apply("destroy", options, work_of("destroy", program))

    def export(self, *, show_secrets: bool = False) -> dict[str, object]:
        """The state as ``pulumi stack export`` prints it; secrets in clear only if asked."""
        store = self._store()
        crypter = store.crypter(self.passphrase)
        return checkpoint.export(store.load(crypter), None if show_secrets else crypter)

    def import_(self, deployment: Mapping[str, object]) -> None:
        """Replace the state by an exported one, whose passphrase must be this stack's."""
        store, started = self._store(), time.time()
        stored = checkpoint.from_document(deployment, say("deployment.import-source"))
        crypter = Crypter(self.passphrase, stored.salt)
        with store.lock():
            crypter.unlock_new()
            store.save(stored.decode(crypter), crypter)
            store.record_history("import", started, time.time(), ok=True)

    def resources(self) -> list[ResourceState]:
        """The recorded resources: no passphrase, no lock; secrets stay sealed."""
        return self._store().resources()

    def _recovered(self, snapshot: Snapshot, options: Options) -> Snapshot:
        if not any(operation.kind == "creating" for operation in snapshot.pending):
            return snapshot
        deployment = self._deployment(options, Draft(snapshot), preview=True)
        try:
            return recover(deployment, snapshot)
        finally:
            deployment.close()

    def _store(self) -> StackStore:
        return FileBackend(self.stack.root, self.disk).stack(self.stack.project, self.stack.name)

    def _apply(self, kind: str, options: Options, work: Work) -> Outcome:
        store, started = self._store(), time.time()
        tally = Tally("refresh" if kind == "refresh" else "up", preview=False)
        options = replace(options, on_event=tally.before(options.on_event))
        with store.lock():
            outcome: Outcome | None = None
            try:
                with self._recording(store, options) as record:
                    deployment = self._deployment(options, record, preview=False)
                    outcome = _perform(deployment, work)
            finally:
                store.record_history(
                    kind,
                    started,
                    time.time(),
                    ok=outcome is not None and outcome.ok,
                    changes={str(op): count for op, count in tally.counts.items()},
                )
            return outcome

    @contextlib.contextmanager
    def _recording(self, store: StackStore, options: Options) -> Iterator[Record]:
        crypter = store.crypter(self.passphrase)
        loaded = store.load(crypter)
        snapshot = self._recovered(loaded, options)
        with contextlib.ExitStack() as closing:
            record = LateJournal(
                snapshot, lambda: closing.enter_context(store.journal(snapshot, crypter))
            )
            if store.exists() and snapshot is loaded:
                # Asked for now, while nobody draws progress over the question.
                crypter.unlock()
            else:
                # A new stack is given its passphrase, and what was found again is recorded.
                record.open()
            yield record

    def _deployment(self, options: Options, record: Record, *, preview: bool) -> Deployment:
        deployment = Deployment(
            self.stack, options, Ledger(record), preview=preview, factories=options.providers
        )
        registry = deployment.registry
        registry.serve("pulumi", lambda: Builtin(deployment, self._neighbour))
        if self.plugins is None:
            registry.serve("pulumi-python", self._dynamic_host)
        else:
            registry.find_by(deployment.shared(self.plugins).find)
        return deployment

    def _neighbour(self, name: str) -> list[ResourceState]:
        """The resources of another stack in the same place, of this project if none is named."""
        parts = name.split("/")
        project = parts[-2] if len(parts) > 1 else self.stack.project
        store = FileBackend(self.stack.root, self.disk).stack(project, parts[-1])
        if len(parts) > LONGEST_NAME or not store.exists():
            raise EngineError(say("builtin.no-stack", name=name))
        return list(store.load(store.crypter(self.passphrase)).resources)

    def _dynamic_host(self) -> Provider:
        # Imported late: it imports pulumi, which those who only read the state must not wait for.
        from hue_infra.engine.dynamic import DynamicHost  # noqa: PLC0415

        return DynamicHost(self.stack.project)


def _perform(deployment: Deployment, work: Work) -> Outcome:
    for operation in deployment.ledger.pending():
        text = say("deployment.pending", name=operation.resource.name, kind=operation.kind)
        deployment.reporter.log("warning", text, operation.resource.urn)
    try:
        run_interruptibly(lambda: work(deployment), deployment)
    finally:
        deployment.close()
    if deployment.broken is not None:
        raise deployment.broken
    if deployment.options.stopping.is_set():
        deployment.reporter.log("error", say("deployment.stopped-outside"))
    return deployment.reporter.finish(_outputs(deployment))


def _outputs(deployment: Deployment) -> PropertyMap:
    for entry in deployment.settled.values():
        if entry.state.type == ROOT_TYPE:
            return dict(entry.state.outputs)
    return {}
