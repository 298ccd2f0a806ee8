"""The program that the engine is timed with: as a function, or as the ``__main__.py`` of a folder.

========== =================================================================================
flat       nothing depends on anything
chain      each cell holds the id of the one before it
fan-in     the last cell holds the ids of all others
========== =================================================================================
"""

from collections.abc import Mapping

import pulumi

TYPE = "cells:index:Cell"
EVERY = 100
"""One cell in so many is changed."""


class Cell(pulumi.CustomResource):
    """A resource that holds what it is given."""

    def __init__(self, name: str, content: Mapping[str, object]) -> None:
        super().__init__(TYPE, name, {"content": content})


def build() -> None:
    """Make as many cells as the configuration says, in the shape it names."""
    config = pulumi.Config("bench")
    size, changed = config.require_int("size"), config.require_bool("changed")
    made: list[Cell] = []
    for number in range(size):
        content: dict[str, object] = {"text": text(number, changed=changed)}
        content |= _after(config.require("shape"), made, last=number == size - 1)
        made.append(Cell(f"cell-{number}", content))


def text(number: int, *, changed: bool) -> str:
    """What a cell holds of its own."""
    return f"cell {number} as {'changed' if changed and number % EVERY == 0 else 'made'}"


def _after(shape: str, made: list[Cell], *, last: bool) -> dict[str, object]:
    if shape == "chain" and made:
        return {"after": made[-1].id}
    if shape == "fan-in" and last:
        return {"after": [cell.id for cell in made]}
    return {}


if __name__ == "__main__":
    build()
