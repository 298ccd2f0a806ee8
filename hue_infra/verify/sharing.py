"""What gateways between agencies must do, asked by the machine that controls their cluster."""

from collections.abc import Iterator, Mapping

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.verify import pods
from hue_infra.verify.declared import each
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject

CHART = "gateway"
UNREACHED = ("000", "404", "502", "503", "504")
"""What is told where the gateway knows no such service or does not come to its provider."""
ASK = (
    f"address=$({' '.join(pods.KUBECTL)}"
    """ --namespace "$1" get service "$2" \
  --output=jsonpath={.spec.clusterIP}) &&
shift 2 &&
curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' \
  --cacert /etc/hue-pki/ca.crt \
  --cert /etc/hue-pki/live/machine.crt --key /etc/hue-pki/live/machine.key \
  --connect-to "::$address:443" "$@"
"""
)
"""Asks as this machine, by its own certificate."""


def verify(subject: Subject) -> Iterator[Check]:
    """Every provider is reached and knows the gateway; whoever has no contract gets nothing."""
    for plan in subject.blueprint.platforms:
        if plan.chart == CHART:
            for name in services(plan.values):
                yield _reached(subject, plan, name)
                yield _refused(subject, plan, name)


def services(values: Mapping[str, object]) -> list[str]:
    """The names of what is offered; those that are none are refused by the chart's schema."""
    return [str(one.get("name")) for one in each(values, "services")]


def _reached(subject: Subject, plan: PlatformPlan, name: str) -> Check:
    def read(code: str) -> str:
        return "reached" if code.strip().isdigit() and code not in UNREACHED else code

    argv = _asking(subject, plan, f"/platform/{name}", "--head")
    return pods.asked(subject, plan, f"provider:{plan.name}:{name}", argv, "reached", read)


def _refused(subject: Subject, plan: PlatformPlan, name: str) -> Check:
    argv = _asking(subject, plan, f"/{name}")
    return pods.asked(subject, plan, f"contract:{plan.name}:{name}", argv, "403")


def _asking(subject: Subject, plan: PlatformPlan, path: str, *options: str) -> list[str]:
    host = plan.hosts[0] if plan.hosts else f"{plan.name}.{subject.blueprint.domain}"
    place = (plan.namespace, pods.full_name(plan))
    return ["sh", "-c", ASK, "ask", *place, *options, f"https://{host}{path}"]
