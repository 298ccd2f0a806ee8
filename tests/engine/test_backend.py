import json
import os
import socket
import subprocess
import sys
import time

import pytest

from hue_infra.engine import locks
from hue_infra.engine.backend import COPIES, FileBackend
from hue_infra.engine.state import Operation, Snapshot
from hue_infra.engine.values import Sealed, Secret
from hue_infra.errors import EngineError, LockedError


@pytest.fixture
def store(tmp_path):
    return FileBackend(tmp_path).stack("hue", "lab")


@pytest.fixture
def lock_folder(store):
    folder = store.base / "locks" / "organization" / "hue" / "lab"
    folder.mkdir(parents=True)
    return folder


def lock_of(folder, **fields):
    """Write a lock as Pulumi's CLI does."""
    data = {
        "pid": os.getpid(),
        "username": "hoa",
        "hostname": socket.gethostname(),
        "timestamp": "2026-08-30T09:00:00.123456789+07:00",
        **fields,
    }
    path = folder / "0b1c.json"
    path.write_text(json.dumps(data))
    return path


def gone():
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_the_layout_is_that_of_pulumis_file_backend(store, crypter, resource):
    with store.lock(), store.journal(store.load(crypter), crypter) as run:
        state = resource("a", id="1")
        run.push(run.end(run.begin("creating", state), new=state))
    store.record_history("update", 1.5, 2.5, ok=True, changes={"create": 1})

    files = {str(path.relative_to(store.base)) for path in store.base.rglob("*") if path.is_file()}
    stamped = {name for name in files if name.startswith(("backups/hue/lab/", "history/hue/lab/"))}
    assert files - stamped == {
        "meta.yaml",
        "stacks/hue/lab.json",
        "stacks/hue/lab.json.bak",
        "hue-journal/hue/lab/guard",
    }
    assert len(stamped) == 3
    assert (store.base / "meta.yaml").read_text() == "version: 1\n"
    assert json.loads(store.file.read_bytes())["checkpoint"]["stack"] == "organization/hue/lab"
    assert FileBackend(store.base.parent).stacks() == [("hue", "lab")]


def test_only_the_owner_may_read(store, crypter):
    store.save(Snapshot(), crypter)

    assert store.file.stat().st_mode & 0o077 == 0
    assert store.file.parent.stat().st_mode & 0o077 == 0


def test_a_new_stack_is_empty_and_leaves_no_trace(store, tmp_path):
    assert not store.exists()
    assert store.load(None).resources == ()
    assert store.resources() == []
    assert list(tmp_path.iterdir()) == []


