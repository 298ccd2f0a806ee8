"""The commands about stacks, settings and state, on real files; no program is run here."""

import contextlib
import json

import pytest
from ruamel.yaml import YAML

from hue_infra.engine import crypter as module
from hue_infra.engine.backend import FileBackend
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.state import ResourceState, Snapshot
from hue_infra.engine.urns import make
from hue_infra.engine.values import Secret
from hue_infra.errors import EngineError

PHRASE = "geheim"


class World:
    """A project folder, its backend, and the command line on both."""

    def __init__(self, hue, folder):
        self.hue = hue
        self.site = folder / "site"
        self.root = folder / "states"
        self.site.mkdir()
        (self.site / "Pulumi.yaml").write_text(
            "name: site\nruntime: python\nconfig:\n  size: {type: integer, default: 3}\n"
        )

    def __call__(self, *words, code=0, **more):
        where = ("--cwd", self.site, "--backend", f"file://{self.root}")
        done = self.hue("engine", *words, *where, **more)
        assert done.exit_code == code, done.output
        return done

    def data(self, *words, **more):
        return json.loads(self(*words, "--json", **more).stdout)

    @property
    def settings(self):
        return YAML(typ="safe").load(self.site / "Pulumi.dev.yaml")

    @property
    def store(self):
        return FileBackend(self.root).stack("site", "dev")

    def states(self):
        return [state.name for state in self.store.load(None, verified=False).resources]

    def keep(self, *resources):
        """Make the state of the stack, which must hold together or be broken on purpose."""
        crypter = self.store.crypter(lambda: PHRASE)
        (self.root / ".pulumi").mkdir(parents=True, exist_ok=True)
        # A state that does not hold together is written all the same.
        with self.store.lock(), contextlib.suppress(EngineError):
            self.store.save(Snapshot(tuple(resources)), crypter)


def resource(name, type_="cloud:index:Disk", **fields):
    urn = make("dev", "site", fields.get("parent", ""), type_, name)
    return ResourceState(urn, type_, **{"custom": True, **fields})


ROOT = resource(
    "site-dev",
    "pulumi:pulumi:Stack",
    custom=False,
    outputs={"url": "http://a", "key": Secret("hush"), "list": [1, {"a": True}]},
)


