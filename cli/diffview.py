"""A preview as a person reads it: by layer, what each step does and which properties change."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from hue_infra.cli.layers import LAYERS, is_thing, kind_of, layer_of, title_of
from hue_infra.cli.output import MASK
from hue_infra.engine.api import Change, Outcome, StepRecord
from hue_infra.engine.values import UNKNOWN, Archive, Asset, Sealed, Secret, Value, transform
from hue_infra.words import say

SYMBOLS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "replace": ("±", "magenta"),
    "delete": ("-", "red"),
}
PROPERTY_SYMBOLS = {"add": "create", "delete": "delete", "update": "update"}
SAME_DEED = {"create-replacement": "replace", "delete-replaced": "replace"}
SILENT = {"same", "read", "refresh", "remove-pending-replace"}
MANY = 6
"""More new resources of one kind than this are told on one line, unless verbose."""
HIDDEN = "[secret]"  # what the engine writes for a secret value


@dataclass(frozen=True, slots=True)
class Deed:
    """All steps on one resource, as the one thing they do."""

    op: str
    step: StepRecord

    @property
    def layer(self) -> str:
        """The layer of the resource."""
        return layer_of(self.step.type, self.step.name)


def deeds(steps: Sequence[StepRecord]) -> list[Deed]:
    """The steps that touch something; the three steps of a replacement count as one."""
    found: dict[str, Deed] = {}
    for step in steps:
        op = SAME_DEED.get(step.op, step.op)
        if not is_told(step):
            continue
        known = found.get(step.urn)
        if known is None or (op == "replace" and not known.step.changes):
            found[step.urn] = Deed(op, step)
    return list(found.values())


def is_told(step: StepRecord) -> bool:
    """Whether a step touches something a person knows of.

    A provider comes and goes with its resources; only a change of its own is news.
    """
    if step.op in SILENT or not step.custom:
        return False
    return is_thing(step.type) or step.op not in {"create", "delete"}


def counts(outcome: Outcome) -> dict[str, int]:
    """How many resources are created, updated, replaced, deleted and kept."""
    done = deeds(outcome.steps)
    kept = sum(step.op == "same" and step.custom for step in outcome.steps)
    return {op: sum(deed.op == op for deed in done) for op in SYMBOLS} | {"same": kept}


def summary(outcome: Outcome) -> Text:
    """One line of counts: what is added, changed, replaced, removed and kept."""
    line = Text()
    for op, count in counts(outcome).items():
        if count:
            symbol, style = SYMBOLS.get(op, ("=", "dim"))
            gap = "   " if line else ""
            line.append(f"{gap}{symbol} {say(f'cli.count-{op}', count=count)}", style=style)
    return line


def lines(outcome: Outcome, *, width: int, verbose: bool = False) -> Iterator[Text]:
    """The whole preview, layer by layer, ready to print."""
    done = deeds(outcome.steps)
    for layer in LAYERS:
        mine = [deed for deed in done if deed.layer == layer]
        if mine:
            yield Text(f"\n{title_of(layer)}", style="bold")
            yield from _layer(mine, width, verbose)
    yield Text()
    yield summary(outcome)


def _layer(mine: Sequence[Deed], width: int, verbose: bool) -> Iterator[Text]:
    groups: dict[tuple[str, str], list[Deed]] = {}
    # The engine plans side by side, so the order of its steps tells nothing.
    for deed in sorted(mine, key=lambda deed: deed.step.name):
        groups.setdefault((deed.op, kind_of(deed.step.type)), []).append(deed)
    column = max(len(kind) for _, kind in groups)
    for (op, kind), members in groups.items():
        if op == "create" and len(members) > MANY and not verbose:
            yield from _crowd(kind, members, column, width)
            continue
        for deed in members:
            yield _headline(deed, kind, column)
            if op != "delete" and (op != "create" or verbose):
                yield from _changes(deed.step, width)


def _headline(deed: Deed, kind: str, column: int) -> Text:
    symbol, style = SYMBOLS[deed.op]
    line = Text.assemble((f"  {symbol} ", style), (f"{kind:<{column}}", ""), "  ", deed.step.name)
    if deed.op == "replace" and deed.step.replaces:
        reason = say("cli.diff-replaces", properties=", ".join(deed.step.replaces))
        line.append(f"  {reason}", style="magenta")
    return line


def _crowd(kind: str, members: Sequence[Deed], column: int, width: int) -> Iterator[Text]:
    names = ", ".join(deed.step.name for deed in members)
    head = f"  + {kind:<{column}}  "
    count = say("cli.diff-many", count=len(members))
    room = max(20, width - len(head) - len(count) - 3)
    line = Text.assemble(("  + ", "green"), f"{kind:<{column}}  ", (count, "bold"), "  ")
    line.append(_clip(names, room), style="dim")
    yield line


def _changes(step: StepRecord, width: int) -> Iterator[Text]:
    column = min(32, max((len(change.path) for change in step.changes), default=0))
    for change in step.changes:
        yield _change(change, column, width)


def _change(change: Change, column: int, width: int) -> Text:
    kind = change.kind.removesuffix("-replace")
    symbol, style = SYMBOLS[PROPERTY_SYMBOLS[kind]]
    line = Text.assemble((f"      {symbol} ", style), f"{change.path:<{column}}  ")
    room = max(12, width - len(line) - 4)
    if kind == "add":
        line.append(shown(change.after, room), style="green")
    elif kind == "delete":
        line.append(shown(change.before, room), style="red")
    else:
        before, after = _pair(change, room)
        line.append(before, style="red").append(" → ", style="dim").append(after, style="green")
    if change.kind.endswith("-replace"):
        line.append("  ±", style="magenta")
    return line


def _pair(change: Change, room: int) -> tuple[str, str]:
    before, after = shown(change.before, 4096), shown(change.after, 4096)
    if len(before) + len(after) <= room:
        return before, after
    return _around(before, after, room // 2), _around(after, before, room // 2)


def _around(text: str, other: str, room: int) -> str:
    """Clip *text* so that the place where it differs from *other* stays in sight."""
    start = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), 0)
    begin = max(0, start - room // 3) if len(text) > room else 0
    return _clip(("…" if begin else "") + text[begin:], room)


def shown(value: Value, room: int) -> str:
    """A value on one line of at most *room* characters; secrets never, unknowns in words."""
    masked = transform(value, _masked)
    if isinstance(masked, str):
        words = {MASK, say("cli.diff-unknown")}
        return masked if masked in words else _clip(json.dumps(masked, ensure_ascii=False), room)
    return _clip(json.dumps(masked, ensure_ascii=False, default=str), room)


def _masked(value: Value) -> Value:
    if isinstance(value, Secret | Sealed) or value == HIDDEN:
        return MASK
    if isinstance(value, Asset | Archive):
        return say("cli.diff-file", hash=value.hash[:8])
    return say("cli.diff-unknown") if value is UNKNOWN else value


def _clip(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(1, room - 1)] + "…"


def document(outcome: Outcome) -> dict[str, object]:
    """The same for programs: counts, and each step with its changed properties."""
    return {
        "changes": counts(outcome),
        "steps": [
            {
                "op": deed.op,
                "type": deed.step.type,
                "name": deed.step.name,
                "layer": deed.layer,
                "urn": deed.step.urn,
                "replaces": list(deed.step.replaces),
                "properties": [_property(change) for change in deed.step.changes],
            }
            for deed in deeds(outcome.steps)
        ],
    }


def _property(change: Change) -> dict[str, str]:
    long = 4096
    return {
        "path": change.path,
        "kind": change.kind,
        "before": shown(change.before, long),
        "after": shown(change.after, long),
    }
