"""What the province's databases must do, asked of each from inside its cluster."""

from collections.abc import Iterator

from hue_infra.blueprint.plan import PlatformPlan
from hue_infra.verify import pods
from hue_infra.verify.report import Check
from hue_infra.verify.subject import Subject

CHART = "database"
TENANT = (
    'PGPASSWORD=$(cat "/etc/database-passwords/$0") psql --no-psqlrc -At --command '
    '"SELECT postgis_lib_version() <> \'\'" "host=$1 user=$0 dbname=$0 sslmode=verify-full '
    'sslrootcert=/etc/database-tls/ca.crt connect_timeout=5"'
)
"""Asks as the tenant $0, by the name of the service $1; its password stays in the pod."""
COPIES = (
    "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'"
)


def verify(subject: Subject) -> Iterator[Check]:
    """Tenants come in, a copy keeps up, a backup is there."""
    for plan in subject.blueprint.platforms:
        if plan.chart == CHART:
            yield from _tenants(subject, plan)
            yield copy_keeps_up(subject, plan)
            yield backup_is_young(subject, plan)


def _tenants(subject: Subject, plan: PlatformPlan) -> Iterator[Check]:
    named = plan.values.get("tenants")
    for tenant in named if isinstance(named, list) else []:
        yield tenant_comes_in(subject, plan, str(tenant))


def tenant_comes_in(subject: Subject, plan: PlatformPlan, tenant: str) -> Check:
    """The tenant opens its database by the service's name, over TLS, and PostGIS answers."""
    service = f"{pods.full_name(plan)}.{plan.namespace}.svc"
    target = f"statefulset/{pods.full_name(plan)}"
    argv = [*pods.inside(plan, target, "postgresql"), "sh", "-c", TENANT, tenant, service]
    return pods.asked(subject, plan, f"tenant:{plan.name}:{tenant}", argv, "t")


def copy_keeps_up(subject: Subject, plan: PlatformPlan) -> Check:
    """A copy has what was written before the writer is told so."""
    # The one that is written to is asked, whichever it is: the others have no copies of their own.
    written = "--selector=hue-infra/role=master"
    kubectl = " ".join(pods.KUBECTL)
    script = (
        f'pod=$({kubectl} --namespace "$0" get pods {written} --output name) && '
        f'{kubectl} --namespace "$0" exec "$pod" --container postgresql -- psql --no-psqlrc -At '
        '--host /run/postgresql --username postgres --command "$1"'
    )
    argv = ["sh", "-c", script, plan.namespace, COPIES]
    return pods.asked(subject, plan, f"copy:{plan.name}", argv, "1")


def backup_is_young(subject: Subject, plan: PlatformPlan) -> Check:
    """There is a backup, no older than the platform's values promise."""
    repository = f"statefulset/{pods.full_name(plan)}-repository"
    argv = [*pods.inside(plan, repository, "backups"), "test", "-e", "/tmp/whole"]  # noqa: S108 - in the pod
    return pods.asked(subject, plan, f"backup:{plan.name}", argv, "")
