"""The engine as a whole: export and import, start-up, history, and a process that is killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pulumi
import pytest

from hue_infra.engine.api import StackRef
from hue_infra.engine.backend import FileBackend
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.errors import EngineError

ROOT = Path(__file__).parents[3]

KILLED = """
import sys, time
from pathlib import Path
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider, UpdateResult
from hue_infra.engine import crypter
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.embedded import EmbeddedEngine

crypter.ROUNDS = 1
home, version = Path(sys.argv[1]), sys.argv[2]

class Files(ResourceProvider):
    def create(self, props):
        time.sleep(0.03)
        path = home / "files" / f"{props['name']}-{props['version']}"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
        return CreateResult(path.name, props)
    def diff(self, id_, olds, news):
        from pulumi.dynamic import DiffResult
        changed = olds["version"] != news["version"]
        return DiffResult(changed, ["version"] if changed else [], [], news["first"])
    def delete(self, id_, props):
        time.sleep(0.02)
        (home / "files" / id_).unlink(missing_ok=True)

class File(Resource):
    def __init__(self, name, first, opts=None):
        super().__init__(Files(), name, {"name": name, "version": version, "first": first}, opts)

def program():
    last = None
    for number in range(8):
        opts = pulumi.ResourceOptions(depends_on=[last] if last and number % 3 else [])
        last = File(f"f{number}", bool(number % 2), opts)

engine = EmbeddedEngine(StackRef("hue", "lab", home), lambda: "x")
outcome = engine.up(program, Options(parallel=3))
print(outcome.ok, sorted(outcome.changes()), *(item.message for item in outcome.diagnostics))
sys.exit(not outcome.ok)
"""


def test_reading_the_state_does_not_import_pulumi():
    code = (
        "import sys; import hue_infra.engine.embedded, hue_infra.engine.api; "
        "assert 'pulumi' not in sys.modules and 'grpc' not in sys.modules"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)


def test_what_is_exported_can_be_imported_elsewhere_and_changes_nothing(stack, kit, tmp_path):
    def program():
        kit.Thing("a", value=pulumi.Output.secret("well-hidden"))

    # What the provider makes of the secret is a secret only where the run is so told.
    stack.up(program, seal_repeats=True)
    exported = json.loads(json.dumps(stack.engine.export()))
    shown = json.dumps(stack.engine.export(show_secrets=True))
    other = kit.Stack(tmp_path / "other")
    other.world = stack.world

    other.engine.import_(exported)

    assert "well-hidden" in shown
    assert "well-hidden" not in json.dumps(exported)
    assert kit.ops(other.up(program, seal_repeats=True)) == []
    assert [item.name for item in other.engine.resources()] == ["hue-lab", "default", "a"]


def test_another_passphrase_is_refused_before_anything_is_touched(stack, kit):
    stack.up(lambda: kit.Thing("a"))
    stranger = EmbeddedEngine(stack.ref, lambda: "wrong")

    with pytest.raises(EngineError):
        stranger.up(lambda: kit.Thing("b"), stack.options())

    assert stack.world.names() == ["a"]


def test_history_tells_what_each_run_did(stack, kit):
    stack.up(lambda: kit.Thing("a"))
    stack.destroy()

    entries = FileBackend(stack.ref.root).stack("hue", "lab").history()

    assert [(item["kind"], item["result"]) for item in entries] == [
        ("destroy", "succeeded"),
        ("update", "succeeded"),
    ]
    assert entries[1]["resourceChanges"] == {"create": 2}


def killed(home, version, seconds):
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-c", KILLED, str(home), version]
    process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if seconds is not None:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output.decode()


@pytest.mark.slow
def test_a_killed_run_is_finished_by_the_next(tmp_path):
    moments = random.Random(20260705)  # noqa: S311 - moments, not secrets
    for version in ("1", "2", "1"):
        for _ in range(4):
            killed(tmp_path, version, moments.uniform(0.3, 1.4))
        code, output = killed(tmp_path, version, None)

        assert code == 0, output
        files = sorted(path.name for path in (tmp_path / "files").iterdir())
        assert files == [f"f{number}-{version}" for number in range(8)]
        assert killed(tmp_path, version, None) == (0, "True ['same']\n")
    resources = EmbeddedEngine(StackRef("hue", "lab", tmp_path), lambda: "x").resources()
    assert len(resources) == 10
