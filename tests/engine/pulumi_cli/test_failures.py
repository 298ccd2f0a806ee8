"""What goes wrong with the command itself becomes one clear sentence."""

import os

import pytest

from hue_infra.engine.embedded import EmbeddedEngine
from hue_infra.engine.engines import make
from hue_infra.errors import EngineError, LockedError, RemoteError


def test_without_a_pulumi_one_sentence_says_so(tmp_path, monkeypatch, stack):
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    with pytest.raises(RemoteError, match="no “pulumi” on the path") as caught:
        stack.engine.up(lambda: None, stack.options())

    assert caught.value.exit_code == 5
    assert "--engine embedded" in caught.value.hint
    assert stack.asked == 0


@pytest.mark.parametrize("found", ["v3.205.9", "3.9.0"])
def test_an_old_one_is_refused_with_both_versions(stack, stub, found):
    stub.has(version=found)

    with pytest.raises(RemoteError, match=found.removeprefix("v")) as caught:
        stack.engine.up(lambda: None, stack.options())

    assert "3.206" in caught.value.hint


@pytest.mark.parametrize("found", ["v4.0.0", "what?"])
def test_one_of_another_kind_is_refused_too(stack, stub, found):
    stub.has(version=found)

    with pytest.raises(RemoteError) as caught:
        stack.engine.up(lambda: None, stack.options())

    assert "3.206" in caught.value.hint


def test_one_that_does_not_answer_is_told(stack, stub):
    stub.has(version_code=3)

    with pytest.raises(RemoteError, match="does not answer"):
        stack.engine.up(lambda: None, stack.options())


def test_a_held_stack_is_told_as_held(stack, stub):
    text = "error: the stack is currently locked by 1 lock(s). alice@host (pid 4)"
    stub.answers("up", code=255, stderr=text)

    with pytest.raises(LockedError, match="another run holds this stack") as caught:
        stack.engine.up(lambda: None, stack.options())

    assert "alice@host" in str(caught.value)


def test_a_command_that_fails_before_any_event_is_told_by_its_last_lines(stack, stub):
    stub.answers("up", code=255, stderr="\n".join(f"line {n}" for n in range(30)))

    outcome = stack.engine.up(lambda: None, stack.options())

    assert not outcome.ok
    (told,) = outcome.diagnostics
    assert told.message.startswith("“pulumi up” failed:\nline 18")
    assert told.message.endswith("line 29")


def test_a_stack_that_cannot_be_made_stops_the_run(stack, stub):
    stub.answers("stack init", refuses=255, stderr="error: no passphrase")

    with pytest.raises(EngineError, match=r"(?s)“pulumi stack select” failed.*no passphrase"):
        stack.engine.up(lambda: None, stack.options())


def test_a_preview_that_tells_nothing_is_not_taken_for_no_changes(stack):
    with pytest.raises(EngineError, match="did not tell what it did"):
        stack.engine.preview(lambda: None, stack.options())


def test_a_program_of_another_kind_is_refused(stack):
    class Other:
        def run(self, deployment):
            return True

    with pytest.raises(EngineError, match="not a Other"):
        stack.engine.up(Other(), stack.options())


def test_the_engine_of_ours_needs_no_pulumi(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.defpath)

    assert isinstance(make("embedded", None, str), EmbeddedEngine)
