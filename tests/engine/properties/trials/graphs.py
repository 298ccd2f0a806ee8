"""Programs as data: what a run registers, and how, drawn from bytes so that drawing is quick.

A byte of zero always means the plainest thing, which is what a failing example shrinks to.
"""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from trials.world import OTHER, THING

THINGS = "abcde"
GROUPS = "gh"
PROVIDER = "p"
KEYS = THINGS + GROUPS + PROVIDER
NODE_BYTES = 28
RUN_BYTES = 24


class Choices:
    """Decisions read from bytes; when they end, everything is as plain as can be."""

    def __init__(self, raw):
        self._raw = iter(raw)

    def number(self, count):
        return next(self._raw, 0) % count

    def chance(self, one_in):
        return self.number(one_in) == one_in - 1

    def among(self, items):
        return items[self.number(len(items))]

    def some(self, items, one_in):
        return tuple(item for item in items if self.chance(one_in))


@dataclass(frozen=True)
class Node:
    """One registration; other nodes are named by their keys."""

    kind: str = "thing"
    """``thing``, ``read``, ``group`` or ``provider``."""
    renamed: bool = False
    retyped: bool = False
    aliases: str = ""
    """``all`` URNs that it ever had, or the ``spec`` of the parts that it may have had."""
    parent: str = ""
    value: int = 0
    fixed: int = 0
    dbr: bool = False
    """Whether the provider wants it deleted before its replacement."""
    delete_first: bool | None = None
    soft: tuple[str, ...] = ()
    """Whose computed value it takes: a change updates."""
    hard: tuple[str, ...] = ()
    """Whose id it takes: a change replaces."""
    after: tuple[str, ...] = ()
    provider: str = ""
    protect: bool = False
    retain: bool = False
    deleted_with: str = ""
    replace_with: tuple[str, ...] = ()
    trigger: int | None = None
    ignore: tuple[str, ...] = ()
    replace_on: tuple[str, ...] = ()
    secret: bool = False
    imported: bool = False
    """Or read under the id that may have been imported."""

    @property
    def is_thing(self):
        return self.kind == "thing"

    @property
    def type(self):
        kinds = {"group": "test:index:Group", "provider": "pulumi:providers:cloud"}
        return kinds.get(self.kind) or (OTHER if self.retyped else THING)

    @property
    def needs(self):
        found = {self.parent, self.provider, self.deleted_with, *self.soft, *self.hard}
        return (found | {*self.after, *self.replace_with}) - {""}

    @property
    def docile(self):
        """The node without what may rightly keep a run from succeeding."""
        return replace(self, protect=False, imported=False)


def name_of(key, node):
    return f"{key}2" if node.renamed else key


def graph_of(drawn):
    """Key to node, in the order of registration."""
    graph = {}
    for raw in drawn:
        choices = Choices(raw)
        left = [key for key in KEYS if key not in graph]
        key = choices.among(left)
        graph[key] = node_of(key, choices, graph)
    return graph


def node_of(key, choices, graph):
    things = [item for item, node in graph.items() if node.is_thing]
    groups = [item for item, node in graph.items() if node.kind == "group"]
    renamed = choices.chance(4)
    aliases = choices.among(["", "", "all", "spec"])
    value = choices.number(2)
    if key == PROVIDER:
        return Node("provider", renamed, aliases=aliases, value=value, fixed=choices.number(4) // 3)
    parent = choices.among([*groups, ""][::-1]) if choices.chance(2) else ""
    after = choices.some([*graph], 5)
    if key in GROUPS:
        return Node("group", renamed, aliases=aliases, parent=parent, value=value, after=after)
    if things and choices.chance(8):
        parent = choices.among(things)
    base = Node(
        renamed=renamed,
        retyped=choices.chance(8),
        aliases=aliases,
        parent=parent,
        value=value,
        fixed=choices.number(4) // 3,
        after=after,
        provider=PROVIDER if choices.chance(2) and PROVIDER in graph else "",
    )
    if choices.chance(10):
        return replace(base, kind="read", imported=choices.chance(2))
    return special(wired(base, choices, things), choices, things)


def wired(node, choices, things):
    return replace(
        node,
        dbr=choices.chance(4),
        delete_first=choices.among([None, None, True, False]),
        soft=choices.some(things, 4),
        hard=choices.some(things, 4),
    )


def special(node, choices, things):
    return replace(
        node,
        protect=choices.chance(8),
        retain=choices.chance(8),
        deleted_with=choices.among(things) if things and choices.chance(8) else "",
        replace_with=choices.some(things, 10),
        trigger=choices.among([None, None, None, 0, 1]),
        ignore=choices.some(("value", "fixed"), 10),
        replace_on=choices.some(("value", "#initerror"), 10),
        secret=choices.chance(5),
        imported=choices.chance(12),
    )


@dataclass(frozen=True)
class Run:
    """How one run goes, and what befalls the world before it."""

    kind: str = "up"
    """``up``, ``refresh`` or ``destroy``."""
    program: bool = True
    """Whether a refresh or a destroy runs the program."""
    parallel: int = 1
    continue_on_error: bool = False
    refresh: bool = False
    failing: frozenset[tuple[str, str]] = frozenset()
    findable: bool = False
    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    dependents: bool = False
    gone: str = ""
    """The key of a thing that goes without the engine."""
    changed: str = ""
    crash: int = 0
    """The operation on the disk at which the process dies; 0: it lives."""
    moment: str = "before"
    power: bool = False


def run_of(raw):
    choices = Choices(raw)
    kind = choices.among(["up"] * 6 + ["refresh", "destroy"])
    names = [*KEYS, *(f"{key}2" for key in KEYS)]
    operations = ["create", "update", "delete", "ready", "check", "diff", "read"]
    failing = {
        (choices.among(operations), choices.among(names))
        for _ in range(choices.among([0, 0, 0, 1, 2, 4]))
    }
    scope = choices.among([""] * 5 + ["targets", "excludes", "replace"])
    chosen = tuple({choices.among(KEYS) for _ in range(1 + choices.number(2))}) if scope else ()
    crash = 1 + choices.number(128) if choices.chance(5) else 0
    return Run(
        kind=kind,
        program=choices.chance(2),
        parallel=choices.among([1, 1, 4]),
        continue_on_error=choices.chance(4),
        refresh=choices.chance(5),
        failing=frozenset(failing),
        findable=choices.chance(2),
        dependents=choices.chance(2),
        gone=choices.among(THINGS) if choices.chance(8) else "",
        changed=choices.among(THINGS) if choices.chance(8) else "",
        crash=crash,
        moment=choices.among(["before", "within", "after"]),
        power=choices.chance(2),
        **({scope: chosen} if scope else {}),
    )


def fixed_bytes(count):
    return st.binary(min_size=count, max_size=count)


GRAPHS = st.lists(fixed_bytes(NODE_BYTES), max_size=len(KEYS)).map(graph_of)
RUNS = st.lists(st.tuples(fixed_bytes(RUN_BYTES).map(run_of), GRAPHS), min_size=1, max_size=4)
