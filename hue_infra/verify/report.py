"""What was verified: checks with their verdicts, kept as evidence in one JSON file a run."""

import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was verified on one machine."""

    id: str
    what: str
    """A sentence in the operator's language."""
    where: str
    """The machine it was seen from."""
    verdict: Verdict
    detail: str = ""
    """What was seen; never a secret."""
    command: str = ""
    at: str = ""
    """RFC 3339, UTC."""
    seconds: float = 0.0
    evidence: str = ""
    """The file that keeps it."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was verified in one go."""

    checks: tuple[Check, ...]
    file: Path

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(check.verdict != "failed" for check in self.checks)


OnCheck = Callable[[Check], None]


@dataclass(slots=True)
class Collector:
    """Gathers checks as they end and writes them down."""

    file: Path
    on_check: OnCheck
    checks: list[Check] = field(default_factory=list)

    @classmethod
    def opened(cls, directory: Path, on_check: OnCheck) -> "Collector":
        """A collector whose file is named by the moment."""
        stamp = now().strftime("%Y%m%dT%H%M%SZ")
        return cls(directory / f"{stamp}.json", on_check)

    def add(self, check: Check) -> None:
        """Take one check and tell of it."""
        self.checks.append(check)
        self.on_check(check)

    def report(self) -> Report:
        """Write the evidence and return all of it."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        body = [asdict(check) for check in self.checks]
        text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True)
        document = {
            "version": 1,
            "written": now().isoformat(),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "checks": body,
        }
        draft = self.file.with_suffix(".draft")
        draft.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
        draft.replace(self.file)
        return Report(tuple(self.checks), self.file)


def passed_since(directory: Path, moment: float) -> bool:
    """Whether the newest evidence in *directory* is later than *moment* and nothing in it failed.

    Args:
        directory: Where evidence is kept; it need not exist.
        moment: Seconds since the epoch.
    """
    newest = max(directory.glob("*.json"), default=None)
    if newest is None or newest.stat().st_mtime < moment:
        return False
    checks = json.loads(newest.read_text("utf-8"))["checks"]
    return all(check["verdict"] != "failed" for check in checks)


def now() -> datetime.datetime:
    """This moment, UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
