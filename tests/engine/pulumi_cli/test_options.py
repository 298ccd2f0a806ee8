"""Options become arguments of the command, or are refused by name."""

import json

import pytest

from hue_infra.engine.analysis import Analyzer, PolicyPack
from hue_infra.errors import EngineError

pytestmark = pytest.mark.slow

TARGET = "urn:pulumi:lab::hue::cloud:index:Thing::a"
OTHER = "urn:pulumi:lab::hue::cloud:index:Thing::**"


def values(call, name):
    argv = call["argv"]
    return [argv[place + 1] for place, word in enumerate(argv) if word == name]


def test_what_up_can_be_told_is_told(stack, stub):
    options = stack.options(
        targets=(TARGET, OTHER),
        excludes=("urn:x",),
        replace=(TARGET,),
        target_dependents=True,
        exclude_dependents=True,
        refresh=True,
        continue_on_error=True,
        parallel=2,
    )

    stack.engine.up(lambda: None, options)

    call = stub.call("up")
    assert values(call, "--target") == [TARGET, OTHER]
    assert values(call, "--exclude") == ["urn:x"]
    assert values(call, "--replace") == [TARGET]
    assert values(call, "--parallel") == ["2"]
    flags = {"--target-dependents", "--exclude-dependents", "--refresh", "--continue-on-error"}
    assert flags <= set(call["argv"])


def test_what_is_not_asked_for_is_not_told(stack, stub):
    stack.engine.up(lambda: None, stack.options())

    told = {word for word in stub.call("up")["argv"] if word.startswith("--")}
    for name in ("target", "exclude", "replace", "refresh", "continue-on-error", "policy-pack"):
        assert f"--{name}" not in told


def test_a_refresh_is_not_told_to_refresh_first(stack, stub):
    stack.engine.up(lambda: None, stack.options())

    stack.engine.refresh(stack.options(refresh=True, targets=(TARGET,)))

    assert "--refresh" not in stub.call("refresh")["argv"]
    assert values(stub.call("refresh"), "--target") == [TARGET]


@pytest.mark.parametrize(
    ("method", "options", "name"),
    [
        ("destroy", {"excludes": ("urn:x",)}, "exclude"),
        ("destroy", {"replace": ("urn:x",)}, "replace"),
        ("destroy", {"exclude_dependents": True}, "exclude_dependents"),
        ("refresh", {"replace": ("urn:x",)}, "replace"),
        ("refresh", {"continue_on_error": True}, "continue_on_error"),
        ("up", {"look": bool}, "look"),
        ("up", {"providers": {"cloud": object}}, "providers"),
        ("up", {"analyzers": [Analyzer()]}, "analyzers"),
    ],
)
def test_what_cannot_be_told_is_refused_by_name(stack, stub, method, options, name):
    stack.engine.up(lambda: None, stack.options())
    before = len(stub.calls)
    run = getattr(stack.engine, method)

    with pytest.raises(EngineError, match=rf"\({method}\): {name}$"):
        run(*([lambda: None] if method == "up" else []), stack.options(**options))

    assert not [call for call in stub.calls[before:] if method in call["argv"]]


def test_a_preview_cannot_be_told_to_go_on(stack):
    with pytest.raises(EngineError, match=r"\(preview\): continue_on_error"):
        stack.engine.preview(lambda: None, stack.options(continue_on_error=True))


def test_packs_are_named_with_a_file_of_settings_each_once_one_has_any(stack, stub, tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"all": "advisory"}), "utf-8")
    packs = (PolicyPack(tmp_path / "one"), PolicyPack(tmp_path / "two", settings))

    stack.engine.up(lambda: None, stack.options(policy_packs=packs))

    call = stub.call("up")
    assert values(call, "--policy-pack") == [str(tmp_path / "one"), str(tmp_path / "two")]
    first, second = values(call, "--policy-pack-config")
    assert call["given"][first] == "{}"
    assert call["given"][second] == json.dumps({"all": "advisory"})


def test_packs_without_settings_need_no_file(stack, stub, tmp_path):
    stack.engine.up(lambda: None, stack.options(policy_packs=(PolicyPack(tmp_path / "one"),)))

    assert values(stub.call("up"), "--policy-pack") == [str(tmp_path / "one")]
    assert values(stub.call("up"), "--policy-pack-config") == []
