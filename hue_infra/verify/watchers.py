"""What watches the province's clusters must do, asked of each from inside its cluster."""

import json
from collections.abc import Iterator

from hue_infra.blueprint.plan import OBSERVABILITY, PlatformPlan
from hue_infra.verify import pods
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject

INTERVAL = 30
"""Seconds between two looks, where the file does not say."""
LOOKS = 3
"""Within how many a figure must have come: the last of what is asked no more stays for minutes."""
ALERTS = 'max(alertmanager_alerts{state="active"} >= bool 1)'
"""1 once an alert came to where it is told on: there is always one, for that."""


def verify(subject: Subject) -> Iterator[Check]:
    """All that is watched answers, published pages open, alerts come through."""
    for plan in subject.blueprint.platforms:
        if plan.chart == OBSERVABILITY:
            pages = f"{_least(plan, 'probe_success')} or vector(1)"
            yield _asked(subject, plan, f"watched:{plan.name}", _least(plan, "up"))
            yield _asked(subject, plan, f"pages:{plan.name}", pages)
            yield _asked(subject, plan, f"alerts:{plan.name}", ALERTS)


def _least(plan: PlatformPlan, figure: str) -> str:
    """Asks for the least that *figure* is of anything that is asked now."""
    said = plan.values.get("interval")
    seconds = LOOKS * (said if isinstance(said, int) else INTERVAL)
    return f"min({figure} and timestamp({figure}) > time() - {seconds})"


def _asked(subject: Subject, plan: PlatformPlan, id_: str, query: str) -> Check:
    full = pods.full_name(plan)
    argv = [
        *pods.inside(plan, f"statefulset/{full}", "prometheus"),
        *("curl", "--silent", "--max-time", "10", "--cacert", "/etc/observability-tls/ca.crt"),
        *("--connect-to", f"{full}:443:localhost:9090", "--get"),
        *("--data-urlencode", f"query={query}", f"https://{full}/api/v1/query"),
    ]
    return pods.asked(subject, plan, id_, argv, "1", value)


def value(answer: str) -> str:
    """The one value in Prometheus' *answer*; nothing if there is none, or the answer is no such."""
    try:
        return str(json.loads(answer)["data"]["result"][0]["value"][1])
    except (ValueError, LookupError, TypeError):
        return ""
