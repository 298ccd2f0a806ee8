"""The database in a real cluster: nothing acknowledged is lost, a moment comes back, walls hold."""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from a_cluster import ROOT, Cluster, namespace, until_true
from some_objects import paired, pod

from hue_infra.providers import credentials
from hue_infra.stacks import platforms
from hue_infra.stacks.components import space
from hue_infra.tools import helm, platform_images
from hue_infra.verify import databases, pods

pytestmark = [pytest.mark.lab, pytest.mark.slow]

SPACE = "database"
TENANTS = ("health", "education")
CLIENT = Path(__file__).parent / "writing_client.py"
ENOUGH = 25
"""Writes after which the client is known to write."""


@dataclass(frozen=True)
class Database:
    """The chart's release in the cluster, and a client of the tenant health beside it."""

    cluster: Cluster
    image: str
    own: dict[str, object] = field(repr=False)

    def lay(self, **more: object) -> None:
        """Lay the chart's objects into the cluster."""
        values = {
            "image": self.image,
            "tenants": list(TENANTS),
            "tls": {"secret": "database-tls"},
            "passwords": {"secret": "database-passwords"},
            "clients": ["health"],
            "storage": {"data": "1Gi", "backups": "1Gi"},
            "backup": {"archiveSeconds": 5},
            "resources": {
                "requests": {"cpu": "100m", "memory": "256Mi"},
                "limits": {"cpu": "2", "memory": "1Gi"},
            },
            **more,
        }
        self.cluster.apply(*helm.render(ROOT / "charts/database", "database", SPACE, values))

    def kubectl(self, *words: str, space: str = SPACE, check: bool = True) -> str:
        """What kubectl says of one namespace."""
        done = self.cluster.kubectl("-n", space, *words, check=check)
        return done.stdout.strip() if check else (done.stdout + done.stderr).strip()

    def wait(self) -> None:
        """Until every pod is ready, which a backup's existence is part of."""
        for name in ("database", "database-repository"):
            self.kubectl("rollout", "status", f"statefulset/{name}", "--timeout=170s")

    def primary(self) -> str:
        """The pod that is written to; empty while there is none."""
        where = "jsonpath={.items[*].metadata.name}"
        return self.kubectl("get", "pods", "-l", "hue-infra/role=master", "-o", where)

    def ask(self, query: str, database: str = "health") -> str:
        """What the primary says to its superuser, who comes by the pod's own socket."""
        words = ("-h", "/run/postgresql", "-U", "postgres", "-d", database, "-Atc", query)
        return self.kubectl("exec", self.primary(), "-c", "postgresql", "--", "psql", *words)

    def as_client(self, user: str, database: str, query: str, password: str = "health") -> str:  # noqa: S107 - whose it is
        """What a client in the tenant's own namespace is told."""
        url = f"host=database.{SPACE}.svc user={user} dbname={database} sslmode=verify-full"
        script = f'PGPASSWORD=$(cat /secret/{password}) psql "{url} sslrootcert=/secret/ca.crt"'
        words = ("exec", "client", "--", "sh", "-c", f'{script} -Atc "$0" 2>&1', query)
        return self.kubectl(*words, space="health", check=False)


def client(image: str) -> dict[str, object]:
    """A pod that writes when it is asked to; it comes by the service's name alone."""
    container = {
        "command": ["sleep", "infinity"],
        "env": [{"name": "PATH", "value": "/usr/lib/postgresql/15/bin:/usr/bin"}],
        "volumeMounts": [{"name": "secret", "mountPath": "/secret"}],
    }
    volumes = [{"name": "secret", "secret": {"secretName": "access"}}]
    return pod("client", "health", image, container, volumes=volumes)


@pytest.fixture(scope="module")
def database(one_node: Cluster) -> Iterator[Database]:
    names = platforms.database_names("database", SPACE)
    own = credentials.made([*platforms.DATABASE_USERS, *TENANTS], names)
    found = Database(one_node, platform_images.ensure("database").by_digest, own)
    access = {tenant: own["passwords"][tenant] for tenant in TENANTS}
    one_node.apply(
        *(namespace(SPACE), namespace("health")),
        space.secret(SPACE, "database-tls", space.OPAQUE, paired(own)),
        space.secret(SPACE, "database-passwords", space.OPAQUE, own["passwords"]),
        space.secret("health", "access", space.OPAQUE, access | {"ca.crt": own["certificate"]}),
        client(found.image),
    )
    try:
        found.lay()
        found.wait()
        found.kubectl("wait", "--for=condition=Ready", "pod/client", space="health")
        yield found
    finally:
        # On its way out it lays its lock down and sends what it wrote to the backups.
        found.kubectl("delete", "statefulset", "database")
        found.kubectl("wait", "--for=delete", "pod", "-l", "hue-infra/database", "--timeout=120s")
        one_node.kubectl("delete", "namespace", SPACE, "health", "--wait", "--timeout=150s")


def test_a_tenant_opens_its_own_database_and_postgis_answers(database: Database) -> None:
    query = "SELECT round(ST_Distance('POINT(107.58 16.46)'::geography, 'POINT(105.85 21.03)'))"

    assert until_true(lambda: database.as_client("health", "health", query).isdigit())
    assert 530_000 < int(database.as_client("health", "health", query)) < 560_000  # Huế - Hà Nội


@pytest.mark.parametrize(
    ("user", "where", "password", "said"),
    [
        ("health", "education", "health", "no pg_hba.conf entry"),
        ("education", "health", "education", "no pg_hba.conf entry"),
        ("education", "education", "health", "password authentication failed"),
        ("postgres", "health", "health", "no pg_hba.conf entry"),
        ("health", "postgres", "health", "no pg_hba.conf entry"),
    ],
)
def test_no_tenant_opens_what_is_not_its_own(
    database: Database, user: str, where: str, password: str, said: str
) -> None:
    assert said in database.as_client(user, where, "SELECT 1", password)