@pytest.fixture(autouse=True)
def _own_world(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ROUNDS", 1)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PHRASE)
    for name in ("PULUMI_STACK", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def world(hue, tmp_path):
    made = World(hue, tmp_path)
    made("stack", "init", "dev")
    return made


# Stacks


def test_a_stack_is_made_listed_and_forgotten(world):
    world("stack", "init", "--stack", "prod")
    listed = world.data("stack", "ls")
    table = world("stack", "ls", "--all").stdout
    world("stack", "rm", "prod", "--yes")

    assert [(item["name"], item["resourceCount"]) for item in listed] == [("dev", 0), ("prod", 0)]
    assert "organization/site/prod" in table
    assert [item["name"] for item in world.data("stack", "ls")] == ["dev"]
    assert not (world.site / "Pulumi.prod.yaml").exists()


def test_a_stack_needs_a_name_and_a_name_that_is_free(world):
    assert "needs a name" in world("stack", "init", code=3).stderr
    assert "exists already" in world("stack", "init", "dev", code=3).stderr


def test_a_stack_with_resources_is_forgotten_only_by_force(world):
    world.keep(ROOT, resource("disk", parent=ROOT.urn))

    refused = world("stack", "rm", "--yes", code=3)
    world("stack", "rm", "--yes", "--force", "--preserve-config")

    assert "still has a resource" in refused.stderr
    assert "engine destroy --stack dev" in refused.stderr
    assert not world.store.exists()
    assert (world.site / "Pulumi.dev.yaml").exists()


def test_a_stack_with_nothing_but_itself_is_forgotten(world):
    world.keep(ROOT)

    world("stack", "rm", "--yes")

    assert not world.store.exists()


def test_nothing_is_forgotten_unasked(world):
    refused = world("stack", "rm", code=3)

    assert "--yes" in refused.stderr
    assert world.store.exists()


def test_outputs_are_shown_secrets_masked_unless_asked_for(world):
    world.keep(ROOT)
    table = world("stack", "output").stdout

    assert [line.split() for line in table.splitlines()[1:]] == [
        ["key", "[secret]"],
        ["list", '[1,{"a":true}]'],
        ["url", "http://a"],
    ]
    assert world("stack", "output", "url").stdout == "http://a\n"
    assert world("stack", "output", "key", "--show-secrets").stdout == "hush\n"
    assert world.data("stack", "output") == {
        "key": "[secret]",
        "list": [1, {"a": True}],
        "url": "http://a",
    }
    assert world.data("stack", "output", "list") == [1, {"a": True}]
    assert world("stack", "output", "--shell", "--show-secrets").stdout == (
        "key=hush\nlist='[1,{\"a\":true}]'\nurl=http://a\n"
    )


def test_an_output_that_is_not_there_is_told_with_the_nearest(world):
    world.keep(ROOT)

    assert "Did you mean “url”?" in world("stack", "output", "urls", code=3).stderr


def test_what_needs_no_secret_asks_for_no_passphrase(world, monkeypatch):
    world.keep(ROOT)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")

    world("stack", "output")
    world("stack", "export")
    world("config", "ls")
    world("state", "repair")
    refused = world("stack", "output", "--show-secrets", code=3)

    assert "PULUMI_CONFIG_PASSPHRASE" in refused.stderr


def test_a_state_is_exported_and_imported(world, tmp_path):
    world.keep(ROOT, resource("disk", parent=ROOT.urn))
    file = tmp_path / "state.json"
    exported = world("stack", "export").stdout
    shown = world("stack", "export", "--show-secrets").stdout
    world("stack", "export", "--file", file)
    world.keep(ROOT)

    world("stack", "import", "--file", file)
    from_file = world.states()
    world.keep(ROOT)
    world("stack", "import", input=exported)

    assert "hush" in shown
    assert "hush" not in exported
    assert exported == file.read_text()
    assert from_file == world.states() == ["site-dev", "disk"]
    assert world.data("stack", "history")[0]["kind"] == "import"


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("{", 3, "stdin cannot be read"),
        ("[]", 3, "stdin cannot be read"),
        ("{}", 5, "stdin"),
        ('{"version": 99, "deployment": {}}', 5, "99"),
    ],
)
def test_what_is_no_state_is_not_imported(world, text, code, told):
    world.keep(ROOT)

    refused = world("stack", "import", input=text, code=code)

    assert told in refused.stderr
    assert world.states() == ["site-dev"]


def test_the_state_of_another_stack_is_imported_only_by_force(world):
    world.keep(ROOT)
    foreign = world("stack", "export").stdout.replace("pulumi:dev::", "pulumi:prod::")

    refused = world("stack", "import", input=foreign, code=3)
    world("stack", "import", "--force", input=foreign)

    assert "another stack than dev" in refused.stderr
    assert world.store.resources()[0].urn.startswith("urn:pulumi:prod::")


def test_a_new_stack_has_no_history(world):
    assert world.data("stack", "history") == []
    assert "no runs yet" in world("stack", "history").stderr


def test_history_is_told_by_the_page(world):
    for number in range(3):
        changes = {"create": number, "same": 1}
        world.store.record_history("update", 100, 105, ok=bool(number), changes=changes)

    whole = world.data("stack", "history")
    page = world.data("stack", "history", "--page-size", "2", "--page", "2")
    table = world("stack", "history").stdout.splitlines()

    assert whole[2:] == page
    assert page[0] == {
        "version": 0,
        "kind": "update",
        "startTime": "1970-01-01T00:01:40.000Z",
        "message": "",
        "environment": {"exec.kind": "hue-infra"},
        "config": {},
        "result": "failed",
        "endTime": "1970-01-01T00:01:45.000Z",
        "resourceChanges": {"create": 0, "same": 1},
    }
    assert "succeeded" in table[1]
    assert table[1].endswith("+2  1 unchanged")


