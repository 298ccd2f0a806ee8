"""What differs in a resource, as a person looks at it.

The engine compares values place by place. Here the items of a list are matched by what
names them, so that a new one in the middle is one addition and a mere reordering is nothing;
and what stands in a resource only for the program's sake becomes a sentence or stays unsaid.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from hue_infra.cli.valuetext import HIDDEN, name_of, shown
from hue_infra.engine.api import Change, StepRecord
from hue_infra.engine.values import Value
from hue_infra.words import say

CONFIGURATION = "machine:Configuration"
ROLE = re.compile(r"roles\.(\w+)")
SILENT = re.compile(r"kept\b|order\b|__")
"""Properties that no person set: a warm copy's key, the roles' order, a provider's own text."""
OURS = "pulumi-python:dynamic/"
DRIFT = "drift"
"""Property that a look leaves where it found something otherwise: sentences that say what."""
SENTENCES = {"content": "diff-content", "instance": "diff-instance", "instances": "diff-instance"}
"""Hashes and identities: what a change of them means."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, told on one line."""

    kind: str
    """``add``, ``delete`` or ``update``, each also with ``-replace``."""
    place: str
    before: Value = None
    after: Value = None
    sentence: str = ""
    """Said instead of the values, where they would tell a person nothing."""
    is_item: bool = False
    """Whether the value is an item of the list, or a line of the text, at *place*."""


def differences(step: StepRecord) -> list[Difference]:
    """All that differs, without what only changed its place."""
    changes = [change for change in step.changes if not SILENT.match(change.path)]
    told = chain.from_iterable(_told(step, change) for change in changes)
    # One sentence may stand for several properties.
    return list(_without_moves({_key(one): one for one in told}.values()))


def _key(one: Difference) -> object:
    return one.sentence or id(one)


def _told(step: StepRecord, change: Change) -> Iterator[Difference]:
    configures = step.type.endswith(CONFIGURATION)
    role = ROLE.fullmatch(change.path)
    if step.type.startswith(OURS) and re.match(rf"{DRIFT}\b", change.path):
        yield from _found_otherwise(change)
        return
    outermost = re.split(r"[.\[]", change.path, maxsplit=1)[0]
    if configures and role:
        yield from _role(role[1], change)
        return
    known = outermost in SENTENCES and (configures or outermost != "content")
    sentence = say(f"cli.{SENTENCES[outermost]}") if known else ""
    yield Difference(change.kind, change.path, change.before, change.after, sentence)


def _found_otherwise(change: Change) -> Iterator[Difference]:
    """Each thing that was found otherwise than it was made."""
    value = change.before if change.after is None else change.after
    for sentence in value if isinstance(value, list) else [value]:
        yield Difference("update", DRIFT, sentence=str(sentence))


# Roles


def _role(role: str, change: Change) -> Iterator[Difference]:
    """What differs in a role's variables, which are one JSON text."""
    if change.kind != "update":
        sentence = say("cli.diff-role", role=role)
        yield Difference(change.kind, change.path, change.before, change.after, sentence)
        return
    before, after = _parsed(change.before), _parsed(change.after)
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _keys(before, after, f"{role}: ")
    else:
        sentence = f"{say('cli.diff-role', role=role)}: {shown(change.after)}"
        yield Difference(change.kind, change.path, change.before, change.after, sentence)


def _parsed(value: Value) -> Value:
    try:
        parsed: Value = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed


def _within(before: Value, after: Value, place: str) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _keys(before, after, f"{place}.")
    elif (items := _items(before, after)) is not None:
        yield from _in_list(*items, place)
    elif before is None or after is None:
        yield Difference("add" if before is None else "delete", place, before, after)
    else:
        yield Difference("update", place, before, after)


def _keys(
    before: dict[str, Value], after: dict[str, Value], beginning: str
) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        # A role's variables begin with its name already.
        own = key.startswith(beginning.removesuffix(": ") + "_")
        yield from _within(before.get(key), after.get(key), key if own else beginning + key)


def _items(before: Value, after: Value) -> tuple[list[Value], list[Value]] | None:
    """Both as lists, where each is one, or text of many lines, or not there."""
    lists = [_as_list(value) for value in (before, after)]
    is_many = any(isinstance(value, list) or "\n" in str(value) for value in (before, after))
    if lists[0] is None or lists[1] is None or not is_many:
        return None
    return lists[0], lists[1]


def _as_list(value: Value) -> list[Value] | None:
    if isinstance(value, str):
        return list(value.splitlines())
    return [] if value is None else value if isinstance(value, list) else None


def _in_list(before: list[Value], after: list[Value], place: str) -> Iterator[Difference]:
    gone, come = _unmatched(before, after)
    named: dict[str, list[Value]] = defaultdict(list)
    for new in come:
        named[name_of(new)].append(new)
    for old in gone:
        name = name_of(old)
        if name and named[name]:
            yield from _within(old, named[name].pop(0), f"{place}[{name}]")
        else:
            yield Difference("delete", place, before=old, is_item=True)
    for new in chain.from_iterable(named.values()):
        yield Difference("add", place, after=new, is_item=True)


def _unmatched(before: Iterable[Value], after: Iterable[Value]) -> tuple[list[Value], list[Value]]:
    """What stands in one list only, wherever it stands."""
    waiting: dict[str, list[Value]] = defaultdict(list)
    for old in before:
        waiting[_text(old)].append(old)
    come = []
    for new in after:
        if same := waiting[_text(new)]:
            same.pop(0)
        else:
            come.append(new)
    return [old for many in waiting.values() for old in many], come


def _text(value: Value) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


# Lists that the engine compared place by place


def _without_moves(found: Iterable[Difference]) -> Iterator[Difference]:
    """Merge the differences of one list's places into what came and what went."""
    for place, group in groupby(found, key=_list_of):
        members = list(group)
        before = [one.before for one in members if not one.kind.startswith("add")]
        after = [one.after for one in members if not one.kind.startswith("delete")]
        gone, come = _unmatched(before, after)
        # Secrets look alike when they are masked, but they differ.
        moved = len(gone) < len(before) and HIDDEN not in _text([before, after])
        if place and moved:
            yield from _came_and_went(place, gone, come, members)
        else:
            yield from members


def _came_and_went(
    place: str, gone: Sequence[Value], come: Sequence[Value], members: Sequence[Difference]
) -> Iterator[Difference]:
    suffix = "-replace" if any(one.kind.endswith("-replace") for one in members) else ""
    for old in gone:
        yield Difference(f"delete{suffix}", place, before=old, is_item=True)
    for new in come:
        yield Difference(f"add{suffix}", place, after=new, is_item=True)


def _list_of(one: Difference) -> str:
    """The list that the difference is a place of; empty for any other."""
    place, _, rest = one.place.rpartition("[")
    return place if rest.rstrip("]").isdigit() and not (one.sentence or one.is_item) else ""
