"""What is told at the end of a run: changes, policies, messages, outputs, and the summary."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from rich.text import Text

from hue_infra.cli.programs import differing
from hue_infra.cli.programs.board import Board, Row
from hue_infra.cli.programs.differing import Pen
from hue_infra.cli.programs.signs import COLOURS, SIGNS, display_type
from hue_infra.cli.programs.tree import told_op
from hue_infra.engine.analysis import Violation
from hue_infra.engine.events import Severity
from hue_infra.engine.tally import KEEPING
from hue_infra.words import say

STYLES: Final = {"debug": "dim", "info": "", "warning": "yellow", "error": "red"}
Section = Iterator[Text]


def sections(board: Board, *, diff: bool, outputs: bool, show_secrets: bool = False) -> Section:
    """All that is told once the run is over, each part under its heading.

    Args:
        board: The run.
        diff: Whether the changes are told property by property.
        outputs: Whether the stack's outputs are told.
        show_secrets: Whether secrets among them are shown in clear.
    """
    pen = Pen(1, show_secrets=show_secrets)
    if diff:
        yield from _headed("programs.changes", differences(board))
    yield from _headed("programs.policies", policies(board))
    yield from _headed("programs.diagnostics", diagnostics(board))
    if outputs:
        yield from _headed("programs.outputs", told_outputs(board, pen))
    if not _broken_rules(board):
        yield from summary(board)


def differences(board: Board) -> Section:
    """Each step with what it changes, below the nearest one above it that is told too."""
    told: list[bool] = []
    for depth, _, row in board.shown():
        told[depth:] = [row.step is not None and board.is_shown(row)]
        if told[depth] and row.step is not None:
            yield from differing.step(row.step, told_op(board, row), Pen(sum(told[:depth])))


def policies(board: Board) -> Section:
    """What was remediated and what is broken, by policy pack."""
    packs: dict[str, list[tuple[Row, Violation]]] = defaultdict(list)
    if board.outcome is not None:
        packs.update({f"{name}@v{ver}": [] for name, ver in board.outcome.policy_packs.items()})
    for row in board.rows.values():
        for violation in row.violations:
            packs[_pack(violation.pack, violation.pack_version)].append((row, violation))
    mended = _remediations(board)
    for pack in sorted(packs.keys() | mended.keys()):
        broken = sorted(packs[pack], key=lambda item: _rank(item[1]))
        yield _verdict(pack, [violation for _, violation in broken])
        for rule, count in sorted(mended[pack].items()):
            yield Text(f"        - [remediate]  {rule}  {say('programs.mended', count=count)}")
        for row, violation in broken:
            yield from _violation(row, violation)


def diagnostics(board: Board) -> Section:
    """What was said of each resource."""
    for row in board.rows.values():
        if not row.messages:
            continue
        yield Text(f"  {display_type(row.type)} ({row.name}):" if row.type else f"  {row.name}:")
        for message in row.messages:
            style = STYLES[message.severity]
            first, *rest = (text.rstrip() for text in message.text.rstrip().split("\n"))
            yield Text.assemble("    ", opening(message.severity), (first, style))
            yield from (Text(f"    {text}" if text else "", style=style) for text in rest)
        yield Text()


def opening(severity: Severity) -> Text:
    """What stands before a message, unless it merely informs."""
    if severity == "info":
        return Text()
    return Text(f"{say(f'programs.severity-{severity}')}: ", style=f"bold {STYLES[severity]}")


def told_outputs(board: Board, pen: Pen) -> Section:
    """The stack's outputs: all after a run, those that would change in a preview."""
    step = board.outputs
    if step is None or step.new is None:
        return
    before = step.old.outputs if step.old else {}
    yield from differing.changed(before, step.new.outputs, pen, all_=not board.scene.preview)


def summary(board: Board) -> Section:
    """How many resources were, or would be, what; and how long it took."""
    outcome, scene = board.outcome, board.scene
    if outcome is None:
        return
    yield Text(say("programs.resources"), style="bold")
    tally = board.tally.counts
    touched = {op: count for op, count in tally.items() if op not in KEEPING}
    message = "programs.would" if scene.preview else "programs.done"
    for op, count in touched.items():
        yield Text(f"    {SIGNS[op]}{say(message, op=op, count=count)}", style=COLOURS[op])
    pieces = []
    if len(touched) > 1:
        pieces.append(say("programs.changed-all", count=sum(touched.values())))
    if same := tally.get("same"):
        pieces.append(say("programs.unchanged", count=same))
    if pieces:
        yield Text(f"    {'. '.join(pieces)}")
    errored = sum(bool(row.said()["error"]) for row in board.rows.values())
    if errored:
        yield Text(f"    {say('programs.errored', count=errored)}", style="red")
    if not scene.preview:
        yield Text()
        took = duration(outcome.duration)
        yield Text.assemble((say("programs.duration"), "bold"), f" {took}")


def duration(seconds: float) -> str:
    """Whole seconds, rounded up, as Go writes a duration.

    >>> duration(3723.2)
    '1h2m4s'
    """
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    long = f"{minutes}m{rest}s" if minutes or hours else f"{rest}s"
    return f"{hours}h{long}" if hours else long


def _headed(message: str, lines: Section) -> Section:
    """Lines below their heading, and an empty one after; nothing for none."""
    told = list(lines)
    if not told:
        return
    yield Text(say(message), style="bold")
    yield from told
    if told[-1].plain:
        yield Text()


def _broken_rules(board: Board) -> bool:
    rows = board.rows.values()
    return any(violation.mandatory for row in rows for violation in row.violations)


def _pack(name: str, version: str) -> str:
    return f"{name}@v{version}" if name else say("programs.own-rules")


def _remediations(board: Board) -> defaultdict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event in board.remediated:
        remediation = event.remediation
        found[_pack(remediation.pack, remediation.pack_version)][remediation.rule] += 1
    return found


def _verdict(pack: str, broken: list[Violation]) -> Text:
    if any(violation.mandatory for violation in broken):
        mark = ("✗", "bold red")
    else:
        mark = ("!", "yellow") if broken else ("✓", "green")
    return Text.assemble("    ", mark, f" {pack}")


def _rank(violation: Violation) -> tuple[object, ...]:
    severities = ("critical", "high", "medium", "low")
    known = violation.severity in severities
    severity = severities.index(violation.severity) if known else len(severities)
    return not violation.mandatory, severity, violation.rule, violation.urn


def _violation(row: Row, violation: Violation) -> Section:
    level, style = ("mandatory", "red") if violation.mandatory else ("advisory", "yellow")
    severity = f" [severity: {violation.severity}]" if violation.severity else ""
    where = f"  ({display_type(row.type)}: {row.name})" if violation.urn else ""
    yield Text.assemble("        - ", (f"[{level}]{severity}  {violation.rule}", style), where)
    for text in violation.message.rstrip().split("\n"):
        yield Text(f"          {text}")
