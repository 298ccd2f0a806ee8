"""The preview as a person reads it, from steps the engine could have planned."""

import pytest

from hue_infra.cli import diffview
from hue_infra.engine.api import Change
from hue_infra.engine.values import UNKNOWN, Asset, Secret
from hue_infra.words import use

CANARY = "chim-hoang-yen-4711"


def text(outcome, width=100, *, verbose=False):
    return [line.plain for line in diffview.lines(outcome, width=width, verbose=verbose)]


def test_changed_properties_show_old_and_new(part):
    assert text(part.outcome(part.CHANGED)) == [
        "\nNetwork",
        "  - Network  ioc/wireless",
        "\nMachines",
        "  ± Machine  p-kube1  (replaced because of: base)",
        '      ~ base  "bookworm-1" → "bookworm-2"  ±',
        "\nConfiguration",
        "  ~ Configuration  dc-core1",
        '      ~ variables.dns_forwarders  ["10.0.0.1"] → ["10.0.0.2"]',
        "      ~ variables.password        **** → ****",
        "      + token                     known after apply",
        '      - note                      "old"',
        "",
        "~ 1 to change   ± 1 to replace   - 1 to remove   = 1 unchanged",
    ]


def test_the_same_in_vietnamese(part):
    use("vi")
    shown = text(part.outcome(part.CHANGED))

    assert "  ± Máy  p-kube1  (phải thay thế vì: base)" in shown
    assert "      + token                     có sau khi áp dụng" in shown
    assert shown[-1] == "~ sửa 1   ± thay thế 1   - gỡ bỏ 1   = giữ nguyên 1"


def test_a_replacement_counts_once(part):
    assert diffview.counts(part.outcome(part.CHANGED)) == {
        "create": 0, "update": 1, "replace": 1, "delete": 1, "same": 1,
    }  # fmt: skip


def test_components_are_not_told(part):
    assert not any(line.split()[-1:] == "dc" for line in text(part.outcome(part.FIRST)))
    assert diffview.counts(part.outcome(part.FIRST))["create"] == 13


def test_many_of_a_kind_share_a_line_unless_verbose(part):
    brief = text(part.outcome(part.FIRST), width=120)
    full = text(part.outcome(part.FIRST), verbose=True)

    assert [line for line in brief if "Machine " in line] == [
        "  + Machine  × 9  " + ", ".join(f"dc-core{i}" for i in range(1, 10))
    ]
    assert sum(line.startswith("  + Machine") for line in full) == 9


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_terminal(part, width):
    long = Change("a.b", "update", "x" * 300 + "1", "x" * 300 + "2")
    steps = [part.step("update", "hue:lab:Machine", "m", long), *part.FIRST, *part.CHANGED]

    *shown, counts = text(part.outcome(steps), width)

    assert max(map(len, shown)) <= width
    assert len(counts) <= 80


def test_a_long_value_shows_where_it_differs(part):
    long = Change("text", "update", "x" * 300 + "old", "x" * 300 + "new")
    (line,) = [
        line
        for line in text(part.outcome([part.step("update", "hue:lab:Machine", "m", long)]), 80)
        if "→" in line
    ]

    assert "old" in line
    assert "new" in line


@pytest.mark.parametrize(
    "value", [Secret(CANARY), {"a": [Secret(CANARY)]}, [Secret({"b": CANARY})], Secret(UNKNOWN)]
)
def test_a_secret_never_shows(value):
    shown = diffview.shown(value, 200)

    assert "****" in shown
    assert CANARY not in shown


def test_a_secret_the_engine_masked_never_shows_as_a_word(part):
    assert not any("[secret]" in line for line in text(part.outcome(part.CHANGED)))


def test_a_file_is_told_by_its_hash():
    assert diffview.shown(Asset(text="x" * 9999, hash="ab12cd34ef"), 80) == '"file ab12cd34"'


def test_the_document_tells_the_same(part):
    document = diffview.document(part.outcome(part.CHANGED))

    assert [step["op"] for step in document["steps"]] == ["update", "replace", "delete"]
    assert document["steps"][0]["properties"][1] == {
        "path": "variables.password", "kind": "update", "before": "****", "after": "****",
    }  # fmt: skip


def test_a_provider_is_news_only_when_it_changes(part):
    type_ = "pulumi:providers:kubernetes"
    steps = [part.step(op, type_, "core") for op in ("create", "delete")]

    assert diffview.deeds(steps) == []
    assert len(diffview.deeds([part.step("update", type_, "core")])) == 1
