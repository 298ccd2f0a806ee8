"""Steps as they are told: what changes, by path, with secrets masked."""

from dataclasses import replace
from typing import Final

from hue_infra.engine.api import Change, Op, StepRecord
from hue_infra.engine.property_paths import look_up, parse, render
from hue_infra.engine.provider import Diff
from hue_infra.engine.reporter import MASK
from hue_infra.engine.state import ResourceState
from hue_infra.engine.values import Sealed, Secret, Value, diff_values, transform

NO_DIFF = Diff(changes=False)


_REMOVALS: Final = {"delete", "delete-replaced", "read-discard", "discard-replaced"}


def record(
    op: Op,
    state: ResourceState,
    old: ResourceState | None = None,
    diff: Diff = NO_DIFF,
) -> StepRecord:
    """The record of a step that leaves, or removes, *state*."""
    removes = op in _REMOVALS
    return StepRecord(
        op=op,
        urn=state.urn,
        type=state.type,
        name=state.name,
        id=state.id,
        changes=_changes(state, old, diff) if old is not None and op != "same" else (),
        replaces=diff.replaces,
        custom=state.custom,
        parent=state.parent,
        detailed=bool(diff.detailed),
        old=state if removes else old,
        new=None if removes else state,
    )


def refreshed(
    state: ResourceState, found: ResourceState | None, changes: tuple[Change, ...]
) -> StepRecord:
    """The record of a look at *state*; *found* is None when it is gone."""
    step = record("refresh", found or state, state)
    return replace(step, changes=changes, old=state, new=found)


def input_changes(old: ResourceState, new: ResourceState, diff: Diff = NO_DIFF) -> list[Change]:
    """What differs between recorded and wanted inputs."""
    found = []
    for path, kind in diff_values(old.inputs, new.inputs).items():
        suffix = "-replace" if path and str(path[0]) in diff.replaces else ""
        before, after = look_up(old.inputs, path), look_up(new.inputs, path)
        found.append(Change(render(path), f"{kind}{suffix}", shown(before), shown(after)))
    return found


def output_changes(old: ResourceState, new: ResourceState) -> tuple[Change, ...]:
    """What differs between recorded and real outputs."""
    return tuple(
        Change(
            render(path), kind, shown(look_up(old.outputs, path)), shown(look_up(new.outputs, path))
        )
        for path, kind in diff_values(old.outputs, new.outputs).items()
    )


def shown(value: Value) -> Value:
    """*value* fit to be shown: every secret masked, whole."""
    return transform(value, _masked)


def _changes(state: ResourceState, old: ResourceState, diff: Diff) -> tuple[Change, ...]:
    if not diff.detailed:
        return tuple(input_changes(old, state, diff))
    return tuple(_detailed(path, kind, old, state) for path, kind in diff.detailed.items())


def _detailed(text: str, kind: str, old: ResourceState, new: ResourceState) -> Change:
    path = parse(text)
    before = look_up(old.inputs, path)
    if before is None:
        before = look_up(old.outputs, path)
    return Change(text, kind, shown(before), shown(look_up(new.inputs, path)))


def _masked(value: Value) -> Value:
    return MASK if isinstance(value, Secret | Sealed) else value
