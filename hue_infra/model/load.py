"""Read a province file: a typed province, or every error of the file with its place."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from hue_infra.errors import InputError
from hue_infra.model import mismatch, rules
from hue_infra.model.document import Document, KeyPath, Problem, read
from hue_infra.model.draft import Draft
from hue_infra.model.province import Province
from hue_infra.words import say

_ROUNDS = 8
"""How deep a wrong value can lie: a site's machine's roles and some to spare."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A province with the day it is resolved at, and where its file says what."""

    province: Province
    date: datetime.date
    positions: Document

    @property
    def path(self) -> Path:
        """The file."""
        return self.positions.path

    def where(self, path: str) -> str:
        """``file:line:column`` of a key path such as ``sites.dc.machines.core1``.

        What a site has from its class is found in the class; of a path that
        nothing in the file says, the longest part that something does say.
        """
        found = _inherited(self.positions, _split(self.positions, path))
        place = self.positions.place(found, on_key=True)
        return f"{self.path}:{place.line}:{place.column}"


def load(path: Path | str, date: datetime.date | None = None) -> Loaded:
    """Read and check the file.

    Args:
        path: The province file.
        date: The day to resolve units at; else the file's ``province.date``, else today.

    Raises:
        InputError: The text holds every error, one a line, as
            ``file:line:column: what is wrong; what to write instead``.
    """
    document = _read(Path(path))
    problems = list(document.problems)
    draft = _validate(document, problems) if isinstance(document.data, dict) else None
    if document.data is not None and not isinstance(document.data, dict):
        values = {"value": mismatch.shown(document.data), "example": '"province:"'}
        problems.append(Problem((), "mapping", values))
    day = date or (draft.province.date if draft else None) or datetime.datetime.now().date()  # noqa: DTZ005  the operator's own day
    if draft is not None:
        problems += rules.check(Draft(draft, document, day))
    if problems or draft is None:
        raise _refusal(document, problems)
    return Loaded(draft, day, document)


def _read(path: Path) -> Document:
    try:
        return read(path)
    except UnicodeDecodeError as error:
        raise InputError(say("model.not-utf8", path=str(path), byte=error.start)) from error
    except OSError as error:
        words = error.strerror or str(error)
        hint = say("model.unreadable-hint")
        raise InputError(say("model.unreadable", path=str(path), words=words), hint=hint) from error


def _validate(document: Document, problems: list[Problem]) -> Province | None:
    """The province, as much of it as holds together; its errors go to *problems*.

    What is wrong is left out and the rest read again, so that the rules
    between the parts are checked on all that can be.
    """
    data = document.data
    for attempt in range(_ROUNDS):
        try:
            return Province.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
        if attempt == 0:
            problems += mismatch.problems(details)
        for detail in details:
            path = detail["loc"]
            data = _without(data, path[:-1] if detail["type"] == "missing" else path)
    return None


def _without(data: object, path: KeyPath) -> object:
    """A copy without what lies at that path; of a list, without the whole list."""
    whole = next((i for i, part in enumerate(path) if isinstance(part, int)), len(path))
    steps = tuple(part for part in path[:whole] if part != "[key]")
    if not steps or not isinstance(data, dict) or steps[0] not in data:
        return data
    key, rest = steps[0], steps[1:]
    if rest:
        return {**data, key: _without(data[key], rest)}
    return {name: value for name, value in data.items() if name != key}


def _refusal(document: Document, problems: Iterable[Problem]) -> InputError:
    lines = sorted({_line(document, problem) for problem in problems})
    text = "\n".join(f"{document.path}:{line}:{column}: {words}" for line, column, words in lines)
    return InputError(text, hint=say("model.count", count=len(lines)))


def _line(document: Document, problem: Problem) -> tuple[int, int, str]:
    place = problem.place or document.place(problem.path, on_key=problem.on_key)
    # As text, for Fluent would write a line number with a thousands separator.
    values = {name: str(value) for name, value in problem.values.items()}
    return (place.line, place.column, say(f"model.{problem.message}", **values))


def _split(document: Document, path: str) -> KeyPath:
    """The parts of a dotted path; a key that itself holds a dot is taken whole."""
    found: KeyPath = ()
    parts = path.split(".")
    while parts:
        if found[-1:] == ("except",):
            parts[0] = _unit_key(document, found, parts[0])
        steps = [(key, n) for n in range(len(parts), 0, -1) for key in _keys(parts[:n])]
        key, used = next(
            (step for step in steps if document.holds((*found, step[0]))), (parts[0], 1)
        )
        found, parts = (*found, key), parts[used:]
    return found


def _unit_key(document: Document, path: KeyPath, code: str) -> str:
    """The key of a unit as the file writes it: its code alone, or with its name behind."""
    keys = map(str, document.names(*path))
    return next((key for key in keys if key.split()[:1] == [code]), code)


def _keys(parts: list[str]) -> Iterator[str | int]:
    name = ".".join(parts)
    yield name
    if name.isdigit():
        yield int(name)


def _inherited(document: Document, path: KeyPath) -> KeyPath:
    """The path in the site's class, where the site itself does not say it."""
    depth = 4 if path[:1] == ("units",) and "except" in path else 2
    if document.holds(path) or path[0] not in {"sites", "units"} or len(path) <= depth:
        return path
    kind = document.value(*path[:2], "kind")
    inherited = ("site_classes", str(kind), *path[depth:])
    return inherited if document.holds(inherited[:3]) else path
