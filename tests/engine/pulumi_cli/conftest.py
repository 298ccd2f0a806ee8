"""A stack whose engine is a stand-in for Pulumi's command line, and the events it tells."""

import json
import sys
from pathlib import Path

import grpc
import pytest

from hue_infra.engine import crypter
from hue_infra.engine.api import Options, StackRef
from hue_infra.engine.engines import make

STUB = Path(__file__).resolve().parents[2] / "cases/engine/pulumi-stub/pulumi.py"
PHRASE = "một cụm mật khẩu"
ROOT = "urn:pulumi:lab::hue::pulumi:pulumi:Stack::hue-lab"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


class Stub:
    """The stand-in on the path, and what it was asked."""

    def __init__(self, folder):
        self.folder = folder
        self.script = {"packages": str(Path(grpc.__file__).parent.parent)}
        self.write()

    def answers(self, command, **answer):
        self.script.setdefault("commands", {})[command] = answer
        self.write()

    def has(self, **more):
        self.script.update(more)
        self.write()

    def write(self):
        (self.folder / "script.json").write_text(json.dumps(self.script), "utf-8")

    @property
    def calls(self):
        file = self.folder / "calls.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [json.loads(line) for line in lines]

    def call(self, *words):
        """The one call of a command."""
        found = [one for one in self.calls if plain(one["argv"])[: len(words)] == list(words)]
        assert len(found) == 1, [one["argv"] for one in self.calls]
        return found[0]


def plain(argv):
    return [word for word in argv if word != "--non-interactive"]


class Stack:
    """One stack under the engine that is asked."""

    def __init__(self, root, stub):
        self.ref = StackRef("hue", "lab", root)
        self.stub = stub
        self.asked = 0
        self.events = []
        self.engine = make("pulumi", self.ref, self.phrase)

    def phrase(self):
        self.asked += 1
        return PHRASE

    def options(self, **more):
        return Options(**{"on_event": self.events.append, **more})


def state(name, kind="cloud:index:Thing", **more):
    """A resource as an event shows it."""
    return {
        "type": kind,
        "urn": urn(name, kind),
        "custom": not kind.startswith(("test:", "pulumi:pulumi:")),
        "id": "",
        "parent": "" if kind.startswith("pulumi:pulumi:") else ROOT,
        "provider": "",
        "inputs": {},
        "outputs": {},
        **more,
    }


def urn(name, kind="cloud:index:Thing"):
    return f"urn:pulumi:lab::hue::{kind}::{name}"


def metadata(op, old=None, new=None, **more):
    known = new or old
    told = {"op": op, "urn": known["urn"], "type": known["type"], "provider": ""}
    return {**told, "old": old, "new": new, "detailedDiff": None, **more}


def pre(op, old=None, new=None, planning=False, **more):
    return {"resourcePreEvent": {"metadata": metadata(op, old, new, **more), "planning": planning}}


def outputs(op, old=None, new=None, planning=False, **more):
    return {"resOutputsEvent": {"metadata": metadata(op, old, new, **more), "planning": planning}}


def failed(op, old=None, new=None, **more):
    return {"resOpFailedEvent": {"metadata": metadata(op, old, new, **more)}}


def says(severity, message, about="", **more):
    told = {"severity": severity, "message": message, "color": "raw", "urn": about}
    return {"diagnosticEvent": {**told, **more}}


def summary(**changes):
    told = {"maybeCorrupt": False, "durationSeconds": 1, "resourceChanges": changes}
    return {"summaryEvent": {**told, "PolicyPacks": {}}}


class Tell:
    """What the events are made with, for modules that cannot import a conftest."""

    ROOT = ROOT
    SECRET = SECRET
    state = staticmethod(state)
    urn = staticmethod(urn)
    pre = staticmethod(pre)
    outputs = staticmethod(outputs)
    failed = staticmethod(failed)
    says = staticmethod(says)
    summary = staticmethod(summary)


@pytest.fixture
def tell():
    return Tell


@pytest.fixture(autouse=True)
def _quick_key(monkeypatch):
    monkeypatch.setattr(crypter, "ROUNDS", 1)


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """The stand-in as ``pulumi``, alone in its directory at the head of the path."""
    folder = tmp_path / "stub"
    place = folder / "bin"
    place.mkdir(parents=True)
    program = place / "pulumi"
    # Without site-packages, which it seldom needs: each test starts it some seven times.
    program.write_text(f"#!{sys.executable} -S\n{STUB.read_text('utf-8')}", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PULUMI_STUB", str(folder))
    monkeypatch.setenv("PATH", str(place), prepend=":")
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_PYTHON_CMD"):
        monkeypatch.delenv(name, raising=False)
    return Stub(folder)


@pytest.fixture
def stack(tmp_path, stub):
    return Stack(tmp_path / "root", stub)