# Settings


def test_a_setting_is_recorded_read_and_removed(world):
    world("config", "set", "region", "hue")
    world("config", "set", "cloud:zone", "a")
    world("config", "set", "--path", "servers[0].name", "web")
    world("config", "set", "--path", "servers[0].ports[0]", "80")
    read = world("config", "get", "servers").stdout
    inner = world("config", "get", "--path", "servers[0].ports[0]").stdout
    world("config", "rm", "--path", "servers[0].ports")
    world("config", "rm", "region", "nothing")

    assert (read, inner) == ('[{"name":"web","ports":[80]}]\n', "80\n")
    assert world.settings["config"] == {"cloud:zone": "a", "site:servers": [{"name": "web"}]}
    assert world.data("config", "get", "servers") == {
        "value": '[{"name":"web"}]',
        "objectValue": [{"name": "web"}],
        "secret": False,
    }
    assert world("config", "get", "size").stdout == "3\n"


@pytest.mark.parametrize(
    ("given", "options", "kept"),
    [
        ("hush\n", (), "hush"),
        ("two\nlines\n\n", (), "two\nlines\n"),
        ("hush\n", ("--raw",), "hush\n"),
    ],
)
def test_a_secret_comes_from_stdin_and_is_kept_encrypted(world, given, options, kept):
    world("config", "set", "--secret", "key", *options, input=given)

    settings = world.settings
    crypter = Crypter(lambda: PHRASE, settings["encryptionsalt"])
    assert crypter.decrypt(settings["config"]["site:key"]["secure"]) == kept
    assert world("config", "get", "key").stdout.rstrip("\n") == kept.rstrip("\n")


def test_settings_take_the_salt_of_the_state_with_their_first_secret(world):
    (world.site / "Pulumi.dev.yaml").unlink()

    world("config", "set", "--secret", "key", input="hush")

    assert world.settings["encryptionsalt"] == world.store.crypter(lambda: PHRASE).salt
    assert world("config", "get", "key").stdout == "hush\n"


def test_secrets_are_listed_masked_unless_asked_for(world):
    world("config", "set", "--secret", "key", input="hush")
    world("config", "set", "--secret", "--path", "box.key", input="hush")
    world("config", "set", "cloud:zone", "a")

    listed = world("config", "ls").stdout
    shown = world("config", "ls", "--show-secrets").stdout

    assert [line.split() for line in listed.splitlines()[1:]] == [
        ["cloud:zone", "a"],
        ["box", '{"key":"[secret]"}'],
        ["key", "[secret]"],
        ["size", "3"],
    ]
    assert "hush" not in listed
    assert shown.count("hush") == 2
    assert world.data("config", "ls") == {
        "cloud:zone": {"value": "a", "secret": False},
        "site:box": {"secret": True},
        "site:key": {"secret": True},
        "site:size": {"value": "3", "secret": False},
    }
    assert world.data("config", "ls", "--show-secrets")["site:box"] == {
        "value": '{"key":"hush"}',
        "objectValue": {"key": "hush"},
        "secret": True,
    }


def test_a_secret_needs_the_stacks_own_passphrase(world, monkeypatch):
    (world.site / "Pulumi.dev.yaml").unlink()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another")

    refused = world("config", "set", "--secret", "key", input="hush", code=5)

    assert "passphrase" in refused.stderr
    assert not (world.site / "Pulumi.dev.yaml").exists()


