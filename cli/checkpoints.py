"""What must hold before a run goes on: the machine, the rules, the plan."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hue_infra.cli.output import Output
from hue_infra.engine.analysis import Violation
from hue_infra.engine.api import Outcome
from hue_infra.engine.events import Event, Log
from hue_infra.engine.urns import name_of
from hue_infra.errors import EngineError, PolicyError, RemoteError
from hue_infra.policies import PACK
from hue_infra.words import say

if TYPE_CHECKING:
    from hue_infra.policies.gate import Finding
    from hue_infra.stacks.operations import Deployment


def require_machine(deployment: "Deployment") -> None:
    """Pass when this machine has what the target needs.

    Raises:
        RemoteError: It lacks something; each lack with what to do about it.
    """
    if missing := deployment.preflight():
        listed = "".join(f"\n  - {text}" for text in missing)
        raise RemoteError(say("cli.preflight-failed") + listed)


def require_rules(deployment: "Deployment", output: Output) -> None:
    """Pass when the province as declared breaks no mandatory rule.

    Raises:
        PolicyError: It breaks one: which, on which line, what to change.
    """
    require(deployment.gate(), output)


def require(findings: "Sequence[Finding]", output: Output) -> None:
    """Pass when no finding is mandatory; tell the advisory ones.

    Raises:
        PolicyError: Some are mandatory.
    """
    if broken := [finding for finding in findings if finding.mandatory]:
        raise PolicyError(told(broken), hint=say("cli.gate-hint"))
    for finding in findings:
        output.warn(sentence(finding))


def require_plan(outcome: Outcome, output: Output) -> None:
    """Pass when the plan could be made and no resource in it breaks a mandatory rule.

    Raises:
        PolicyError: A resource breaks one.
        EngineError: The plan could not be made.
    """
    for violation in outcome.violations:
        if not violation.mandatory:
            output.warn(breach(violation))
    if broken := [item for item in outcome.violations if item.mandatory]:
        listed = "".join(f"\n  {breach(item)}" for item in broken)
        count = say("cli.gate-failed", count=len(broken))
        raise PolicyError(count + listed, hint=say("cli.gate-hint"))
    if not outcome.ok:
        raise EngineError(say("cli.preview-failed") + errors(outcome))


def plan(deployment: "Deployment", output: Output) -> Outcome:
    """Preview what a run would do; pass when it can be made and breaks no mandatory rule.

    Raises:
        PolicyError: A resource breaks a rule.
        EngineError: The plan could not be made.
    """

    def listen(event: Event) -> None:
        if isinstance(event, Log) and event.severity == "warning":
            output.warn(event.text)

    output.note(say("cli.previewing", stack=deployment.name), style="dim")
    outcome = deployment.preview(listen)
    require_plan(outcome, output)
    return outcome


def errors(outcome: Outcome) -> str:
    """The errors of a run, a line each, to stand below a sentence."""
    lines = [breach(item) for item in outcome.violations if item.mandatory]
    lines += [item.message for item in outcome.diagnostics if item.severity == "error"]
    return "".join(f"\n  {line}" for line in dict.fromkeys(lines))


def breach(violation: Violation) -> str:
    """A broken rule on resources; rules of ours name the resource in their own words."""
    whose = "" if violation.pack in ("", PACK) or not violation.urn else name_of(violation.urn)
    return f"{violation.rule}{f' ({whose})' if whose else ''}: {violation.message}"


def told(findings: "Sequence[Finding]") -> str:
    """Say how many mandatory rules are broken, and each in its own paragraph."""
    parts = [say("cli.gate-failed", count=len(findings))]
    return "\n".join(parts + [f"  {sentence(finding)}" for finding in findings])


def sentence(finding: "Finding") -> str:
    """One finding: where, which rule, what is wrong, what to change."""
    place = f"{finding.where}: " if finding.where else ""
    mend = "\n    " + say("cli.gate-mend", mend=finding.mend) if finding.mend else ""
    return f"{place}{finding.rule} {finding.title}: {finding.message}{mend}"


def as_data(findings: "Sequence[Finding]") -> list[dict[str, object]]:
    """Findings for a program."""
    names = ("rule", "title", "mandatory", "message", "where", "mend")
    return [{name: getattr(finding, name) for name in names} for finding in findings]
