"""Whether a published page opens, asked of the machines of those who would open it."""

from types import SimpleNamespace
from typing import cast

import pytest

from hue_infra.tools.run import Completed
from hue_infra.verify import acceptance
from hue_infra.verify.subject import Subject

PORTAL, BOARD = "portal.test", "giam-sat.test"


def province(answers: dict[str, str]) -> Subject:
    """Two offices, and what each is told of every page; one that is not named is away."""
    publications = (
        SimpleNamespace(name="portal", hosts=(PORTAL,)),
        SimpleNamespace(name="monitoring", hosts=(BOARD,)),
    )
    platforms = (
        SimpleNamespace(name="portal", chart="portal"),
        SimpleNamespace(name="monitoring", chart="observability"),
    )

    def perform(machine: str, argv: list[str], _given: str) -> Completed:
        told = answers.get(machine, "")
        return Completed(tuple(argv), 0 if told else 1, told, "")

    return cast(
        "Subject",
        SimpleNamespace(
            blueprint=SimpleNamespace(publications=publications, platforms=platforms),
            perform=perform,
            with_role=lambda _: [SimpleNamespace(name=name) for name in ("a", "b")],
        ),
    )


@pytest.mark.parametrize(
    ("answers", "closed"),
    [
        pytest.param({"a": "200 0", "b": "200 0"}, [BOARD], id="all may see all"),
        pytest.param({"a": "401 0", "b": "401 0"}, [PORTAL], id="nobody is known"),
        pytest.param({"b": "200 0"}, [BOARD], id="an office is away"),
        pytest.param({}, [PORTAL, BOARD], id="all offices are away"),
        pytest.param({"a": "503 0", "b": "200 19"}, [PORTAL, BOARD], id="no pod, no trust"),
    ],
)
def test_a_page_is_closed_that_opens_as_it_should_for_nobody(
    answers: dict[str, str], closed: list[str]
) -> None:
    assert list(acceptance.closed(province(answers), {"portal", "monitoring"})) == closed


def test_pages_of_other_platforms_are_not_asked_for() -> None:
    assert list(acceptance.closed(province({}), {"portal"})) == [PORTAL]
