"""A preview as a person reads it: by layer, what each step does and which properties change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from hue_infra.cli.differences import DRIFT, Difference, differences
from hue_infra.cli.layers import LAYERS, is_thing, kind_of, layer_of, title_of
from hue_infra.cli.valuetext import clip, item, pair, shown
from hue_infra.engine.api import Outcome, StepRecord
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
LINES = 6
"""Lines told of the changes inside one resource, unless verbose."""


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
        op = op_of(step)
        if not is_told(step):
            continue
        known = found.get(step.urn)
        if known is None or (op == "replace" and not known.step.changes):
            found[step.urn] = Deed(op, step)
    return list(found.values())


def op_of(step: StepRecord) -> str:
    """What a step does, as a person sees it: what was gone is made, not replaced."""
    is_gone = step.old is not None and step.old.pending_replacement
    if is_gone and step.op in {"replace", "create-replacement"}:
        return "create"
    return SAME_DEED.get(step.op, step.op)


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
    yield from sections(outcome.steps, width=width, verbose=verbose)
    yield Text()
    yield summary(outcome)


def sections(steps: Sequence[StepRecord], *, width: int, verbose: bool = False) -> Iterator[Text]:
    """What *steps* touch, layer by layer."""
    done = deeds(steps)
    for layer in LAYERS:
        mine = [deed for deed in done if deed.layer == layer]
        if mine:
            yield Text(f"\n{title_of(layer)}", style="bold")
            yield from _layer(mine, width, verbose)


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
                yield from _changes(deed.step, width, verbose)


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
    line.append(clip(names, room), style="dim")
    yield line


def _changes(step: StepRecord, width: int, verbose: bool) -> Iterator[Text]:
    every = differences(step)
    brief = len(every) > LINES and not verbose
    told = _gathered(every) if brief else [[one] for one in every]
    first, rest = (told[:LINES], told[LINES:]) if brief else (told, [])
    longest = max((len(one.place) for one, *_ in first if not one.sentence), default=0)
    for alike in first:
        yield _difference(alike, min(longest, width // 2), width)
    if rest:
        yield Text(f"      {say('cli.diff-more', count=sum(map(len, rest)))}", style="dim")


def _gathered(every: Sequence[Difference]) -> list[list[Difference]]:
    """Differences with the items that came to one list, or went from it, side by side."""
    found: dict[object, list[Difference]] = {}
    for one in every:
        found.setdefault((one.kind, one.place) if one.is_item else id(one), []).append(one)
    return list(found.values())


def _difference(alike: Sequence[Difference], column: int, width: int) -> Text:
    first = alike[0]
    kind = first.kind.removesuffix("-replace")
    symbol, style = SYMBOLS[PROPERTY_SYMBOLS[kind]]
    line = Text(f"      {symbol} ", style=style)
    mark = "  ±" if first.kind.endswith("-replace") else ""
    if first.sentence:
        line.append(clip(first.sentence, width - len(line) - len(mark)), style="default")
    else:
        line.append(f"{clip(first.place, column):<{column}}  ", style="default")
        _append_values(line, alike, max(12, width - len(line) - 1 - len(mark)))
    return line.append(mark, style="magenta")


def _append_values(line: Text, alike: Sequence[Difference], room: int) -> None:
    first, style = alike[0], SYMBOLS[PROPERTY_SYMBOLS[alike[0].kind.removesuffix("-replace")]][1]
    values = [one.before if one.kind.startswith("delete") else one.after for one in alike]
    if len(alike) > 1:
        count = say("cli.diff-many", count=len(alike))
        line.append(count, style="bold").append("  ")
        line.append(clip(", ".join(map(item, values)), room - len(count) - 2), style=style)
    elif first.is_item:
        line.append(clip(item(values[0]), room), style=style)
    elif first.kind.startswith("update"):
        before, after = pair(first.before, first.after, room - 3)
        line.append(before, style="red").append(" → ", style="dim").append(after, style="green")
    else:
        line.append(shown(values[0], room), style=style)


def document(outcome: Outcome) -> dict[str, object]:
    """The same for programs: counts, and each step with its changed properties."""
    return {
        "changes": counts(outcome),
        "steps": [
            {"op": deed.op, **about(deed.step), "replaces": list(deed.step.replaces)}
            for deed in deeds(outcome.steps)
        ],
    }


def about(step: StepRecord) -> dict[str, object]:
    """A resource and what changes in it, for programs."""
    return {
        "type": step.type,
        "name": step.name,
        "layer": layer_of(step.type, step.name),
        "urn": step.urn,
        "properties": [_property(one) for one in differences(step)],
    }


def _property(difference: Difference) -> dict[str, str]:
    told = {"sentence": difference.sentence} if difference.place == DRIFT else {}
    return {
        **told,
        "path": difference.place,
        "kind": difference.kind,
        "before": shown(difference.before),
        "after": shown(difference.after),
    }
