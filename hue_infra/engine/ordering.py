"""The order of a state: each resource after all that it needs.

Resources are recorded as they are done, before those that a run leaves alone. That is nearly
always the order wanted; a run that leaves alone what stands on something it has changed, or what
the program does not have any more, makes exceptions.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from hue_infra.engine.relations import names_of, references
from hue_infra.engine.state import ResourceState

Item = TypeVar("Item")


def in_order(items: Iterable[Item], state_of: Callable[[Item], ResourceState]) -> list[Item]:
    """*items* with each that comes too late put just before what needs it first.

    Whatever already stands right keeps its place.
    """
    given = list(items)
    sorting = _Sorting([state_of(item) for item in given])
    return [given[place] for place in sorting.places()]


class _Sorting:
    def __init__(self, states: list[ResourceState]) -> None:
        self._states = states
        self._named: dict[str, list[int]] = {}
        """Name to the places of those that bear it."""
        self._begun: set[int] = set()
        self._there: set[str] = set()
        for place, state in enumerate(states):
            for name in names_of(state):
                self._named.setdefault(name, []).append(place)

    def places(self) -> Iterator[int]:
        for place in range(len(self._states)):
            if place not in self._begun:
                yield from self._after_needs(place)

    def _after_needs(self, place: int) -> Iterator[int]:
        """*place*, after all that it needs; each of them may need others in turn."""
        stack = [(place, self._needs(place))]
        while stack:
            place, needs = stack[-1]
            following = next(needs, None)
            if following is not None:
                stack.append((following, self._needs(following)))
                continue
            stack.pop()
            self._there.update(names_of(self._states[place]))
            yield place

    def _needs(self, place: int) -> Iterator[int]:
        """What *place* needs that is not there yet, each as it comes up."""
        self._begun.add(place)
        state = self._states[place]
        names = [urn for _, urn in references(state)]
        for name in dict.fromkeys([*names, state.provider]):
            if name and name not in self._there:
                later = [item for item in self._named.get(name, ()) if item not in self._begun]
                # Of two that share a URN the one that is not about to be deleted is meant.
                yield from sorted(later, key=lambda item: self._states[item].delete)[:1]
