"""Dynamic providers of a program in a process of its own, in a process of theirs."""

import subprocess
import sys
from pathlib import Path

import pytest

from hue_infra.engine.calls import ProviderError
from hue_infra.engine.provider import (
    CheckFailure,
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from hue_infra.engine.values import UNKNOWN, Secret

pytestmark = pytest.mark.slow

CASES = Path(__file__).parents[2] / "cases" / "engine" / "plugins"
URN = "urn:pulumi:lab::hue::pulumi-python:dynamic:Resource::page"
KEY = "__provider"


@pytest.fixture(scope="module")
def provider(yard):
    made = yard.find("pulumi-python")
    made.configure({"hue:owner": "Lê Thị", "hue:pin": Secret("1234"), "other:x": "y"})
    return made


@pytest.fixture(scope="module")
def pickled():
    """A provider that closes over a secret output, as a program hands it on."""
    command = (sys.executable, str(CASES / "ledger"))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Secret(done.stdout.strip())


def test_settings_are_only_taken(yard):
    fresh = yard.find("pulumi-python")

    assert fresh.check_config(None, {"hue:pin": Secret("1")}).inputs == {"hue:pin": Secret("1")}
    assert fresh.diff_config({"a": 1}, {"a": 2}).changes is None
    fresh.close()


def test_foretelling_is_left_to_the_engine(provider):
    assert not provider.supports_preview


def test_inputs_are_checked(provider, pickled):
    given = {KEY: pickled, "line": Secret("a"), "later": UNKNOWN}

    checked = provider.check(CheckRequest(URN, None, given, b""))

    assert checked.inputs == {**given, "checked": True}
    assert checked.failures == ()
    failed = provider.check(CheckRequest(URN, {}, {KEY: pickled, "line": ""}, b""))
    assert failed.failures == (CheckFailure("line", "is empty"),)


@pytest.mark.parametrize(
    ("line", "changes", "replaces"),
    [("old", False, ()), ("next", True, ()), ("new", True, ("line",)), ("whatever", None, ())],
)
def test_a_difference_is_what_the_provider_says(provider, pickled, line, changes, replaces):
    old, new = {KEY: pickled, "line": "old"}, {KEY: pickled, "line": line}

    diff = provider.diff(DiffRequest(URN, "page-1", old, old, new))

    assert (diff.changes, diff.replaces) == (changes, replaces)
    assert diff.delete_before_replace == (changes is not None)


def test_a_provider_knows_its_settings_and_the_secrets_it_closes_over(provider, pickled):
    given = {KEY: pickled, "line": Secret("a")}

    state = provider.create(CreateRequest(URN, given, 3.0, preview=False))

    assert state.id == "page-1"
    assert state.outputs == {**given, "owner": "Lê Thị", "pin": "1234", "length": len("swordfish")}


def test_a_resource_is_read_changed_and_removed(provider, pickled):
    old, new = {KEY: pickled, "line": "a"}, {KEY: pickled, "line": "b"}

    state = provider.read(ReadRequest(URN, "page-1", old, old))
    updated = provider.update(UpdateRequest(URN, "page-1", old, old, new, None, preview=False))
    provider.delete(DeleteRequest(URN, "page-1", new, updated.outputs, None))

    assert state.outputs == state.inputs == {KEY: pickled, "line": "as it is"}
    assert updated.outputs == {**new, "was": "a"}
    assert provider.read(ReadRequest(URN, "lost", old, old)) is None


def test_a_failure_is_told_as_the_provider_said_it(provider, pickled):
    torn = {KEY: pickled, "line": "torn"}

    with pytest.raises(ProviderError, match="ValueError: the page is torn"):
        provider.create(CreateRequest(URN, torn, None, preview=False))


def test_it_runs_where_the_program_runs(yard):
    """Modules of the program are found there."""
    (process,) = (item._process for item in yard.plugins._all if item.name == "pulumi-python")

    assert process._popen.args[1:4] == ("-u", "-m", "pulumi.dynamic")
    of_process = Path("/proc") / str(process._popen.pid)
    assert b"PULUMI_PROJECT=hue\0" in (of_process / "environ").read_bytes()
    assert (of_process / "cwd").resolve() == yard.place.folder
