"""Numbers given out once: who holds one keeps it, who lets go is remembered.

A released number goes to another only when no fresh one is left, the one
released first before the others; until then its owner finds it again.

    >>> first = allocate(Book(), ["a", "b"], range(1, 4))
    >>> dict(allocate(first, ["b", "c"], range(1, 4)).held)
    {'b': 2, 'c': 3}
    >>> dict(allocate(first, ["b", "c", "d"], range(1, 4)).held)
    {'b': 2, 'c': 3, 'd': 1}
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


class ExhaustedError(LookupError):
    """No number is left for *owner*; the caller says what to do about it."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


@dataclass(frozen=True, slots=True)
class Book:
    """Who holds which number of a pool, and who held one before."""

    held: Mapping[str, int] = field(default_factory=dict)
    released: Mapping[str, int] = field(default_factory=dict)
    """In the order of their release."""


def allocate(book: Book, owners: Iterable[str], candidates: Iterable[int]) -> Book:
    """Give every owner a number of *candidates*, first ones first; keep what *book* says.

    Raises:
        ExhaustedError: More owners than numbers.
    """
    names = list(owners)
    wanted = set(names)
    released = dict(book.released)
    released |= {name: number for name, number in book.held.items() if name not in wanted}
    held: dict[str, int] = {}
    for name in names:
        if name in book.held:
            held[name] = book.held[name]
        elif name in released:
            held[name] = released.pop(name)
    fresh = _fresh(candidates, set(held.values()) | set(released.values()))
    for name in names:
        if name not in held:
            held[name] = _next(name, fresh, released)
    return Book({name: held[name] for name in names}, released)


def _fresh(candidates: Iterable[int], taken: set[int]) -> Iterator[int]:
    return (number for number in candidates if number not in taken)


def _next(name: str, fresh: Iterator[int], released: dict[str, int]) -> int:
    number = next(fresh, None)
    if number is not None:
        return number
    if not released:
        raise ExhaustedError(name)
    return released.pop(next(iter(released)))
