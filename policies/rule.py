"""What a rule is: an id, what it looks at, where it stands in law, and one function.

Titles, reasons and how to mend stand in the catalogue ``policies`` under
``<id>-title``, ``<id>-why`` and ``<id>-mend``, so that one source serves the
terminal, the pack and the reports.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hue_infra.blueprint.plan import Blueprint
from hue_infra.model.province import Province
from hue_infra.words import say, say_in


class Severity(StrEnum):
    """How bad a breach is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Provenance(StrEnum):
    """How well a citation is known."""

    TEXT = "text"
    """Read in the instrument itself."""
    SECONDARY = "secondary"
    """Confirmed by somebody who read it."""
    BELIEF = "belief"
    """General knowledge, or a rule of this project."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands, from when to when."""

    document: str
    clause: str
    provenance: Provenance
    checked_on: datetime.date
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None

    def in_force(self, day: datetime.date) -> bool:
        """Whether the clause holds on *day*."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declared rule looks at: the file's content and what follows from it."""

    province: Province
    blueprint: Blueprint


@dataclass(frozen=True, slots=True)
class Resource:
    """What a resource rule looks at: one resource's inputs, before it is touched.

    Unknown values are left out of *inputs*; `unknown` tells whether any were.
    """

    type: str
    name: str
    inputs: Mapping[str, object]
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule is broken."""

    message: str
    source: str = ""
    """Key path in province.yaml, such as ``sites.dc.country``."""


DeclaredCheck = Callable[[Declared], Iterable[Breach]]
ResourceCheck = Callable[[Resource], Iterable[Breach]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; at least one of *declared* and *resource* is there."""

    id: str
    severity: Severity
    levels: tuple[int, ...]
    citations: tuple[Citation, ...]
    declared: DeclaredCheck | None = None
    resource: ResourceCheck | None = None
    types: str = ""
    """Pattern of the types of resources that *resource* has anything to say about."""
    mandatory: bool = True

    def is_about(self, kind: str) -> bool:
        """Whether a resource of that type can break the rule."""
        return self.resource is not None and re.fullmatch(self.types, kind) is not None

    @property
    def title(self) -> str:
        """Short name in the language in use."""
        return say(f"policies.{self.id}-title")

    @property
    def why(self) -> str:
        """The reason in the language in use."""
        return say(f"policies.{self.id}-why")

    @property
    def mend(self) -> str:
        """What to do about a breach, in the language in use."""
        return say(f"policies.{self.id}-mend")

    def title_in(self, language: str) -> str:
        """Short name in *language*."""
        return say_in(language, f"policies.{self.id}-title")

    def cited(self, day: datetime.date) -> tuple[Citation, ...]:
        """The clauses in force on *day*."""
        return tuple(citation for citation in self.citations if citation.in_force(day))
