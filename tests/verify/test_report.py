"""When what stands counts as proved."""

import os

import pytest

from hue_infra.verify.report import Check, Collector, passed_since

BUILT = 1_000_000.0


def keep(directory, verdict, moment, name):
    """Keep evidence of one check, written at *moment*."""
    collector = Collector(directory / name, lambda _check: None)
    collector.add(Check("clock", "its clock agrees", "dc-core1", verdict))
    file = collector.report().file
    os.utime(file, (moment, moment))


@pytest.mark.parametrize(
    ("runs", "proved"),
    [
        ([], False),
        ([("passed", BUILT - 1)], False),
        ([("passed", BUILT + 1)], True),
        ([("skipped", BUILT + 1)], True),
        ([("failed", BUILT + 1)], False),
        ([("failed", BUILT + 1), ("passed", BUILT + 2)], True),
        ([("passed", BUILT + 1), ("failed", BUILT + 2)], False),
    ],
)
def test_only_the_newest_evidence_since_the_last_change_counts(tmp_path, runs, proved):
    for number, (verdict, moment) in enumerate(runs):
        keep(tmp_path / "evidence", verdict, moment, f"2026112{number}.json")

    assert passed_since(tmp_path / "evidence", BUILT) is proved
