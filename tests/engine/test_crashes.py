"""A run is stopped before, within and after each of its writes, and nothing is ever lost.

The disk of these tests dies at a chosen operation: whatever follows fails too, as after kill -9.
With the power gone as well, it also forgets what was not pushed to it: appended bytes without a
sync, renames whose directory was not synced.
"""

import json
from dataclasses import replace

import pytest
from trials.disks import Crash, DyingDisk

from hue_infra.engine import checkpoint
from hue_infra.engine.backend import FileBackend
from hue_infra.engine.disk import Disk
from hue_infra.engine.integrity import problems
from hue_infra.engine.state import Snapshot
from hue_infra.engine.values import Secret

pytestmark = pytest.mark.slow

CANARY = "canary-4711"


class World:
    """What really exists, by id: the provider's side of the story."""

    def __init__(self):
        self.things = {}

    def create(self, state):
        name = f"id-{len(self.things)}-{state.name}"
        self.things[name] = state.urn
        return name


def program(run, world, resource):
    """Create, update, replace and delete, each with the records the executor makes."""
    made = {}
    for name in "abc":
        wish = resource(name, inputs={"size": 1, "token": Secret(CANARY)})
        ticket = run.begin("creating", wish)
        made[name] = replace(wish, id=world.create(wish))
        run.push(run.end(ticket, new=made[name]))

    ticket = run.begin("updating", made["a"])
    bigger = replace(made["a"], inputs={"size": 2, "token": Secret(CANARY)})
    run.push(run.end(ticket, new=bigger, old=made["a"]))

    ticket = run.begin("creating", made["b"])
    fresh = replace(made["b"], id=world.create(made["b"]), dependencies=(bigger.urn,))
    # In this order a URN never stands twice for something live.
    old = run.amend(made["b"], replace(made["b"], delete=True))
    run.push(run.end(ticket, new=fresh))

    for gone in (old, made["c"]):
        ticket = run.begin("deleting", gone)
        world.things.pop(gone.id, None)
        run.push(run.end(ticket, old=gone))


def attempt(root, disk, crypter, work):
    """Run *work* against a disk that may die; what it raises then is the crash, nothing else."""
    store = FileBackend(root, disk).stack("hue", "lab")
    try:
        with store.journal(store.load(crypter), crypter) as run:
            work(run)
    except Crash:
        pass


def check(root, world, crypter):
    """Nothing that exists is forgotten, nothing is claimed to exist that does not."""
    store = FileBackend(root).stack("hue", "lab")
    snapshot = store.load(crypter)
    ids = {item.id for item in snapshot.resources}
    creating = {item.resource.urn for item in snapshot.pending if item.kind == "creating"}
    deleting = {item.resource.id for item in snapshot.pending if item.kind == "deleting"}

    assert {name for name, urn in world.things.items() if urn not in creating} <= ids
    assert ids - world.things.keys() <= deleting
    if store.exists():
        alone = checkpoint.parse(store.file.read_bytes(), "f").decode(crypter)
        assert problems(alone) == []
    for path in root.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path
    return snapshot


def end_state(snapshot):
    """What matters of a snapshot."""
    resources = [checkpoint.encode_resource(item, None) for item in snapshot.resources]
    return json.dumps(resources), sorted(item.kind for item in snapshot.pending)


def steps_of(tmp_path, crypter, resource):
    disk = DyingDisk(10**9)
    world = World()
    attempt(tmp_path / "whole", disk, crypter, lambda run: program(run, world, resource))
    check(tmp_path / "whole", world, crypter)
    return disk.count


@pytest.mark.parametrize("power", [False, True], ids=["killed", "power lost"])
@pytest.mark.parametrize("moment", ["before", "within", "after"])
def test_no_crash_loses_a_resource(tmp_path, crypter, resource, moment, power):
    total = steps_of(tmp_path, crypter, resource)
    assert total > 40

    for last in range(1, total + 1):
        root, world = tmp_path / str(last), World()
        disk = DyingDisk(last, moment, power=power)
        attempt(root, disk, crypter, lambda run, to=world: program(run, to, resource))
        assert disk.dead
        reached = end_state(check(root, world, crypter))

        # The next run finds the same state, and leaves it in the file alone.
        attempt(root, Disk(), crypter, lambda run: None)
        store = FileBackend(root).stack("hue", "lab")
        assert not store.journal_file.exists()
        assert end_state(store.load(crypter)) == reached


@pytest.mark.parametrize("power", [False, True], ids=["killed", "power lost"])
def test_a_crash_while_recovering_from_a_crash_loses_nothing(tmp_path, crypter, resource, power):
    total = steps_of(tmp_path, crypter, resource)

    for first in range(total // 3, total + 1, 5):
        for second in range(1, 14):
            root, world = tmp_path / f"{first}-{second}", World()
            attempt(
                root,
                DyingDisk(first, power=power),
                crypter,
                lambda run, to=world: program(run, to, resource),
            )
            reached = end_state(check(root, world, crypter))
            attempt(root, DyingDisk(second, "within", power=power), crypter, lambda run: None)

            assert end_state(check(root, world, crypter)) == reached


def test_a_run_without_changes_leaves_the_file_alone(tmp_path, crypter, resource):
    world = World()
    attempt(tmp_path, Disk(), crypter, lambda run: program(run, world, resource))
    store = FileBackend(tmp_path).stack("hue", "lab")
    before = store.file.read_bytes()

    attempt(
        tmp_path,
        Disk(),
        crypter,
        lambda run: [run.same(replace(item), item) for item in run.snapshot().resources],
    )

    assert store.file.read_bytes() == before


class FullDisk(Disk):
    """Takes so many lines of journal and no more."""

    def __init__(self, lines):
        self.lines = lines

    def append(self, handle, content):
        self.lines -= 1
        if self.lines < 0:
            super().append(handle, content[:20])
            raise OSError(28, "No space left on device")
        super().append(handle, content)


@pytest.mark.parametrize("lines", range(8))
def test_a_full_disk_stops_the_run_and_what_was_made_is_in_the_state(
    tmp_path, crypter, resource, lines
):
    world = World()
    store = FileBackend(tmp_path, FullDisk(lines)).stack("hue", "lab")

    with (
        pytest.raises(Exception, match="No space left"),
        store.journal(Snapshot(), crypter) as run,
    ):
        program(run, world, resource)

    check(tmp_path, world, crypter)
    assert not store.journal_file.exists()
