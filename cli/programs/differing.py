"""What a step changes, property by property, as nested lines; secrets stay masked.

::

    ~ cloud:net:Subnet: (update)
        [id=subnet-1]
        [urn=urn:pulumi:lab::hue::cloud:net:Subnet::dmz]
      ~ tags: {
          + owner: "an"
        }
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rich.text import Text

from hue_infra.cli.programs.signs import COLOURS, SIGNS, display_type
from hue_infra.cli.valuetext import clip
from hue_infra.engine import urns
from hue_infra.engine.api import Change, Op, StepRecord
from hue_infra.engine.property_paths import covers, look_up, parse, render
from hue_infra.engine.reporter import MASK
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import (
    UNKNOWN,
    Archive,
    Asset,
    PropertyMap,
    ResourceReference,
    Sealed,
    Secret,
    Value,
    diff_values,
    is_internal,
    reveal,
)
from hue_infra.words import say

LONGEST: Final = 200
"""Characters of one text that are shown."""
_OPS: Final[Mapping[str, Op]] = {"add": "create", "delete": "delete", "update": "update"}
_REMOVING: Final = ("delete", "delete-replaced", "read-discard", "discard-replaced")


@dataclass(frozen=True, slots=True)
class Pen:
    """How lines are written.

    Attributes:
        indent: How deep, four columns each.
        op: What happens to what is written, which gives sign and colour.
        signed: Whether the sign stands before it.
        show_secrets: Whether secrets are shown in clear.
    """

    indent: int = 0
    op: Op = "same"
    signed: bool = False
    show_secrets: bool = False

    def line(self, text: str) -> Text:
        """A line at the pen's depth."""
        margin = "    " * self.indent
        if self.signed and margin:
            margin = margin[:-2] + SIGNS[self.op]
        return Text(margin + text, style="" if self.op == "same" else COLOURS[self.op])

    def deeper(self) -> "Pen":
        """The pen one level deeper."""
        return replace(self, indent=self.indent + 1)

    def of(self, op: Op) -> "Pen":
        """The pen for something that *op* happens to."""
        return replace(self, op=op, signed=True)


def step(record: StepRecord, op: Op, pen: Pen) -> Iterator[Text]:
    """All that is to tell of one step: what, to which resource, and what changes in it.

    Args:
        record: The step.
        op: What it is called: the parts of a replacement may be told as one.
        pen: How to write.
    """
    state = record.new or record.old
    head = f"{SIGNS[op]}{display_type(record.type)}: ({op})"
    yield Text("    " * pen.indent + head, style=COLOURS[op] if op != "same" else "")
    inner = pen.deeper()
    identity = (record.old.id if record.old else "") or record.id
    if identity:
        yield inner.line(f"[id={identity}]")
    yield inner.line(f"[urn={record.urn}]")
    if state is not None and (text := _provider(record, state.provider)):
        yield inner.line(text)
    if record.old and record.new and record.old.protect != record.new.protect:
        yield inner.of("update").line(_protect(record.new.protect))
    yield from _properties(record, op, inner)


def _provider(record: StepRecord, provider: str) -> str:
    """Which provider manages a resource, unless it is the default one as before."""
    before = record.old.provider if record.old and record.new else provider
    if before != provider:
        return f"[provider: {before} => {provider}]"
    if not provider:
        return ""
    name = urns.name_of(urns.split_reference(provider)[0])
    return "" if name == "default" or name.startswith("default_") else f"[provider={provider}]"


def _protect(now: bool) -> str:
    return f"[protect: {not now} => {now}]".lower()


def _properties(record: StepRecord, op: Op, pen: Pen) -> Iterator[Text]:
    if op == "same" or op in _REMOVING:
        return
    if record.old is None and record.new is not None:
        yield from values(record.new.inputs, replace(pen, op=op))
        return
    shown, hidden = visible(record)
    yield from _changes(_grown(shown), pen)
    if hidden:
        yield pen.line(say("programs.diff-hidden", paths=", ".join(hidden)))


def visible(record: StepRecord) -> tuple[list[Change], list[str]]:
    """The changes that are shown, and the paths of those that the program wants hidden."""
    state: ResourceState | None = record.new or record.old
    hiding = {text: parse(text) for text in (state.hide_diffs if state else ())}
    shown, hidden = [], []
    for change in record.changes:
        path = parse(change.path)
        covering = [text for text, selector in hiding.items() if covers(selector, path)]
        hidden += covering
        if not covering and not (path and is_internal(str(path[0]))):
            shown.append(change)
    return shown, sorted(set(hidden))


def values(properties: Mapping[str, Value], pen: Pen) -> Iterator[Text]:
    """Properties, names aligned, a line or a block each; nothing of a provider's bookkeeping."""
    keys = sorted(key for key in properties if not is_internal(key))
    width = max(map(len, keys), default=0)
    for key in keys:
        yield from _block(f"{key:<{width}}", properties[key], pen)


