"""The one door to other programs: what it hands on, and what it keeps."""

import pytest

from hue_infra.errors import ToolError
from hue_infra.tools.run import run, stream


@pytest.mark.parametrize("more", [None, {"ANOTHER": "1"}])
def test_the_passphrase_is_for_us_alone(more, monkeypatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "chim-hoàng-yến")
    monkeypatch.setenv("KEPT", "2")

    printed = run(["env"], env=more).stdout.splitlines()
    lines: list[str] = []
    stream(["env"], lines.append, env=more)

    for seen in (printed, lines):
        assert not [line for line in seen if "PASSPHRASE" in line]
        assert "KEPT=2" in seen
        assert ("ANOTHER=1" in seen) is bool(more)


def test_a_failure_says_the_last_words_and_how_to_repeat() -> None:
    with pytest.raises(ToolError) as caught:
        run(["sh", "-c", "echo why >&2; exit 3"])

    assert "why" in str(caught.value)
    assert "3" in str(caught.value)
    assert "sh -c" in caught.value.hint


def test_what_takes_too_long_says_how_far_it_came() -> None:
    with pytest.raises(ToolError, match=r"(?s)within 1.*begins.*complains"):
        run(["sh", "-c", "echo begins; echo complains >&2; exec sleep 60"], timeout=1)


def test_a_long_command_and_long_words_are_told_in_short() -> None:
    script = "echo begins; echo " + "x" * 5000 + "; echo ends >&2; exit 1"
    with pytest.raises(ToolError) as caught:
        run(["sh", "-c", script])

    assert "ends" in str(caught.value)
    assert "begins" in caught.value.hint
    assert caught.value.hint.endswith("exit 1'")
    assert len(caught.value.hint) < 2500