def test_what_looks_like_a_secret_is_warned_of(world):
    warned = world("config", "set", "dbPassword", "correct-horse")
    quiet = world("config", "set", "dbPassword", "correct-horse", "--plaintext")
    short = world("config", "set", "tokens", "3")

    assert "--secret encrypts it" in warned.stderr
    assert (quiet.stderr, short.stderr) == ("", "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("get", "nothing"), "has no setting nothing"),
        (("get", "a:b:c"), "is no key"),
        (("set", "--path", "a[", "1"), "no path"),
        (("set", "--path", "a[1]", "1"), "past a list's end"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(world, words, told):
    assert told in world("config", *words, code=3).stderr


# The state by hand


DISK = resource("disk", parent=ROOT.urn, id="d", protect=True, inputs={"key": Secret("hush")})
SERVER = resource("server", parent=ROOT.urn, id="s", dependencies=(DISK.urn,))


def test_protection_is_taken_off_and_what_was_is_kept(world):
    world.keep(ROOT, DISK, SERVER)

    told = world("state", "unprotect", DISK.urn, "--yes")

    assert [state.protect for state in world.store.resources()] == [False, False, False]
    assert f"{DISK.urn} is no longer protected" in told.stdout
    (copy,) = world.store.backups.glob("*.json")
    assert str(copy) in told.stderr
    assert '"protect":true' in copy.read_text()
    assert world("state", "unprotect", "--all", "--yes").stdout == "Nothing would change.\n"
    assert "hush" in world("stack", "export", "--show-secrets").stdout


def test_a_resource_is_forgotten_by_what_is_asked(world):
    world.keep(ROOT, DISK, SERVER)

    needed = world("state", "delete", DISK.urn, "--yes", code=3)
    guarded = world("state", "delete", DISK.urn, "--yes", "--target-dependents", code=3)
    told = world("state", "delete", DISK.urn, "--yes", "--target-dependents", "--force")

    assert SERVER.urn in needed.stderr
    assert "protected" in guarded.stderr
    assert world.states() == ["site-dev"]
    assert told.stdout.count("is forgotten") == 2


def test_all_is_forgotten_when_told(world):
    world.keep(ROOT, DISK, SERVER)

    assert "protected" in world("state", "delete", "--all", "--yes", code=3).stderr
    assert world("state", "delete", "--all", "--yes", "--force").exit_code == 0
    assert world.states() == []


@pytest.mark.parametrize("words", [("unprotect",), ("delete",), ("delete", "--all", "urn:x")])
def test_an_edit_must_say_of_what(world, words):
    assert "--all" in world("state", *words, "--yes", code=3).stderr


def test_no_edit_is_made_unasked(world):
    world.keep(ROOT, DISK)

    refused = world("state", "unprotect", "--all", code=3)

    assert "--yes" in refused.stderr
    assert world.store.resources()[1].protect


def test_a_broken_state_is_mended_only_when_told(world):
    lost = resource("lost", parent=ROOT.urn, dependencies=("urn:pulumi:dev::site::a:b:C::gone",))
    world.keep(lost, ROOT)
    before = world.store.file.read_bytes()

    shown = world("state", "repair", code=3)
    untouched = world.store.file.read_bytes()
    mended = world("state", "repair", "--yes")

    assert "needs urn:pulumi:dev::site::a:b:C::gone" in shown.stdout
    assert "is put before" in shown.stdout
    assert untouched == before
    assert world.states() == ["site-dev", "lost"]
    assert world.store.resources()[1].dependencies == ()
    assert "As it was:" in mended.stderr
    assert world.data("state", "repair")["problems"] == []
    assert "nothing to mend" in world("state", "repair").stdout


def test_a_state_that_cannot_be_mended_is_left(world):
    twice = resource("disk", parent=ROOT.urn)
    world.keep(ROOT, twice, twice)
    before = world.store.file.read_bytes()

    refused = world("state", "repair", "--yes", code=5)

    assert "without guessing" in refused.stderr
    assert world.store.file.read_bytes() == before


def test_a_stack_that_is_held_is_not_edited(world):
    world.keep(ROOT, DISK)

    with world.store.lock():
        refused = world("state", "unprotect", "--all", "--yes", code=5)

    assert refused.stderr
    assert world.store.resources()[1].protect
