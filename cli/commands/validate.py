"""``hue-infra validate``: every error of the province file at once; changes nothing."""

from hue_infra.blueprint.plan import Blueprint
from hue_infra.cli import checkpoints, localised
from hue_infra.cli.description import describe
from hue_infra.cli.opening import Chosen
from hue_infra.cli.options import described
from hue_infra.cli.output import day, facts, for_session, number
from hue_infra.cli.session import Session, pass_session
from hue_infra.policies.gate import declared_findings
from hue_infra.policies.rule import Declared
from hue_infra.report.titles import title
from hue_infra.words import say


@localised.command("validate")
@described
@pass_session
def command(session: Session, chosen: Chosen) -> None:
    """Check the province file."""
    output = for_session(session)
    found = describe(chosen)
    province, blueprint = found.loaded.province, found.blueprint
    findings = declared_findings(Declared(province, blueprint), found.loaded.where)
    checkpoints.require(findings, output)
    output.document(
        province=str(chosen.province),
        codename=blueprint.codename,
        date=blueprint.date.isoformat(),
        regime=blueprint.regime,
        counts=counts(blueprint),
        findings=checkpoints.as_data(findings),
    )
    output.show(say("cli.validate-done", path=str(chosen.province)))
    pairs = {say(f"cli.count-{name}"): number(count) for name, count in counts(blueprint).items()}
    told = say("cli.validate-title", title=title(blueprint), date=day(blueprint.date))
    output.show(facts({say("cli.fact-province"): told} | pairs))


def counts(blueprint: Blueprint) -> dict[str, int]:
    """How many of each thing the province has."""
    names = ("sites", "segments", "links", "machines", "cameras", "rooms", "platforms", "flows")
    return {name: len(getattr(blueprint, name)) for name in names}
