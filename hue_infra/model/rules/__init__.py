"""Rules between the parts of a province file; each yields what breaks it."""

from collections.abc import Iterator

from hue_infra.model.document import Problem
from hue_infra.model.draft import Draft


def check(draft: Draft) -> Iterator[Problem]:
    """Every problem that any rule finds."""
    for rule in ():
        yield from rule(draft)
