"""What a past run did, as its record tells."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hue_infra.cli.programs.signs import SIGNS
from hue_infra.words import say


@dataclass(frozen=True, slots=True)
class Past:
    """One past run; moments are RFC 3339 in UTC."""

    kind: str
    result: str
    started: str
    ended: str
    seconds: float
    changes: Mapping[str, int]
    version: int = 0
    message: str = ""
    environment: Mapping[str, str] | None = None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """A run from its record, in the form of Pulumi's file backend."""
        started, ended = record["startTime"], record["endTime"]
        return cls(
            kind=record["kind"],
            result=record["result"],
            started=iso(started),
            ended=iso(ended),
            seconds=float(ended - started),
            changes=record.get("resourceChanges") or {},
            version=record.get("version", 0),
            message=record.get("message", ""),
            environment=record.get("environment") or {},
        )

    def document(self) -> dict[str, object]:
        """The same in the JSON of ``pulumi stack history --json``."""
        return {
            "version": self.version,
            "kind": self.kind,
            "startTime": self.started,
            "message": self.message,
            "environment": dict(self.environment or {}),
            "config": {},
            "result": self.result,
            "endTime": self.ended,
            "resourceChanges": dict(self.changes),
        }


def iso(seconds: object) -> str:
    """A moment given as Unix time, as RFC 3339 with milliseconds."""
    assert isinstance(seconds, int | float)  # noqa: S101 - as every record has it
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def changes(tally: Mapping[str, int]) -> str:
    """How many resources were what: ``+2 ~1 3 unchanged``."""
    told = [f"{SIGNS[op].strip()}{tally[op]}" for op in SIGNS if tally.get(op) and op != "same"]
    if same := tally.get("same"):
        told.append(say("programs.unchanged", count=same))
    return "  ".join(told)
