"""``province.lock``: every address given so far, as text a person can read and compare.

The lock makes addresses outlive edits of the province file: what stands in it
is kept, what left the file is remembered under ``released``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path
from typing import Self

from hue_infra.blueprint.pool import Book
from hue_infra.errors import InputError
from hue_infra.words import say

FORMAT = 1
GATEWAY = 1
"""Number of a segment's gateway among its hosts."""


@dataclass(frozen=True, slots=True)
class SegmentLock:
    """Prefixes of one segment and the number of every host in it."""

    ipv4: IPv4Network
    ipv6: IPv6Network
    hosts: Book = field(default_factory=Book)


@dataclass(frozen=True, slots=True)
class SiteLock:
    """Prefixes of one site, its gateway machine and its segments."""

    ipv4: IPv4Network
    ipv6: IPv6Network
    router: str = ""
    segments: Mapping[str, SegmentLock] = field(default_factory=dict)
    released: Mapping[str, SegmentLock] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lock:
    """Every allocation of a province."""

    sites: Mapping[str, SiteLock] = field(default_factory=dict)
    released: Mapping[str, SiteLock] = field(default_factory=dict)
    links: Book = field(default_factory=Book)
    """First address of each link's /31, as a number."""
    published: Book = field(default_factory=Book)
    """Address of each published service, as a number."""

    @classmethod
    def empty(cls) -> Self:
        """A lock that holds nothing yet."""
        return cls()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the lock at *path*; an absent file is an empty lock.

        Raises:
            InputError: The file is not a lock of this format.
        """
        if not path.exists():
            return cls()
        try:
            return cls.read(path.read_text("utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                say("blueprint.lock-unreadable", path=str(path), reason=str(error)),
                hint=say("blueprint.lock-unreadable-hint"),
            ) from error

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a lock's text.

        Raises:
            ValueError: It is not a lock of this format (or KeyError, TypeError).
        """
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']}")
        return cls(
            {name: _site(value) for name, value in data["sites"].items()},
            {name: _site(value) for name, value in data["released"].items()},
            _numbers(data["links"]),
            _numbers(data["published"]),
        )

    def text(self) -> str:
        """The lock as its file holds it: JSON, one segment a line."""
        parts = [
            f'"format": {FORMAT}',
            f'"sites": {_sites_text(self.sites)}',
            f'"released": {_sites_text(self.released)}',
            f'"links": {_numbers_text(self.links, "/31")}',
            f'"published": {_numbers_text(self.published, "")}',
        ]
        return "{\n" + ",\n".join(parts) + "\n}\n"


def _site(data: dict[str, dict[str, dict[str, object]]]) -> SiteLock:
    return SiteLock(
        IPv4Network(data["ipv4"]),
        IPv6Network(data["ipv6"]),
        str(data["router"]),
        {name: _segment(value) for name, value in data["segments"].items()},
        {name: _segment(value) for name, value in data["released"].items()},
    )


def _segment(data: dict[str, object]) -> SegmentLock:
    return SegmentLock(
        IPv4Network(data["ipv4"]),
        IPv6Network(data["ipv6"]),
        Book(_hosts(data["hosts"]), _hosts(data.get("released", {}))),
    )


def _hosts(data: object) -> dict[str, int]:
    if not isinstance(data, dict) or not all(isinstance(value, int) for value in data.values()):
        raise TypeError("hosts")
    return data


def _numbers(data: dict[str, dict[str, str]]) -> Book:
    held, released = (
        {name: int(IPv4Address(text.partition("/")[0])) for name, text in data[part].items()}
        for part in ("held", "released")
    )
    return Book(held, released)


def _sites_text(sites: Mapping[str, SiteLock]) -> str:
    lines = [f"  {json.dumps(name)}: {_site_text(site)}" for name, site in sites.items()]
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def _site_text(site: SiteLock) -> str:
    return (
        f'{{"ipv4": "{site.ipv4}", "ipv6": "{site.ipv6}", "router": {json.dumps(site.router)},'
        f'\n   "segments": {_segments_text(site.segments)},'
        f'\n   "released": {_segments_text(site.released)}}}'
    )


def _segments_text(segments: Mapping[str, SegmentLock]) -> str:
    lines = [f"    {json.dumps(name)}: {_segment_text(one)}" for name, one in segments.items()]
    return "{\n" + ",\n".join(lines) + "}" if lines else "{}"


def _segment_text(segment: SegmentLock) -> str:
    data: dict[str, object] = {
        "ipv4": str(segment.ipv4),
        "ipv6": str(segment.ipv6),
        "hosts": dict(segment.hosts.held),
    }
    if segment.hosts.released:
        data["released"] = dict(segment.hosts.released)
    return json.dumps(data, ensure_ascii=False)


def _numbers_text(book: Book, suffix: str) -> str:
    parts = {
        part: {name: f"{IPv4Address(number)}{suffix}" for name, number in numbers.items()}
        for part, numbers in (("held", book.held), ("released", book.released))
    }
    return json.dumps(parts, indent=1, ensure_ascii=False)