def changed(before: PropertyMap, after: PropertyMap, pen: Pen, *, all_: bool) -> Iterator[Text]:
    """Two versions of properties: each that differs with its sign, the others if *all_*."""
    keys = sorted(key for key in {*before, *after} if not is_internal(key))
    width = max(map(len, keys), default=0)
    for key in keys:
        old, new, label = before.get(key), after.get(key), f"{key:<{width}}"
        if reveal(old) == reveal(new):
            if all_:
                yield from _block(label, new, pen)
        elif old is None:
            yield from _block(label, new, pen.of("create"))
        elif new is None:
            yield from _block(label, old, pen.of("delete"))
        else:
            yield from _inner(label, _between(old, new), pen)


@dataclass(slots=True)
class _Node:
    """A place in a resource: it changes itself, or something inside it does."""

    change: Change | None = None
    inside: "dict[str | int, _Node]" = field(default_factory=dict)


def _grown(changes: Sequence[Change]) -> _Node:
    root = _Node()
    for change in changes:
        node = root
        for place in parse(change.path):
            node = node.inside.setdefault(place, _Node())
        node.change = change
    return root


def _between(before: Value, after: Value) -> _Node:
    """Where two values differ, secrets not masked yet."""
    root = _Node()
    for path, kind in diff_values(before, after).items():
        node = root
        for place in path:
            node = node.inside.setdefault(place, _Node())
        old, new = look_up({"": before}, ("", *path)), look_up({"": after}, ("", *path))
        node.change = Change(render(path), kind, old, new)
    return root


def _changes(node: _Node, pen: Pen) -> Iterator[Text]:
    for place, child in node.inside.items():
        yield from _inner(f"[{place}]" if isinstance(place, int) else place, child, pen)


def _inner(label: str, node: _Node, pen: Pen) -> Iterator[Text]:
    if node.change is not None:
        yield from _change(label, node.change, pen)
        return
    is_list = all(isinstance(one, int) for one in node.inside)
    opening, closing = "[]" if is_list else "{}"
    yield pen.of("update").line(f"{label}: {opening}")
    yield from _changes(node, pen.deeper())
    yield replace(pen, op="update").line(closing)


def _change(label: str, change: Change, pen: Pen) -> Iterator[Text]:
    kind = change.kind.removesuffix("-replace")
    op: Op = _OPS[kind]
    sharp = pen.of("replace" if change.kind != kind else op)
    if kind == "update":
        yield sharp.line(f"{label}: {_pair(change.before, change.after, pen)}")
    else:
        yield from _block(label, change.before if kind == "delete" else change.after, sharp)


def _pair(before: Value, after: Value, pen: Pen) -> str:
    return f"{compact(before, pen)} => {compact(after, pen)}"


def compact(value: Value, pen: Pen) -> str:
    """A value on one line."""
    match value:
        case dict() if value:
            items = (f"{key}: {compact(item, pen)}" for key, item in sorted(value.items()))
            return "{" + ", ".join(items) + "}"
        case list() if value:
            return "[" + ", ".join(compact(item, pen) for item in value) + "]"
        case _:
            return _leaf(value, pen)


def _block(label: str, value: Value, pen: Pen) -> Iterator[Text]:
    """A value with its label, on as many lines as it has parts."""
    if isinstance(value, Secret) and pen.show_secrets:
        value = value.value
    match value:
        case dict() if value:
            yield pen.line(f"{label}: {{")
            yield from values(value, replace(pen.deeper(), signed=False))
            yield replace(pen, signed=False).line("}")
        case list() if value:
            yield pen.line(f"{label}: [")
            for place, item in enumerate(value):
                yield from _block(f"[{place}]", item, replace(pen.deeper(), signed=False))
            yield replace(pen, signed=False).line("]")
        case _:
            yield pen.line(f"{label}: {_leaf(value, pen)}")


def _leaf(value: Value, pen: Pen) -> str:
    match value:
        case Secret() if pen.show_secrets:
            return compact(value.value, pen)
        case Secret() | Sealed():
            return MASK
        case ResourceReference():
            return f"<{value.urn}>"
        case Asset() | Archive():
            return _file(value)
        case _ if value is UNKNOWN:
            return say("programs.unknown")
        case _:
            # What is masked already needs no quotes.
            written = json.dumps(value, ensure_ascii=False, default=str)
            return clip(written.replace(f'"{MASK}"', MASK), LONGEST)


def _file(value: Asset | Archive) -> str:
    kind = "asset" if isinstance(value, Asset) else "archive"
    inside = "text" if isinstance(value, Asset) and value.text is not None else "assets"
    source = value.path or value.uri or ""
    place = "file" if value.path else "uri" if value.uri else inside
    return f"{kind}({place}:{value.hash[:7]})" + (f" {{ {source} }}" if source else "")