def test_a_copy_keeps_up_before_a_write_is_acknowledged(database: Database) -> None:
    query = (
        "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'"
    )

    assert until_true(lambda: database.ask(query) == "1")


def verified(database: Database, *tenants: str) -> dict[str, str]:
    """The verdict of each check that `verify` makes of such a database."""
    values = {"tenants": list(tenants)}
    return database.cluster.verdicts(databases.verify, "database", SPACE, values)


def test_verify_proves_it_and_sees_what_is_wrong(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verified(database, *TENANTS) == {
        "tenant:database:health": "passed",
        "tenant:database:education": "passed",
        "copy:database": "passed",
        "backup:database": "passed",
    }

    monkeypatch.setattr(pods, "PATIENCE", 0.0)
    assert verified(database, "tourism")["tenant:database:tourism"] == "failed"
    remove = ("exec", "database-repository-0", "-c", "backups", "--", "rm", "/tmp/whole")  # noqa: S108
    # Whoever takes backups marks every five seconds that the newest is young enough.
    signal(database, "database-repository-0", "STOP")
    try:
        database.kubectl(*remove)
        assert verified(database)["backup:database"] == "failed"
    finally:
        signal(database, "database-repository-0", "CONT")


def test_passwords_stand_in_no_log(database: Database) -> None:
    said = "".join(
        database.kubectl("logs", f"database-{number}", "-c", "postgresql") for number in (0, 1)
    )

    assert "authentication failed" in said
    assert [user for user, text in database.own["passwords"].items() if text in said] == []  # type: ignore[attr-defined]


def signal(database: Database, pod: str, name: str) -> None:
    """Send a signal to every process of the pod."""
    address = database.kubectl("get", "pod", pod, "-o", "jsonpath={.status.podIP}")
    inside = database.cluster.netns(address)
    pids = database.cluster.node("ip", "netns", "pids", inside).stdout.split()
    # Some end before their turn comes.
    database.cluster.node("kill", f"-{name}", *pids, check=False)


def kill(database: Database, pod: str) -> None:
    """End the pod's processes at once, and keep its node from taking it up again."""
    database.kubectl("cordon", "k8s1")
    signal(database, pod, "KILL")
    database.kubectl("delete", "pod", pod, "--force", "--grace-period=0")


def written(database: Database) -> int:
    """How many writes the client has been told are kept."""
    words = ("exec", "client", "--", "sh", "-c", "cat /tmp/acknowledged | wc -l")
    return int(database.kubectl(*words, space="health"))


def test_no_acknowledged_write_is_lost_when_the_primary_is_killed(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert until_true(lambda: "sync" in database.ask("SELECT sync_state FROM pg_stat_replication"))
    first = database.primary()
    database.as_client("health", "health", "CREATE TABLE written (number int PRIMARY KEY)")
    script = CLIENT.read_text("utf-8")
    start = 'python3 -u -c "$0" >/tmp/acknowledged 2>/tmp/said &'
    database.kubectl("exec", "client", "--", "sh", "-c", start, script, space="health")
    assert until_true(lambda: written(database) > ENOUGH)
    try:
        kill(database, first)
        other = lambda: database.primary() not in ("", first)  # noqa: E731
        assert until_true(other)
        before = written(database)
        assert until_true(lambda: written(database) > before + ENOUGH)
        read = ("exec", "client", "--", "sh", "-c", "kill $(cat /tmp/pid); cat /tmp/acknowledged")
        lines = [json.loads(line) for line in database.kubectl(*read, space="health").split()]
    finally:
        database.kubectl("uncordon", "k8s1")
    kept = set(map(int, database.ask("SELECT number FROM written").split()))
    acknowledged = [number for number, _ in lines]
    moments = [moment for _, moment in lines]
    gap = max(after - before for before, after in itertools.pairwise(moments))
    lost = set(acknowledged) - kept
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(acknowledged)} acknowledged, {len(lost)} lost, {gap:.1f} s without writing\n"
        )

    assert lost == set()
    assert gap > 1
    database.wait()


def test_a_moment_comes_back_with_what_was_dropped_and_nothing_later(database: Database) -> None:
    database.as_client("health", "health", "CREATE TABLE ledger AS SELECT 'before' AS entry")
    time.sleep(1)
    moment = database.ask("SELECT to_char(now(), 'YYYY-MM-DD HH24:MI:SS.US') || '+00'")
    time.sleep(1)
    database.as_client("health", "health", "INSERT INTO ledger VALUES ('after')")
    database.as_client("health", "health", "CREATE TABLE later (); DROP TABLE ledger")
    segment = database.ask("SELECT pg_walfile_name(pg_switch_wal())")
    archived = "SELECT last_archived_wal FROM pg_stat_archiver"
    assert until_true(lambda: database.ask(archived) >= segment)

    database.kubectl("scale", "statefulset", "database", "--replicas=0")
    database.kubectl("wait", "--for=delete", "pod", "-l", "hue-infra/database", "--timeout=120s")
    database.kubectl("delete", "pvc", "data-database-0", "data-database-1")
    database.kubectl("delete", "endpoints", "-l", "hue-infra/database=database")
    database.lay(restore={"time": moment})
    database.wait()

    # The service's rules follow its addresses by a moment.
    entries = lambda: database.as_client("health", "health", "SELECT entry FROM ledger")  # noqa: E731
    until_true(lambda: entries() == "before")
    assert entries() == "before"
    assert 'relation "later" does not exist' in database.as_client(
        "health", "health", "SELECT FROM later"
    )
