"""The embedded engine: preview, up, refresh and destroy in this process, state on disk."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from hue_infra.engine import checkpoint
from hue_infra.engine.api import Options, Outcome, Program, StackRef
from hue_infra.engine.backend import FileBackend, StackStore
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.deletes import delete_all, delete_entry, delete_leftovers, refuse_protected
from hue_infra.engine.deployment import Deployment, run_interruptibly
from hue_infra.engine.disk import Disk
from hue_infra.engine.ledger import Draft, Ledger, Record
from hue_infra.engine.provider import Provider
from hue_infra.engine.recorder import LateJournal
from hue_infra.engine.recovery import recover
from hue_infra.engine.refresh import refresh
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import PropertyMap
from hue_infra.words import say

Work = Callable[[Deployment], None]


@dataclass(frozen=True, slots=True)
class EmbeddedEngine:
    """Deploys unmodified Pulumi programs of one stack, without Pulumi's own engine.

    Attributes:
        stack: The stack and where its state lies.
        passphrase: Asked for the passphrase of the stack's secrets, when first needed.
        disk: How state reaches the disk.
    """

    stack: StackRef
    passphrase: Callable[[], str]
    disk: Disk = field(default_factory=Disk)

    def preview(self, program: Program, options: Options) -> Outcome:
        """Say what `up` would do; asks providers to foretell, and changes nothing."""
        store = self._store()
        snapshot = self._recovered(store.load(store.crypter(self.passphrase)), options)
        deployment = self._deployment(options, Draft(snapshot), preview=True)
        return _perform(deployment, _wish(program))

    def up(self, program: Program, options: Options) -> Outcome:
        """Make the world as *program* says.

        Raises:
            LockedError: Another run holds the stack.
        """
        return self._apply("update", options, _wish(program))

    def refresh(self, options: Options) -> Outcome:
        """Record every resource as it is now."""
        return self._apply("refresh", options, refresh)

    def destroy(self, options: Options) -> Outcome:
        """Remove every resource in the state; the program is not needed."""
        return self._apply("destroy", options, _destroy)

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
            deployment.registry.close()

    def _store(self) -> StackStore:
        return FileBackend(self.stack.root, self.disk).stack(self.stack.project, self.stack.name)

    def _apply(self, kind: str, options: Options, work: Work) -> Outcome:
        store, started = self._store(), time.time()
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
                    changes=_counts(outcome),
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
        factories = {"pulumi-python": self._dynamic_host, **options.providers}
        return Deployment(self.stack, options, Ledger(record), preview=preview, factories=factories)

    def _dynamic_host(self) -> Provider:
        # Imported late: it imports pulumi, which those who only read the state must not wait for.
        from hue_infra.engine.dynamic import DynamicHost  # noqa: PLC0415

        return DynamicHost(self.stack.project)


def _counts(outcome: Outcome | None) -> dict[str, int]:
    return {} if outcome is None else {str(op): n for op, n in outcome.changes().items()}


def _perform(deployment: Deployment, work: Work) -> Outcome:
    for operation in deployment.ledger.pending():
        text = say("deployment.pending", name=operation.resource.name, kind=operation.kind)
        deployment.reporter.log("warning", text, operation.resource.urn)
    try:
        run_interruptibly(lambda: work(deployment), deployment)
    finally:
        deployment.registry.close()
    if deployment.broken is not None:
        raise deployment.broken
    if deployment.options.stopping.is_set():
        deployment.reporter.log("error", say("deployment.stopped-outside"))
    return deployment.reporter.finish(_outputs(deployment))


def _wish(program: Program) -> Work:
    def work(deployment: Deployment) -> None:
        # Imported late, for the same reason as the host of dynamic providers.
        from hue_infra.engine.program import run_program  # noqa: PLC0415

        if deployment.options.refresh:
            refresh(deployment)
            deployment.olds = deployment.ledger.live()
        if deployment.stopped:
            return
        if run_program(program, deployment):
            _remove_leftovers(deployment)
        else:
            _keep_outputs(deployment)

    return work


def _remove_leftovers(deployment: Deployment) -> None:
    """Delete what the program no longer has; after a failure nothing is deleted."""
    broken = deployment.failed or deployment.stopped
    if not broken and (deployment.preview or not deployment.reporter.failed):
        delete_leftovers(deployment)


def _keep_outputs(deployment: Deployment) -> None:
    """Keep the stack's old outputs that a program cut short did not come to export."""
    for entry in list(deployment.settled.values()):
        old = deployment.olds.get(entry.state.urn)
        if entry.state.type == ROOT_TYPE and old is not None:
            outputs = {**old.state.outputs, **entry.state.outputs}
            deployment.ledger.amend(entry, replace(entry.state, outputs=outputs))


def _destroy(deployment: Deployment) -> None:
    if deployment.options.refresh:
        refresh(deployment)
    entries = deployment.ledger.entries()
    if not refuse_protected(deployment, entries):
        delete_all(deployment, entries, lambda entry: delete_entry(deployment, entry))


def _outputs(deployment: Deployment) -> PropertyMap:
    for entry in deployment.settled.values():
        if entry.state.type == ROOT_TYPE:
            return dict(entry.state.outputs)
    return {}
