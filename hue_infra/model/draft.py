"""A province as far as its file holds together, for the rules that look across its parts."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hue_infra.model.document import Document, KeyPath, Problem
from hue_infra.model.mismatch import suggestion
from hue_infra.model.province import Province, SiteClass, SiteOverride


@dataclass(frozen=True, slots=True)
class Draft:
    """What could be read of a file; parts with errors of their own are missing from it."""

    province: Province
    document: Document
    date: datetime.date

    def overrides(self) -> Iterator[tuple[KeyPath, str, SiteOverride]]:
        """Every place that says something otherwise than a class: path, class name, words."""
        for name, entry in self.province.sites.items():
            yield ("sites", name), entry.kind, entry
        for tier, units in self.province.units.items():
            for code, special in units.except_.items():
                yield ("units", tier, "except", code), units.kind, special

    def classed(self) -> Iterator[tuple[KeyPath, SiteClass, SiteOverride]]:
        """As `overrides`, with the class itself; those whose class is missing are left out."""
        for path, kind, special in self.overrides():
            if base := self.province.site_classes.get(kind):
                yield path, base, special

    def unknown(self, path: KeyPath, name: str, thing: str, section: KeyPath) -> Iterator[Problem]:
        """A problem if the file's *section* has no *name*; *thing* is what it would be."""
        known = self.document.names(*section)
        if name not in known:
            yield self.missing(path, name, thing, known)

    def missing(self, path: KeyPath, name: str, thing: str, known: Iterable[str]) -> Problem:
        """The problem that there is no such thing of that name, but there are the *known*."""
        return Problem(
            path, "unknown-name", {"thing": thing, "name": name, **suggestion(name, known)}
        )
