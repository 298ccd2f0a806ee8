"""What Pulumi's command line is told: its arguments, its environment, its folder.

A stand-in notes it; what stands here is what the Automation API of the installed SDK sends.
"""

import _thread
import json
import os
import sys
import threading
import time

import pytest
from ruamel.yaml import YAML

from hue_infra.engine.api import Options
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.engines import make
from hue_infra.engine.host.folder import ProgramFolder
from hue_infra.engine.host.project import find
from hue_infra.engine.host.settings import encrypted, load
from hue_infra.errors import EngineError

pytestmark = pytest.mark.slow

NAME = "organization/hue/lab"
PHRASE = "một cụm mật khẩu"


@pytest.fixture
def folder(tmp_path):
    """A project folder as anybody writes one."""
    place = tmp_path / "program"
    place.mkdir()
    (place / "Pulumi.yaml").write_text("name: hue\nruntime: python\n", "utf-8")
    (place / "__main__.py").write_text("import pulumi\n", "utf-8")
    return place


def of(folder):
    return ProgramFolder(find(folder))


def settings_of(call):
    return YAML(typ="safe").load(call["files"]["Pulumi.lab.yaml"])


def words(call):
    """The arguments without what differs from run to run."""
    argv = [word for word in call["argv"] if word != "--non-interactive"]
    places = [argv.index(name) + 1 for name in ("--event-log",) if name in argv]
    return [
        "…" if place in places or word.startswith("--client=") else word
        for place, word in enumerate(argv)
    ]


def test_a_folder_goes_up_where_it_lies(stack, stub, folder):
    outcome = stack.engine.up(of(folder), stack.options())

    assert outcome.ok
    assert [words(call)[:2] for call in stub.calls] == [
        ["version"],
        ["stack", "select"],
        ["stack", "init"],
        ["up", "--yes"],
        ["stack", "output"],
        ["stack", "output"],
        ["stack", "history"],
    ]
    call = stub.call("up")
    assert call["cwd"] == str(folder)
    # fmt: off
    assert words(call) == [
        "up", "--yes", "--skip-preview",
        "--message", "hue-infra", "--parallel", "8", "--color", "never",
        "--suppress-outputs", "--suppress-progress", "--exec-kind", "auto.local",
        "--event-log", "…", "--stack", NAME,
    ]
    # fmt: on
    assert "--show-secrets" not in stub.call("stack", "history")["argv"]


def test_a_stack_that_is_there_is_not_made_again(stack, stub, folder):
    stack.engine.up(of(folder), stack.options())
    stack.engine.up(of(folder), stack.options())

    made = [call for call in stub.calls if "init" in call["argv"]]
    assert len(made) == 1


def test_the_child_alone_is_told_the_passphrase(stack, stub, folder, monkeypatch):
    stack.engine.up(of(folder), stack.options())

    told = [call["env"].get("PULUMI_CONFIG_PASSPHRASE") for call in stub.calls[1:]]
    assert set(told) == {PHRASE}
    assert "PULUMI_CONFIG_PASSPHRASE" not in os.environ
    assert not any(PHRASE in word for call in stub.calls for word in call["argv"])
    assert stack.asked == 1


def test_a_passphrase_of_the_environment_does_not_reach_the_child(
    stack, stub, folder, monkeypatch, tmp_path
):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "other"))

    stack.engine.up(of(folder), stack.options())

    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in stub.call("up")["env"]


def test_the_environment_names_our_state_and_no_news(stack, stub, folder, monkeypatch):
    monkeypatch.setenv("PULUMI_DIY_BACKEND_GZIP", "true")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://elsewhere.invalid")

    stack.engine.up(of(folder), stack.options())

    told = stub.call("up")["env"]
    assert told["PULUMI_BACKEND_URL"] == f"file://{stack.ref.root.resolve()}"
    assert told["PULUMI_SKIP_UPDATE_CHECK"] == "true"
    assert told["PULUMI_DIY_BACKEND_GZIP"] == "false"
    assert told["PULUMI_AUTOMATION_API"] == "true"
    assert told["PULUMI_PYTHON_CMD"] == sys.executable


@pytest.fixture
def _something_to_read():
    """An operator who types ahead."""
    read, write = os.pipe()
    os.write(write, b"yes\n")
    os.close(write)
    before = os.dup(0)
    os.dup2(read, 0)
    os.close(read)
    yield
    os.dup2(before, 0)
    os.close(before)


@pytest.mark.usefixtures("_something_to_read")
def test_the_command_gets_nothing_to_read(stack, stub, folder):
    stack.engine.up(of(folder), stack.options())

    assert {call["stdin"] for call in stub.calls} == {""}
    assert all(call["argv"][0] == "--non-interactive" for call in stub.calls[1:])


def test_a_function_is_served_to_the_cli(stack, stub):
    stack.engine.up(lambda: None, stack.options(parallel=3))

    call = stub.call("up")
    assert "…" in words(call)
    assert call["argv"][call["argv"].index("--exec-kind") + 1] == "auto.inline"
    assert call["argv"][call["argv"].index("--parallel") + 1] == "3"
    # The stand-in has asked the server behind --client who it is.
    assert sys.executable.encode() in (stub.folder / "client").read_bytes()


