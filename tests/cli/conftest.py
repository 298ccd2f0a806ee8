"""A deployment that plays a part: what the commands ask, answered from a script."""

import time
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hue_infra import words
from hue_infra.cli import opening
from hue_infra.cli.main import main
from hue_infra.engine import events
from hue_infra.engine.analysis import Violation
from hue_infra.engine.api import Change, Outcome, StepRecord
from hue_infra.engine.events import Event, StepDone, StepStarted
from hue_infra.engine.values import UNKNOWN
from hue_infra.errors import InputError
from hue_infra.policies.gate import Finding
from hue_infra.stacks.drift import Drift
from hue_infra.stacks.status import Endpoint, Holder, LastRun, MachineStatus, Status
from hue_infra.verify.report import Check, Report

DYNAMIC = "pulumi-python:dynamic"


def step(op, type_, name, *changes, **more):
    """A step on a resource of that type."""
    urn = f"urn:pulumi:hue-lab::hue::{type_}::{name}"
    return StepRecord(op, urn, type_, name, changes=changes, **more)


FIRST = (
    *(step("create", f"{DYNAMIC}/lab:Network", f"dc/{zone}") for zone in ("dmz", "server")),
    *(step("create", f"{DYNAMIC}/lab:Machine", f"dc-core{i}") for i in range(1, 10)),
    step("create", f"{DYNAMIC}/machine:Configuration", "dc-core1"),
    step("create", "kubernetes:apps/v1:Deployment", "portal/portal"),
    step("create", "hue:site:Site", "dc", custom=False),
)
CHANGED = (
    step("same", f"{DYNAMIC}/lab:Network", "dc/server"),
    step(
        "update",
        f"{DYNAMIC}/machine:Configuration",
        "dc-core1",
        Change("variables.dns_forwarders", "update", ["10.0.0.1"], ["10.0.0.2"]),
        Change("variables.password", "update", "[secret]", "[secret]"),
        Change("token", "add", None, UNKNOWN),
        Change("note", "delete", "old", None),
    ),
    step(
        "replace",
        f"{DYNAMIC}/lab:Machine",
        "p-kube1",
        Change("base", "update-replace", "bookworm-1", "bookworm-2"),
        replaces=("base",),
    ),
    step("create-replacement", f"{DYNAMIC}/lab:Machine", "p-kube1"),
    step("delete-replaced", f"{DYNAMIC}/lab:Machine", "p-kube1"),
    step("delete", f"{DYNAMIC}/lab:Network", "ioc/wireless"),
)
KEPT = (step("same", f"{DYNAMIC}/lab:Network", "dc/server"),)


def outcome(steps, *, ok=True, violations=(), diagnostics=()):
    """A run of those steps."""
    return Outcome(ok, tuple(steps), {}, tuple(diagnostics), 1.5, tuple(violations))


def finding(*, mandatory=True):
    """A breach of a rule."""
    words = "Minimum zones", mandatory, "zone dmz is missing", "province.yaml:41:3", "add dmz"
    return Finding("HUE-ZONES", *words)


def check(verdict="passed", what="portal answers over HTTPS"):
    """One check and what it found."""
    return Check("portal-https", what, "phu-xuan-pc1", verdict, detail="HTTP 200")


PORTAL = Endpoint("Portal", "dichvu.hue.gov.vn", "127.0.0.1", 8443)
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
NOTHING = Status((), (), None, None, ())
STANDING = Status(
    FIRST,
    (MachineStatus("dc-core1", True), MachineStatus("dc-core2", False)),
    LastRun("update", "succeeded", "2026-11-22T07:00:00+00:00", 83.0),
    Holder("an@may1 (4711)", "2026-11-22T07:00:00+00:00"),
    (PORTAL,),
)


NO_DRIFT = Drift((), (), 45, 2.5)


@dataclass
class Deployment:
    """Plays a deployment; remembers in `asked` what was asked, in order."""

    plan: Outcome = field(default_factory=lambda: outcome(FIRST))
    missing: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    checks: list[Check] = field(default_factory=lambda: [check()])
    standing: Status = NOTHING
    result: Outcome | None = None
    pace: float = 0.0
    during: Callable[[], None] = lambda: None
    other_version: InputError | None = None
    proved: bool = True
    found: Drift = NO_DRIFT
    name: str = "hue-lab"
    home: Path = Path("/tmp/hue-lab")  # noqa: S108 - never touched
    asked: list[str] = field(default_factory=list)

    def missing_packages(self):
        return []

    def is_proved(self):
        return self.proved

    def keep(self):
        self.asked.append("keep")

    def preflight(self):
        self.asked.append("preflight")
        return self.missing

    def gate(self):
        self.asked.append("gate")
        return self.findings

    def require_versions(self):
        if self.other_version:
            raise self.other_version

    def preview(self, on_event):
        self.asked.append("preview")
        return self.plan

    def up(self, on_event):
        self.asked.append("up")
        return self._play(on_event)

    def destroy(self, on_event):
        self.asked.append("destroy")
        return self._play(on_event)

    def _play(self, on_event: Callable[[Event], None]) -> Outcome:
        for item in self.plan.steps:
            on_event(StepStarted(item))
            self.during()
            on_event(events.Status(item.urn, "systemd"))
            time.sleep(self.pace)
            on_event(StepDone(item, self.pace))
        return self.result or self.plan

    def status(self):
        self.asked.append("status")
        return self.standing

    def verify(self, on_check):
        self.asked.append("verify")
        for item in self.checks:
            on_check(item)
            time.sleep(self.pace)
        return Report(tuple(self.checks), self.home / "evidence" / "1.json")

    def endpoints(self):
        return [PORTAL]

    def authority_certificate(self):
        return CERTIFICATE

    def drift(self, on_event):
        self.asked.append("drift")
        return self.found

    def forget_drift(self):
        self.asked.append("forget_drift")

    def write_lock(self):
        self.asked.append("write_lock")

    def stop(self):
        self.asked.append("stop")


VIOLATION = Violation("HUE-IMAGES", "image without digest", mandatory=True, urn="urn:x::y")


@pytest.fixture(autouse=True)
def _own_words(monkeypatch, tmp_path):
    """English, nothing of the operator's environment, errors' traces in a directory of ours."""
    monkeypatch.setattr(words, "_chosen", [])
    for name in ("HUE_INFRA_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUE_INFRA_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def part() -> types.SimpleNamespace:
    """The pieces of the play: steps, outcomes, findings, checks."""
    return types.SimpleNamespace(**globals())


@pytest.fixture
def hue() -> Callable[..., Result]:
    """Run a command line in this process; what it said and its exit code."""

    def run(*line: str, **more: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in line], **more)

    return run


@pytest.fixture
def play(monkeypatch) -> Callable[..., Deployment]:
    """Let every command open a deployment that plays the part told."""

    def playing(**part: object) -> Deployment:
        deployment = Deployment(**part)
        monkeypatch.setattr(opening, "opened", lambda chosen, ask: deployment)
        return deployment

    return playing