def test_resources_are_read_without_passphrase_and_without_pulumi(store, crypter, resource):
    store.save(Snapshot((resource("a", inputs={"p": Secret("canary")}),)), crypter)

    (found,) = store.resources()
    assert isinstance(found.inputs["p"], Sealed)

    code = (
        "import sys; from pathlib import Path; from hue_infra.engine.backend import FileBackend;"
        f"FileBackend(Path({str(store.base.parent)!r})).stack('hue', 'lab').resources();"
        "print(*{'pulumi', 'grpc', 'cryptography', 'google.protobuf'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == []


def test_saving_keeps_the_state_before(store, crypter, resource):
    store.save(Snapshot(), crypter)
    before = store.file.read_bytes()

    store.save(Snapshot((resource("a"),)), crypter)

    assert store.backup_file.read_bytes() == before


def test_the_salt_is_stored_before_the_first_secret(store, crypter):
    with store.journal(Snapshot(), crypter):
        assert crypter.salt in store.file.read_text()
    assert store.load(crypter).salt == crypter.salt


def test_an_unsound_state_is_written_and_then_told(store, crypter, resource):
    lost = resource("a", id="1", parent="urn:nobody")

    with pytest.raises(EngineError, match="urn:nobody"):
        store.save(Snapshot((lost,)), crypter)
    assert "urn:nobody" in store.file.read_text()
    with pytest.raises(EngineError, match="does not hold together") as caught:
        store.load(crypter)
    assert "backups" in caught.value.hint


def test_a_state_changed_by_another_after_a_crash_is_not_touched(store, crypter, resource):
    run = store.journal(Snapshot(), crypter)
    run.__enter__()
    other = store.file.read_text().replace('"metadata":{}', '"metadata":{"by":"another"}')
    store.file.write_text(other)

    with pytest.raises(EngineError, match="changed by somebody else") as caught:
        store.load(crypter)
    assert str(store.journal_file) in caught.value.hint


def test_saving_supersedes_the_journal_of_a_dead_run(store, crypter, resource):
    dying = store.journal(Snapshot(), crypter)
    dying.__enter__().begin("creating", resource("a"))

    store.save(store.load(crypter), crypter)

    assert not store.journal_file.exists()
    assert [item.resource.name for item in store.load(crypter).pending] == ["a"]


def test_a_damaged_journal_names_its_line(store, crypter, resource):
    # Held, since a run that is let go of comes to its end.
    dying = store.journal(Snapshot(), crypter)
    run = dying.__enter__()
    for name in "ab":
        run.begin("creating", resource(name))
    raw = store.journal_file.read_bytes()
    store.journal_file.write_bytes(raw.replace(b"Thing::a", b"Thing::x"))

    with pytest.raises(EngineError, match="Line 2"):
        store.load(crypter)


def test_pending_operations_outlive_a_run_that_does_not_settle_them(store, crypter, resource):
    wish = resource("a")
    store.save(Snapshot((), (Operation(wish, "creating"),)), crypter)

    with store.journal(store.load(crypter), crypter):
        pass
    assert [item.resource.urn for item in store.load(crypter).pending] == [wish.urn]

    with store.journal(store.load(crypter), crypter) as run:
        run.forget(run.pending()[0])
    assert store.load(crypter).pending == ()


def test_history_is_the_latest_first(store, crypter):
    store.save(Snapshot(), crypter)
    store.record_history("update", 10.0, 20.9, ok=True, message="one", changes={"create": 2})
    store.record_history("destroy", 30.0, 40.0, ok=False, message="two")

    two, one = store.history()

    assert (two["kind"], two["result"], two["message"]) == ("destroy", "failed", "two")
    assert (one["startTime"], one["endTime"]) == (10, 20)
    assert one["resourceChanges"] == {"create": 2}


def test_copies_do_not_pile_up(store, crypter):
    for _ in range(COPIES + 3):
        with store.journal(store.load(crypter), crypter):
            pass

    assert len(list(store.backups.iterdir())) == COPIES


def test_drafts_of_a_dead_run_are_swept(store, crypter):
    store.save(Snapshot(), crypter)
    draft = store.file.with_name(".lab.json.4711.tmp")
    draft.write_text("half")

    with store.journal(store.load(crypter), crypter):
        pass

    assert not draft.exists()


def test_a_stack_can_be_forgotten(store, crypter):
    with store.journal(Snapshot(), crypter):
        pass
    store.record_history("update", 1, 2, ok=True)

    store.remove()

    assert not [path for path in store.base.rglob("*.json*") if path.is_file()]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "-x", "à"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(EngineError):
        FileBackend(tmp_path).stack("hue", name)


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_packed_state_is_refused_rather_than_taken_for_a_new_stack(store, ending):
    packed = store.file.with_name(store.file.name + ending)
    packed.parent.mkdir(parents=True)
    packed.write_bytes(b"x")

    with pytest.raises(EngineError, match="compressed"):
        store.load(None)


def test_a_held_stack_says_who_holds_it_since_when(store):
    with store.lock():
        (holder,) = locks.holders(store.base / "locks/organization/hue/lab").values()
        with pytest.raises(LockedError) as caught, store.lock():
            pass

    message = str(caught.value)
    assert str(os.getpid()) in message
    assert holder.timestamp in message
    assert socket.gethostname() in message
    with store.lock():
        pass


def test_a_lock_of_pulumis_own_is_respected(store, lock_folder):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.123456789Z", time.gmtime())
    path = lock_of(lock_folder, timestamp=stamp)

    with pytest.raises(LockedError, match="hoa") as caught, store.lock():
        pass

    assert str(path) in caught.value.hint
    assert path.exists()


@pytest.mark.parametrize(
    "fields",
    [
        # The process is gone.
        lambda: {"pid": gone()},
        # Its number now belongs to a process begun after the lock was written: this one.
        lambda: {"timestamp": "2020-01-01T00:00:00Z"},
        # The same, told by the mark we write.
        lambda: {"process": "another boot:1"},
    ],
)
def test_a_lock_left_by_a_dead_process_is_taken_over_with_a_notice(store, lock_folder, fields):
    path = lock_of(lock_folder, **fields())
    notices = []

    with store.lock(notices.append):
        assert not path.exists()

    (notice,) = notices
    assert "hoa" in notice


@pytest.mark.parametrize("fields", [{"hostname": "elsewhere", "pid": 1}, {"pid": 0}])
def test_a_lock_that_nobody_here_can_judge_is_respected(store, lock_folder, fields):
    lock_of(lock_folder, **fields)

    with pytest.raises(LockedError), store.lock():
        pass


def test_the_lock_of_a_killed_process_is_taken_over(store):
    code = (
        "import os, signal; from pathlib import Path;"
        "from hue_infra.engine.backend import FileBackend;"
        f"store = FileBackend(Path({str(store.base.parent)!r})).stack('hue', 'lab')\n"
        "with store.lock(): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert locks.holders(store.base / "locks/organization/hue/lab")
    notices = []

    with store.lock(notices.append):
        pass

    assert len(notices) == 1


def test_of_many_at_once_exactly_one_gets_the_lock(store):
    code = (
        "import sys; from pathlib import Path;"
        "from hue_infra.engine.backend import FileBackend;"
        "from hue_infra.errors import LockedError;"
        f"store = FileBackend(Path({str(store.base.parent)!r})).stack('hue', 'lab')\n"
        "sys.stdin.readline()\n"
        "try:\n with store.lock(): print('held', flush=True); sys.stdin.readline()\n"
        "except LockedError: print('refused', flush=True)"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    for run in runs:
        run.stdin.write("go\n")
        run.stdin.flush()
    answers = sorted(run.stdout.readline().strip() for run in runs)
    for run in runs:
        run.communicate("end\n")

    assert answers == ["held"] + ["refused"] * 5