def test_configuration_of_a_function_lies_in_a_file_with_its_secrets_sealed(stack, stub):
    config = {"hue:site": "dc-core1", "hue:token": "hush-hush", "hue:size": "42"}

    stack.engine.up(lambda: None, stack.options(config=config, secret_config={"hue:token"}))

    call = stub.call("up")
    told = settings_of(call)["config"]
    assert told["hue:site"] == "dc-core1"
    assert told["hue:size"] == "42"
    assert set(told["hue:token"]) == {"secure"}
    assert "hush-hush" not in json.dumps(stub.calls)
    project = find(stack.ref.root / "hue-pulumi/hue/lab")
    own = load(project, "lab")
    opened = own.values(Crypter(lambda: PHRASE, own.salt))
    assert opened["hue:token"].text == "hush-hush"
    assert opened["hue:token"].secret


def test_a_folder_takes_its_configuration_from_its_own_file(stack, stub, folder):
    (folder / "Pulumi.lab.yaml").write_text("config:\n  hue:site: dc\n", "utf-8")

    outcome = stack.engine.up(of(folder), stack.options(config={"hue:site": "dc"}))

    assert outcome.ok
    assert settings_of(stub.call("up")) == {"config": {"hue:site": "dc"}}


def test_configuration_that_its_file_does_not_have_is_refused(stack, stub, folder):
    (folder / "Pulumi.lab.yaml").write_text("config:\n  hue:site: dc\n", "utf-8")

    with pytest.raises(EngineError, match=r"hue:site of this run is not what .*Pulumi\.lab\.yaml"):
        stack.engine.up(of(folder), stack.options(config={"hue:site": "ioc"}))
    assert not any("up" in call["argv"] for call in stub.calls)


def test_secret_configuration_of_a_folder_is_compared_in_clear(stack, stub, folder):
    file = load(find(folder), "lab")
    own = Crypter(lambda: PHRASE)
    own.unlock()
    file.set("hue:token", encrypted("hush-hush", own))
    file.keep_salt(own.salt)

    given = Options(config={"hue:token": "hush-hush"}, secret_config=frozenset({"hue:token"}))
    assert stack.engine.up(of(folder), given).ok


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("up", ["preview"]),
        ("destroy", ["destroy", "--preview-only"]),
        ("refresh", ["refresh", "--preview-only"]),
    ],
)
def test_each_kind_of_run_is_foretold_by_its_command(stack, stub, folder, tell, kind, command):
    stub.answers(command[0], events=[tell.summary()])

    outcome = stack.engine.preview(of(folder), stack.options(), kind)

    assert outcome.ok
    assert words(stub.call(*command))[: len(command)] == command
    assert "--yes" not in stub.call(*command)["argv"]


def test_destroy_runs_the_program_only_if_there_is_one(stack, stub, folder):
    stack.engine.up(of(folder), stack.options())

    stack.engine.destroy(stack.options())
    stack.engine.refresh(stack.options(), of(folder))

    assert "--run-program=false" in stub.call("destroy")["argv"]
    assert "--run-program=true" in stub.call("refresh")["argv"]
    assert stub.call("destroy")["argv"][1:4] == ["destroy", "--skip-preview", "--yes"]


def test_without_a_program_the_project_is_where_it_was_named(stack, stub, folder):
    stack.engine.up(of(folder), stack.options())
    engine = make("pulumi", stack.ref, stack.phrase, find(folder))

    engine.destroy(stack.options())

    assert stub.call("destroy")["cwd"] == str(folder)


def test_nothing_is_asked_about_a_stack_that_was_never_made(stack, stub):
    assert stack.engine.destroy(stack.options()).ok
    assert stack.engine.refresh(stack.options()).ok
    assert stack.engine.preview(None, stack.options(), "destroy").ok
    assert stack.engine.export()["version"] == 3

    assert stub.calls == []
    assert stack.engine.resources() == []


def test_a_run_that_is_stopped_interrupts_the_command_once(stack, stub, folder):
    stub.answers("up", waits=True)
    stopping = threading.Event()
    done = []

    def run():
        done.append(stack.engine.up(of(folder), stack.options(stopping=stopping)))

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(300):
        if (stub.folder / "waiting").exists():
            break
        thread.join(0.05)
    stopping.set()
    thread.join(20)

    (outcome,) = done
    assert (stub.folder / "stopped").read_text("utf-8") == "SIGINT"
    assert not outcome.ok
    (told,) = outcome.diagnostics
    assert told.message.startswith("the run was stopped as asked")


@pytest.mark.usefixtures("interruptible")
def test_an_operator_in_a_hurry_leaves_no_command_running(stack, stub, folder):
    stub.answers("up", waits=True)

    def hurry():
        for _ in range(600):
            if (stub.folder / "waiting").exists():
                break
            time.sleep(0.05)
        _thread.interrupt_main()

    thread = threading.Thread(target=hurry)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        stack.engine.up(of(folder), stack.options())
    thread.join()

    assert (stub.folder / "stopped").read_text("utf-8") == "SIGINT"
