"""Which folder, which stack, which backend, which passphrase: and what is said where none is."""

import json

import pytest

from hue_infra.cli.output import for_session
from hue_infra.cli.programs import opening
from hue_infra.cli.programs.opening import Chosen, root_of
from hue_infra.cli.programs.passphrase import passphrase
from hue_infra.cli.session import Session
from hue_infra.engine import crypter as module
from hue_infra.errors import EngineError, InputError

OUTPUT = for_session(Session())
VARIABLES = (
    *("PULUMI_STACK", "PULUMI_BACKEND_URL"),
    *("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
)


@pytest.fixture(autouse=True)
def _own_world(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ROUNDS", 1)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def site(tmp_path):
    """A project folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: site\nruntime: python\n")
    return folder


@pytest.fixture
def made(site, tmp_path, monkeypatch):
    """Make stacks by name, and what chooses none of them."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")

    def make(*names):
        for name in names:
            chosen = Chosen(site, name, f"file://{tmp_path}/states")
            opening.opened(chosen, OUTPUT).make()
        return Chosen(site, None, f"file://{tmp_path}/states")

    return make


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("file:///srv/states", "/srv/states"),
        ("file:///srv/states?no_tmp_dir=true", "/srv/states"),
        ("file://~", "home"),
        ("file://~/states", "home/states"),
        ("file://./states", "site/states"),
        ("file://states", "site/states"),
        ("file://../states", "states"),
    ],
)
def test_a_backend_is_a_directory(site, tmp_path, url, root):
    assert root_of(url, site) == tmp_path / root


@pytest.mark.parametrize("url", ["https://api.pulumi.com", "s3://bucket", "/srv/states", ""])
def test_another_kind_of_backend_is_refused(site, url):
    with pytest.raises(InputError) as refusal:
        root_of(url, site)

    assert "file://" in refusal.value.hint


def test_the_backend_is_the_one_named_else_the_variables_else_the_projects(
    site, tmp_path, monkeypatch
):
    def root(backend=None):
        return opening.folder(Chosen(site, None, backend)).backend.root

    roots = [root()]
    with (site / "Pulumi.yaml").open("a") as file:
        file.write("backend: {url: file:///project}\n")
    roots.append(root())
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///variable")
    roots += [root(), root("file:///option")]

    assert [str(item) for item in roots] == [
        str(tmp_path / "home"),
        "/project",
        "/variable",
        "/option",
    ]


def test_the_only_stack_needs_no_name(made):
    assert opening.opened(made("dev"), OUTPUT).name == "dev"


def test_of_several_stacks_one_must_be_named(made, monkeypatch):
    chosen = made("dev", "prod")

    with pytest.raises(InputError, match="several stacks") as refusal:
        opening.opened(chosen, OUTPUT)
    monkeypatch.setenv("PULUMI_STACK", "prod")

    assert refusal.value.hint.endswith("dev, prod")
    assert opening.opened(chosen, OUTPUT).name == "prod"


def test_without_stacks_one_must_be_named(site):
    with pytest.raises(InputError, match="no stack yet"):
        opening.opened(Chosen(site, None, "file:///nowhere"), OUTPUT)


@pytest.mark.parametrize("name", ["dev", "organization/dev", "organization/site/dev"])
def test_a_stack_may_be_named_whole(made, name):
    chosen = made("dev")

    assert opening.existing(Chosen(chosen.cwd, name, chosen.backend), OUTPUT).name == "dev"


@pytest.mark.parametrize("name", ["organization/other/dev", "somebody/dev", "a/b/c/d"])
def test_a_stack_of_another_project_is_refused(made, name):
    chosen = made("dev")

    with pytest.raises(InputError, match="no stack of project site"):
        opening.opened(Chosen(chosen.cwd, name, chosen.backend), OUTPUT)


def test_a_stack_that_was_never_made_is_told_with_those_that_were(made):
    chosen = made("dev")
    missing = Chosen(chosen.cwd, "prod", chosen.backend)

    for reach in (opening.existing, opening.configured):
        with pytest.raises(InputError, match="has no stack prod") as refusal:
            reach(missing, OUTPUT)
        assert "stack init prod" in refusal.value.hint
        assert "dev" in refusal.value.hint

    (chosen.cwd / "Pulumi.prod.yaml").write_text("config: {}\n")
    assert opening.configured(missing, OUTPUT).name == "prod"


def test_a_name_that_is_no_name_is_refused(site):
    with pytest.raises(EngineError):
        opening.opened(Chosen(site, "a b", "file:///nowhere"), OUTPUT)


def test_no_folder_is_told_as_that(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        opening.folder(Chosen(tmp_path / "nowhere"))


def test_a_new_stack_shares_the_salt_of_its_settings(made, site):
    chosen = made("dev")
    opened = opening.opened(chosen, OUTPUT)
    state = json.loads(opened.store.file.read_text())
    stored = state["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]

    assert stored == opened.settings.salt != ""
    opened.forget(keep_settings=True)
    opened.make()
    assert opened.stored_salt == stored


def test_settings_without_a_salt_take_that_of_the_state(made):
    opened = opening.opened(made("dev"), OUTPUT)
    opened.settings.file.path.unlink()

    chosen = Chosen(opened.project.root, "dev", f"file://{opened.folder.backend.root}")
    crypter = opening.opened(chosen, OUTPUT).crypter()
    assert crypter.salt == opened.stored_salt


def test_a_stack_is_made_once(made):
    opened = opening.opened(made("dev"), OUTPUT)

    with pytest.raises(InputError, match="exists already"):
        opened.make()


def test_another_passphrase_makes_no_stack_where_settings_have_one(made, monkeypatch):
    opened = opening.opened(made("dev"), OUTPUT)
    opened.forget(keep_settings=True)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another")
    chosen = Chosen(opened.project.root, "dev", f"file://{opened.folder.backend.root}")

    with pytest.raises(EngineError, match="not the one"):
        opening.opened(chosen, OUTPUT).make()

    assert not opened.exists


# Passphrases


class Asked:
    """Answers questions in turn, and remembers them."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.questions = []

    def __call__(self, question):
        self.questions.append(question)
        return self.answers.pop(0)


def test_the_variable_comes_first_even_if_empty(monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/nowhere")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")

    assert passphrase("dev", is_new=True, ask=None) == ""


def test_a_file_is_read_without_the_space_around_it(monkeypatch, tmp_path):
    file = tmp_path / "phrase"
    file.write_text("geheim\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(file))

    assert passphrase("dev", is_new=False, ask=None) == "geheim"


def test_a_file_that_cannot_be_read_is_told(monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/nowhere")

    with pytest.raises(InputError, match=r"PASSPHRASE_FILE.*nowhere"):
        passphrase("dev", is_new=False, ask=None)


def test_where_nobody_can_be_asked_the_variables_are_named():
    with pytest.raises(InputError, match="passphrase of stack dev") as refusal:
        passphrase("dev", is_new=False, ask=None)

    assert "PULUMI_CONFIG_PASSPHRASE" in refusal.value.hint
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in refusal.value.hint


def test_the_operator_is_asked_once_and_twice_for_a_new_stack():
    known, new = Asked("a"), Asked("a", "a")

    assert passphrase("dev", is_new=False, ask=known) == "a"
    assert passphrase("dev", is_new=True, ask=new) == "a"
    assert (len(known.questions), len(new.questions)) == (1, 2)


def test_two_passphrases_that_differ_are_refused():
    with pytest.raises(InputError, match="differ"):
        passphrase("dev", is_new=True, ask=Asked("a", "b"))
