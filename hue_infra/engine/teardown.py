"""Going through recorded resources backwards: each after all that stand on it.

Source: pulumi/pulumi, pkg/resource/graph/dependency_graph.go.
"""

import contextvars
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from hue_infra.engine.ledger import Entry
from hue_infra.engine.relations import PARENT, needed, references


def go_backwards(
    entries: Sequence[Entry],
    act: Callable[[Entry], None],
    failed: Callable[[Entry, Exception], None],
    width: int,
) -> bool:
    """Run *act* on each entry, dependents first, *width* at a time; whether all succeeded.

    What a failed entry stands on is left alone. Entries must stand in state order.
    """
    course = _Course(entries)
    running: dict[Future[None], Entry] = {}
    ended: SimpleQueue[Future[None]] = SimpleQueue()
    with ThreadPoolExecutor(width, "delete") as pool:
        while True:
            for entry in course.free():
                context = contextvars.copy_context()
                future = pool.submit(context.run, act, entry)
                running[future] = entry
                future.add_done_callback(ended.put)
            if not running:
                return course.whole
            future = ended.get()
            entry, error = running.pop(future), future.exception()
            if error is None:
                course.done(entry)
            elif isinstance(error, Exception):
                failed(entry, error)
                course.fail()
            else:
                raise error


class _Course:
    """Which entries nothing stands on any more."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._needs = foundations(entries)
        self._above = Counter(need for needs in self._needs.values() for need in needs)
        # Last in the state goes first, which is also the order in which people think.
        self._free = [entry for entry in reversed(entries) if not self._above[entry]]
        self.whole = True

    def free(self) -> list[Entry]:
        """Those that have become free since last asked."""
        found, self._free = self._free, []
        return found

    def done(self, entry: Entry) -> None:
        """*entry* is gone."""
        for need in self._needs[entry]:
            self._above[need] -= 1
            if not self._above[need]:
                self._free.append(need)

    def fail(self) -> None:
        """An entry stays: what it stands on is never free."""
        self.whole = False


def foundations(entries: Sequence[Entry]) -> dict[Entry, set[Entry]]:
    """For each entry the others that it stands on directly.

    In state each resource follows what it needs, so only earlier entries count: that also tells
    apart the two of one URN while a replacement goes on. What was replaced may stand later, since
    its replacement took its place: it counts where that makes no circle.
    """
    known: dict[str, list[Entry]] = {}
    children: dict[str, list[Entry]] = {}
    found: dict[Entry, set[Entry]] = {}
    for entry in entries:
        found[entry] = {item for urn in needed(entry.state) for item in known.get(urn, ())}
        for place, urn in references(entry.state):
            if place != PARENT and any(not item.state.custom for item in known.get(urn, ())):
                # What depends on a component depends on all that is inside.
                found[entry].update(_inside(urn, children))
        known.setdefault(entry.state.urn, []).append(entry)
        children.setdefault(entry.state.parent, []).append(entry)
    _add_replaced(entries, found)
    return found


def _add_replaced(entries: Sequence[Entry], found: dict[Entry, set[Entry]]) -> None:
    """Let each entry stand also on what bears a name it needs and was replaced since."""
    replaced = [entry for entry in entries if entry.state.delete]
    for entry in entries if replaced else ():
        names = needed(entry.state)
        for old in replaced:
            if old.state.urn in names and entry not in _below(old, found):
                found[entry].add(old)


def _below(entry: Entry, found: dict[Entry, set[Entry]]) -> set[Entry]:
    """*entry* and all that it stands on."""
    below = {entry}
    waiting = [entry]
    while waiting:
        fresh = found[waiting.pop()] - below
        below |= fresh
        waiting.extend(fresh)
    return below


def _inside(urn: str, children: dict[str, list[Entry]]) -> Iterator[Entry]:
    waiting = [urn]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            yield child
            waiting.append(child.state.urn)
