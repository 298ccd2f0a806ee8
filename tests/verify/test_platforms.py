"""What is asked of platforms: each question has its words, and nobody's answer is no proof."""

from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from hue_infra import words
from hue_infra.tools.run import Completed
from hue_infra.verify import brokers, databases, objectstores, pods, sensors, sharing
from hue_infra.verify.subject import Subject

VALUES = {
    brokers: {"tenants": [{"name": "health", "streams": [{"name": "notices", "readers": ["a"]}]}]},
    databases: {"tenants": ["health"]},
    objectstores: {"buckets": [{"name": "evidence"}]},
    sensors: {},
    sharing: {"services": [{"name": "insured"}]},
}


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("room", VALUES, ids=lambda room: room.CHART)
def test_one_that_says_nothing_fails_every_check_in_words(
    room: ModuleType, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "_chosen", [language])
    monkeypatch.setattr(pods, "PATIENCE", 0.0)
    plan = SimpleNamespace(
        name="one",
        chart=room.CHART,
        cluster="shared",
        namespace="one",
        hosts=(),
        values=VALUES[room],
    )
    blueprint = SimpleNamespace(
        domain="hue.gov.vn",
        platforms=(plan,),
        clusters=(SimpleNamespace(name="shared", control_plane=("k8s1",)),),
    )
    perform = lambda _machine, argv, _given: Completed(tuple(argv), 0, "", "")  # noqa: E731
    subject = cast("Subject", SimpleNamespace(blueprint=blueprint, perform=perform))

    checks = [one for one in room.verify(subject) if not one.id.startswith("backup:")]

    assert len(checks) > 1
    assert {one.verdict for one in checks} == {"failed"}
    assert all(one.what for one in checks)
