"""One stack, its world, and runs on it; each is judged by what it leaves (`judge`)."""

import contextlib
import shutil
from dataclasses import replace

from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.urns import is_provider
from trials import judge
from trials.disks import Crash, DyingDisk, QuickDisk
from trials.graphs import THINGS, Run
from trials.memory import NOWHERE, Lines, MemoryEngine, MemoryStore, coded
from trials.programs import PROJECT, STACK, Program, foreign_id, key_of, seen_id
from trials.world import PACKAGE, Cloud, Thing, World

PHRASE = "một cụm mật khẩu"
DRIFT = 7
"""A value that no program gives."""


class Lab:
    """A stack on a disk under *root*, or in memory.

    Attributes:
        known: Key to every URN that the state ever had for it.
        released: Ids that the engine let go on purpose: retained, or told to be another's.
        contained: Ids that went with another thing, as the program said.
        drifted: Whether the world has changed without the engine since the last refresh.
    """

    def __init__(self, root=None):
        # What another made may be taken over under two names, and is then deleted twice.
        self.world = World(gone={foreign_id(key) for key in THINGS})
        self.ref = StackRef(PROJECT, STACK, root or NOWHERE)
        self.memory = None if root else MemoryStore()
        self.known = {}
        self.released = set()
        self.contained = set()
        self.drifted = False

    def engine(self, disk=None):
        if self.memory is None:
            return EmbeddedEngine(self.ref, lambda: PHRASE, disk or QuickDisk())
        self.memory.disk = disk or Lines()
        return MemoryEngine(self.ref, lambda: PHRASE, memory=self.memory)

    def snapshot(self):
        store = self.engine()._store()
        return store.load(store.crypter(lambda: PHRASE))

    def options(self, run, graph=None):
        scopes = {
            name: self.chosen(getattr(run, name), graph or {})
            for name in ("targets", "excludes", "replace")
        }
        return Options(
            parallel=run.parallel,
            providers={PACKAGE: lambda: Cloud(self.world)},
            continue_on_error=run.continue_on_error,
            refresh=run.refresh,
            target_dependents=run.dependents,
            exclude_dependents=run.dependents,
            **scopes,
        )

    def chosen(self, keys, graph):
        """The URNs that *keys* have in the state or the program."""
        in_state = {item.urn for item in self.snapshot().resources} if keys else set()
        program = set(Program(graph, {}).urns.values()) if keys else set()
        return tuple(sorted(urn for urn in in_state | program if key_of(urn) in keys))

    def run(self, run, graph, *, previewed=True):
        """Do one run under whatever befalls it; what it leaves must be sound."""
        self.befall(run)
        trial = self.begin(run, graph)
        if run.crash:
            self.crash(trial)
        else:
            trial.preview = self.preview(trial) if previewed else None
            self.act(trial, self.engine())
        self.end(trial)
        return trial

    def befall(self, run):
        in_state = {item.id for item in self.snapshot().resources}
        for id_ in (name for key in THINGS for name in (foreign_id(key), seen_id(key))):
            if id_ not in self.world.things and id_ not in in_state:
                inputs = {"value": 0, "fixed": 0, "dbr": False}
                self.world.things[id_] = Thing("", inputs, 0)
        for id_, thing in list(self.world.things.items()):
            key = key_of(thing.urn) if thing.urn else ""
            if key and key == run.gone:
                del self.world.things[id_]
                self.world.gone.add(id_)
                self.drifted = True
            if key and key == run.changed:
                thing.inputs = {**thing.inputs, "value": DRIFT}
                self.drifted = True

    def begin(self, run, graph):
        self.world.run += 1
        self.world.calls.clear()
        self.world.found.clear()
        self.world.failing = set(run.failing)
        self.world.findable = run.findable
        before = self.snapshot()
        stale, lost = judge.stale(self, before), frozenset(self.world.lost.values())
        return judge.Trial(run, graph, before, self.options(run, graph), stale=stale, lost=lost)

    def preview(self, trial):
        before, files = dict(self.world.things), self.files()
        outcome = self.engine().preview(self.program(trial), trial.options, trial.run.kind)
        assert self.world.things == before, "a preview changed the world"
        assert not self.world.calls, "a preview changed the world"
        assert self.files() == files, "a preview changed the state"
        return outcome

    def act(self, trial, engine):
        program, options = self.program(trial), trial.options
        if trial.run.kind == "up":
            trial.outcome = engine.up(program, options)
        elif trial.run.kind == "refresh":
            trial.outcome = engine.refresh(options, program)
        else:
            trial.outcome = engine.destroy(options, program)

    def program(self, trial):
        wanted = trial.run.kind == "up" or trial.run.program
        return Program(trial.graph, self.known) if wanted else None

    def crash(self, trial):
        run = trial.run
        disk = (Lines if self.memory else DyingDisk)(run.crash, run.moment, power=run.power)
        with contextlib.suppress(Crash):
            self.act(trial, self.engine(disk))
        trial.crashed = disk.dead
        # The dead process has left its lock; here it is this process, so that it seems alive.
        if self.memory is None:
            shutil.rmtree(self.ref.root / ".pulumi" / "locks", ignore_errors=True)

    def end(self, trial):
        self.world.failing.clear()
        trial.after = self.snapshot()
        self.drifted = self.drifted or judge.stale(self, trial.after)
        ids = {item.id for item in trial.after.resources}
        self.world.lost = {urn: id_ for urn, id_ in self.world.lost.items() if id_ not in ids}
        for item in trial.after.resources:
            known = self.known.setdefault(key_of(item.urn), [])
            if item.urn not in known:
                known.append(item.urn)
        judge.judge(self, trial)

    def settle(self, graph, parallel=1):
        """Without hardship world and state come to what the program says, and stay there."""
        self.unprotect()
        run = Run(parallel=parallel, refresh=self.drifted)
        first = self.run(run, graph)
        assert first.outcome.ok, first.outcome.diagnostics
        if judge.stale(self, first.after):
            # It went under one of its names in this very run.
            self.run(replace(run, refresh=True), graph)
        judge.come_true(self, graph)
        self.drifted = False
        files = self.state_file()
        second = self.run(Run(parallel=parallel), graph, previewed=False)
        assert second.outcome.ok, second.outcome.diagnostics
        assert not second.outcome.has_changes(), judge.told(second.outcome)
        assert self.state_file() == files, "a run without changes wrote another state"

    def destroy(self, graph, program):
        last = self.run(Run("destroy", program=program), graph)
        assert last.outcome.ok, last.outcome.diagnostics
        left = [item for item in last.after.resources if not is_provider(item.type)]
        assert left == [], left
        assert self.owned() == set()

    def owned(self):
        """Ids of what the engine has made and must still know of."""
        free = judge.let_go(self)
        return {id_ for id_, item in self.world.things.items() if item.urn and id_ not in free}

    def unprotect(self):
        """As the operator does who means to change what is protected."""
        store = self.engine()._store()
        crypter = store.crypter(lambda: PHRASE)
        snapshot = store.load(crypter)
        if any(item.protect for item in snapshot.resources):
            free = tuple(replace(item, protect=False) for item in snapshot.resources)
            if self.memory is None:
                crypter.unlock_new()
                store.save(replace(snapshot, resources=free, salt=crypter.salt), crypter)
            else:
                self.memory.snapshot = replace(snapshot, resources=free)

    def files(self):
        """What is recorded, to see that it stays so."""
        if self.memory is not None:
            return self.memory.snapshot
        return {path: path.read_bytes() for path in self.ref.root.rglob("*") if path.is_file()}

    def state_file(self):
        return coded(self.snapshot()) if self.memory else self.engine()._store().file.read_bytes()
