"""Both engines work on one state: what one leaves the other finds."""

import json
from pathlib import Path

import pytest

from hue_infra.engine.backend import FileBackend
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import Secret
from hue_infra.errors import EngineError

pytestmark = pytest.mark.slow

PHRASE = "một cụm mật khẩu"
ROOT = "urn:pulumi:lab::hue::pulumi:pulumi:Stack::hue-lab"


@pytest.fixture
def store(stack):
    return FileBackend(stack.ref.root).stack("hue", "lab")


def test_the_state_of_the_embedded_engine_is_selected_not_made(stack, stub):
    embedded = EmbeddedEngine(stack.ref, lambda: PHRASE)
    assert embedded.up(lambda: None, stack.options()).ok

    stack.engine.up(lambda: None, stack.options())

    assert not any("init" in call["argv"] for call in stub.calls)
    told = stub.call("up")["files"]["Pulumi.lab.yaml"]
    salt = json.loads(FileBackend(stack.ref.root).stack("hue", "lab").file.read_text("utf-8"))
    state = salt["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]
    assert f"encryptionsalt: {state}" in told


def test_what_a_dead_run_left_in_the_journal_is_in_the_state_first(stack, stub, store):
    embedded = EmbeddedEngine(stack.ref, lambda: PHRASE)
    embedded.up(lambda: None, stack.options())
    crypter = store.crypter(lambda: PHRASE)
    run = store.journal(store.load(crypter), crypter)
    journal = run.__enter__()
    state = ResourceState("urn:pulumi:lab::hue::cloud:index:Thing::a", "cloud:index:Thing", True)
    ticket = journal.begin("creating", state)
    journal.push(journal.end(ticket, state))
    kept = store.journal_file.read_bytes()
    run.__exit__(None, None, None)
    # As after kill -9: the journal is there, the state is that of before.
    store.file.write_bytes(store.backup_file.read_bytes())
    store.journal_file.write_bytes(kept)

    stack.engine.up(lambda: None, stack.options())

    assert not store.journal_file.exists()
    found = json.loads(store.file.read_text("utf-8"))["checkpoint"]["latest"]["resources"]
    assert state.urn in [item["urn"] for item in found]


def test_export_gives_secrets_in_clear_only_if_asked(stack, stub):
    stack.engine.up(lambda: None, stack.options())

    exported = stack.engine.export()
    stack.engine.export(show_secrets=True)

    assert exported["deployment"]["manifest"]
    asked = [call["argv"] for call in stub.calls if "export" in call["argv"]]
    assert ["--show-secrets" in argv for argv in asked] == [False, True]


def test_import_hands_over_a_file_that_is_gone_afterwards(stack, stub):
    given = {
        "version": 4,
        "features": ["hooks"],
        "deployment": {"manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}},
    }

    stack.engine.import_(given)

    call = stub.call("stack", "import")
    ((file, text),) = call["given"].items()
    assert json.loads(text) == given
    assert not Path(file).exists()


def test_an_import_that_is_refused_leaves_no_file_either(stack, stub):
    stub.answers("stack import", refuses=255, stderr="error: not this stack's")

    with pytest.raises(EngineError, match=r"(?s)“pulumi stack import” failed.*not this stack's"):
        stack.engine.import_({"version": 3, "deployment": {"secret": "hush"}})

    ((file, _),) = stub.call("stack", "import")["given"].items()
    assert not Path(file).exists()


def test_a_state_of_the_cli_is_read_by_the_embedded_engine(stack, stub):
    own = Crypter(lambda: PHRASE)
    own.unlock()
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    latest = {
        "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
        "secrets_providers": {"type": "passphrase", "state": {"salt": own.salt}},
        "resources": [
            {
                "urn": ROOT,
                "custom": False,
                "type": "pulumi:pulumi:Stack",
                "outputs": {"key": {**sealed, "ciphertext": own.encrypt('"hush"')}},
            }
        ],
    }
    stub.answers("up", state=latest)

    outcome = stack.engine.up(lambda: None, stack.options())

    assert outcome.outputs == {"key": Secret("hush")}
    embedded = EmbeddedEngine(stack.ref, lambda: PHRASE)
    shown = embedded.export(show_secrets=True)["deployment"]["resources"][0]["outputs"]["key"]
    assert shown["plaintext"] == '"hush"'
