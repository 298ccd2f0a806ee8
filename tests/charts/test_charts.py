"""Every chart, rendered by the real helm: manifests as kept, bad values refused, habits held."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from hue_infra.errors import ToolError
from hue_infra.stacks import observability
from hue_infra.tools import helm

ROOT = Path(__file__).parent.parent.parent
CHARTS = sorted(path.parent for path in (ROOT / "charts").glob("*/Chart.yaml"))
GOLDEN = ROOT / "tests/cases/charts"
CASES = sorted(path for chart in CHARTS for path in chart.glob("ci/*-values.yaml"))
LABELS = {
    *("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by"),
    *("app.kubernetes.io/version", "app.kubernetes.io/part-of", "helm.sh/chart"),
}

OF_THE_CLUSTER = ("ClusterRole", "ClusterRoleBinding", "GatewayClass")

# The first test that needs helm builds it, which takes minutes on a machine that never did.
pytestmark = pytest.mark.slow


def read(path: Path) -> dict[str, object]:
    loaded: dict[str, object] = YAML(typ="safe").load(path.read_text("utf-8"))
    return loaded


def rendered(case: Path) -> list[helm.Manifest]:
    chart = case.parent.parent
    return helm.render(chart, "sample", f"{chart.name}-test", read(case))


def text(manifests: list[helm.Manifest]) -> str:
    kept = io.StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump_all(manifests, kept)
    return kept.getvalue()


def named(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.name.removesuffix('-values.yaml')}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_manifests_are_those_kept(case: Path) -> None:
    """A wanted change: delete the kept file, run again, read the difference in the commit."""
    kept = GOLDEN / f"{named(case)}.yaml"
    seen = text(rendered(case))
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(seen, "utf-8")
        pytest.fail(f"{kept} was missing and is written anew")

    assert seen == kept.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_helm_finds_no_fault(case: Path) -> None:
    helm.lint(case.parent.parent, case)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_objects_bear_the_labels_and_the_namespace(case: Path) -> None:
    for one in rendered(case):
        metadata = one["metadata"]
        assert isinstance(metadata, dict)
        assert set(metadata["labels"]) >= LABELS, metadata["name"]
        if one["kind"] in OF_THE_CLUSTER:
            assert "namespace" not in metadata
        else:
            assert metadata["namespace"] in namespaces(case)


def namespaces(case: Path) -> set[str]:
    """Where a chart's objects may be: its own namespace, and those whose routes it serves."""
    gateways = read(case).get("gateways", [])
    assert isinstance(gateways, list)
    served = {host["namespace"] for gateway in gateways for host in gateway["hosts"]}
    return {f"{case.parent.parent.name}-test", *served}


def workloads(case: Path) -> Iterator[dict[str, dict[str, dict[str, dict[str, object]]]]]:
    for one in rendered(case):
        if one["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
            yield one  # type: ignore[misc]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_workloads_keep_the_habits(case: Path) -> None:
    kinds = {one["kind"] for one in rendered(case)}
    found = list(workloads(case))

    assert found
    assert {"NetworkPolicy", "PodDisruptionBudget"} <= kinds
    for one in found:
        spec = one["spec"]["template"]["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True  # type: ignore[index]
        for container in spec["containers"]:
            assert isinstance(container, dict)
            assert re.search(r"@sha256:[0-9a-f]{64}$", container["image"])
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert {"requests", "limits"} <= set(container["resources"])
            assert {"livenessProbe", "readinessProbe"} <= set(container)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_selectors_name_only_what_never_changes(case: Path) -> None:
    for one in workloads(case):
        chosen = one["spec"]["selector"]["matchLabels"]

        assert set(chosen) == {"app.kubernetes.io/name", "app.kubernetes.io/instance"}


REFUSED = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/web:1.0.0"}, "/image"),
    "single pod": ({"replicas": 1}, "/replicas"),
    "service in clear text": (
        {"services": [{"title": "a", "title_en": "a", "url": "http://a.example"}]},
        "/services/0/url",
    ),
    "unknown language": ({"language": "fr"}, "/language"),
    "gateway without a host": ({"gateway": {"name": "public"}, "authority": "a"}, "/hosts"),
    "gateway that trusts nobody": (
        {"gateway": {"name": "public"}, "hosts": ["portal.example.vn"]},
        "/authority",
    ),
}


REFUSED_DATABASE = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/database:15.1"}, "/image"),
    "single pod": ({"replicas": 1}, "/replicas"),
    "no tenant": ({"tenants": []}, "/tenants"),
    "tenant twice": ({"tenants": ["health", "health"]}, "/tenants"),
    "tenant that is a system's role": ({"tenants": ["postgres"]}, "/tenants/0"),
    "tenant that breaks out of its line": ({"tenants": ["a all\nhost"]}, "/tenants/0"),
    "failover faster than the lock": ({"failover": {"seconds": 5}}, "/failover/seconds"),
    "volume without a unit": ({"storage": {"data": "10"}}, "/storage/data"),
    "moment without a zone": ({"restore": {"time": "2026-01-31 08:30:00"}}, "/restore/time"),
    "moment that is a command": ({"restore": {"time": "$(id)"}}, "/restore/time"),
}


REFUSED_INGRESS: dict[str, tuple[dict[str, object], str]] = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/ingress:1.9.0"}, "/image"),
    "no gateway": ({"gateways": []}, "/gateways"),
    "gateway without a host": (
        {"gateways": [{"name": "public", "nodePort": 30443, "hosts": []}]},
        "/gateways/0/hosts",
    ),
    "port that Kubernetes does not give out": (
        {"gateways": [{"name": "public", "nodePort": 443, "hosts": [{}]}]},
        "/gateways/0/nodePort",
    ),
    "host that is any": (
        {
            "gateways": [
                {
                    "name": "public",
                    "nodePort": 30443,
                    "hosts": [{"name": "*", "namespace": "portal", "secret": "portal-tls"}],
                }
            ]
        },
        "/gateways/0/hosts/0/name",
    ),
    "client that is no network": ({"clients": ["everybody"]}, "/clients/0"),
}


def test_a_host_is_of_its_platforms_namespace_alone_and_no_secret_of_others_is_read() -> None:
    manifests = rendered(ROOT / "charts/ingress/ci/full-values.yaml")
    gateways = [one["spec"] for one in manifests if one["kind"] == "Gateway"]
    listeners = [one for spec in gateways for one in spec["listeners"]]  # type: ignore[index]
    led = {
        one["hostname"]: one["allowedRoutes"]["namespaces"]["selector"]["matchLabels"]
        for one in listeners
    }
    readers = {
        one["metadata"]["namespace"]  # type: ignore[index]
        for one in manifests
        if one["kind"] == "Role" and "secrets" in str(one["rules"])
    }
    wide = [one for one in manifests if one["kind"] == "ClusterRole" and "secrets" in str(one)]

    name = "kubernetes.io/metadata.name"
    assert led == {
        "portal.hue.gov.vn": {name: "portal"},
        "hue.gov.vn": {name: "portal"},
        "records.hue.gov.vn": {name: "records"},
    }
    assert readers == {"ingress-test", "portal", "records"}
    assert wide == []


def test_no_password_stands_in_what_the_database_is_rendered_to() -> None:
    """Passwords come from the Secret alone, by reference or as files."""
    manifests = rendered(ROOT / "charts/database/ci/full-values.yaml")
    environment = [
        one
        for manifest in manifests
        if manifest["kind"] == "StatefulSet"
        for container in manifest["spec"]["template"]["spec"]["containers"]  # type: ignore[index]
        for one in container.get("env", [])
        if "PASSWORD" in one["name"]
    ]

    assert "Secret" not in {one["kind"] for one in manifests}
    assert len(environment) == 3
    assert all("secretKeyRef" in one["valueFrom"] for one in environment)


def test_every_tenant_may_come_to_its_own_database_and_no_other() -> None:
    manifests = rendered(ROOT / "charts/database/ci/full-values.yaml")
    (settings,) = (
        one["data"]["patroni.yml"]  # type: ignore[index]
        for one in manifests
        if one["kind"] == "ConfigMap" and "patroni.yml" in one["data"]  # type: ignore[operator]
    )
    lines = YAML(typ="safe").load(settings)["postgresql"]["pg_hba"]
    pairs = {tuple(line.split()[1:3]) for line in lines if line.split()[0] == "hostssl"}
    tenants = read(ROOT / "charts/database/ci/full-values.yaml")["tenants"]

    assert isinstance(tenants, list)
    own = {("replication", "replicator"), ("postgres", "rewinder")}
    assert pairs == {(one, one) for one in tenants} | own
    assert [line for line in lines if line.startswith("host ")] == []


NOTICES: dict[str, object] = {
    "name": "notices",
    "subjects": ["health.>"],
    "days": 1,
    "size": "1Gi",
}


def stream(**change: object) -> dict[str, object]:
    """Values with one tenant and one stream, changed."""
    kept = {key: value for key, value in (NOTICES | change).items() if value is not None}
    return {"tenants": [{"name": "health", "streams": [kept]}]}


REFUSED_MESSAGING = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/messaging:2.14.10"}, "/image"),
    "two servers, of which none may fail": ({"replicas": 2}, "/replicas"),
    "no tenant": ({"tenants": []}, "/tenants"),
    "tenant that is the platform": ({"tenants": [{"name": "platform"}]}, "/tenants/0/name"),
    "tenant that breaks out of its line": ({"tenants": [{"name": "a {"}]}, "/tenants/0/name"),
    "tenant twice": ({"tenants": [{"name": "a"}, {"name": "a", "leaf": True}]}, "one name"),
    "stream twice": (
        {"tenants": [{"name": "health", "streams": [NOTICES, NOTICES | {"days": 2}]}]},
        "two streams have one name",
    ),
    "stream without an end": (stream(days=None), "days"),
    "stream without a size": (stream(size="1"), "/tenants/0/streams/0/size"),
    "stream of all subjects": (stream(subjects=[">"]), "/tenants/0/streams/0/subjects/0"),
    "stream of the servers' own subjects": (
        stream(subjects=["$JS.API.>"]),
        "/tenants/0/streams/0/subjects/0",
    ),
    "stream from nowhere": (stream(subjects=None), "/tenants/0/streams/0"),
    "stream from here and there": (stream(fromLeaf=True), "/tenants/0/streams/0"),
    "stream from a leaf that is none": (stream(subjects=None, fromLeaf=True), "leaf node"),
    "more replicas than servers": (stream(replicas=5), "more replicas than servers"),
    "reader that is no tenant": (stream(readers=["nobody"]), "reader nobody"),
    "reader of its own": (stream(readers=["health"]), "reader health"),
    "message that no server takes": ({"messageSize": "9Mi"}, "/messageSize"),
    "port that nodes do not open": ({"service": {"nodePort": 443}}, "/service/nodePort"),
}


def settings_of(chart: str) -> tuple[str, list[helm.Manifest]]:
    """The server's settings in a chart's fullest case, and all of its manifests."""
    manifests = rendered(ROOT / f"charts/{chart}/ci/full-values.yaml")
    (settings,) = (
        one["data"]["server.conf"]  # type: ignore[index]
        for one in manifests
        if one["kind"] == "ConfigMap" and "server.conf" in one["data"]  # type: ignore[operator]
    )
    return str(settings), manifests


def test_no_password_stands_in_what_messaging_is_rendered_to() -> None:
    """Its settings name each, and the program reads them from the Secret's files."""
    settings, manifests = settings_of("messaging")
    named = re.findall(r"password: (\S+)", settings)

    assert "Secret" not in {one["kind"] for one in manifests}
    assert len(named) == 11
    assert all(one.startswith("$PASSWORD_") for one in named)
    assert "secretKeyRef" not in text(manifests)


def test_a_tenant_of_messaging_publishes_to_its_own_subjects_alone() -> None:
    settings, _ = settings_of("messaging")
    found = re.findall(r"user: (\w+)\n.*?publish { allow: (\[.*?\]) }", settings, re.DOTALL)
    own = {
        user: [one for one in json.loads(allowed) if not one.startswith("$JS.")]
        for user, allowed in found
    }

    assert own == {
        "health": ["health.notices.>", "health.urgent.*", "health.figures.>"],
        "education": [],
        "phu_xuan": [],
        "thuan_hoa": [],
    }


def device(**change: object) -> dict[str, object]:
    """Values with one device, changed."""
    own = {"name": "river", "place": "Kim Long", "every": 300, "quantities": [LEVEL]}
    return {"devices": [own | change]}


def limits(*found: object) -> dict[str, object]:
    """Values with one device, and limits of what it measures."""
    return device(quantities=[LEVEL | {"limits": list(found)}])


LEVEL = {"name": "level", "unit": "m"}
HIGH = {"name": "high", "above": 3.5, "severity": "critical"}
LIMITS = "/devices/0/quantities/0/limits"
REFUSED_IOT = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/iot:2.14.10"}, "/image"),
    "two servers, of which none may fail": ({"replicas": 2}, "/replicas"),
    "no device": ({"devices": []}, "/devices"),
    "device of the proofs": (device(name="proof"), "/devices/0/name"),
    "device that breaks out of its line": (device(name="a {"), "/devices/0/name"),
    "device that never speaks": (device(every=0), "/devices/0/every"),
    "device that measures nothing": (device(quantities=[]), "/devices/0/quantities"),
    "device twice": (
        {"devices": device()["devices"] + device(every=60)["devices"]},  # type: ignore[operator]
        "two have one name",
    ),
    "reader that is a device": (device() | {"readers": ["river"]}, "two have one name"),
    "quantity twice": (device(quantities=[LEVEL, LEVEL | {"unit": "cm"}]), "one name"),
    "limit twice": (limits(HIGH, HIGH | {"above": 4}), "two limits have one name"),
    "limit of nothing": (limits({"name": "high", "severity": "critical"}), f"{LIMITS}/0"),
    "limit both ways": (limits(HIGH | {"below": 1}), f"{LIMITS}/0"),
    "limit of no severity": (limits(HIGH | {"severity": "high"}), f"{LIMITS}/0/severity"),
    "port that nodes do not open": ({"service": {"nodePort": 8883}}, "/service/nodePort"),
}


def test_a_device_of_iot_says_what_is_its_own_and_hears_nothing() -> None:
    settings, manifests = settings_of("iot")
    devices = re.findall(
        r"user: (\w+)\n *password: .*\n *allowed_connection_types: \[MQTT\]\n"
        r" *permissions { publish { allow: (.*?) }, subscribe { (.*?) } }",
        settings,
    )

    assert devices == [
        (name, f'["devices.{name}.*"]', 'deny: [">"]')
        for name in ("proof", "huong_kim_long", "air_thuan_hoa")
    ]
    assert all(one.startswith("$PASSWORD_") for one in re.findall(r"password: (\S+)", settings))
    assert "secretKeyRef" not in text(manifests)


AGENCIES = [
    {"name": "health", "certificate": "syt.hue.gov.vn"},
    {"name": "insurer", "certificate": "bhxh.hue.gov.vn"},
]
CONTRACT = {"agency": "insurer", "methods": ["GET"], "paths": ["/"], "perMinute": 1}
OFFER = {
    "name": "insured",
    "provider": "health",
    "address": "10.0.0.1:8443",
    "network": "10.0.0.1/32",
    "host": "api.syt.hue.gov.vn",
}


def offer(**change: object) -> dict[str, object]:
    """Values with two agencies and one service, changed."""
    kept = {key: value for key, value in (OFFER | change).items() if value is not None}
    return {"agencies": AGENCIES, "services": [kept]}


def agreed(**change: object) -> dict[str, object]:
    """Values with one contract, changed."""
    return offer(contracts=[CONTRACT | change])


CONTRACTS = "/services/0/contracts/0"
REFUSED_GATEWAY = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/gateway:1.39.3"}, "/image"),
    "one pod, which may not go": ({"replicas": 1}, "/replicas"),
    "agency twice": ({"agencies": [AGENCIES[0], AGENCIES[1] | {"name": "health"}]}, "one name"),
    "certificate twice": (
        {"agencies": [AGENCIES[0], AGENCIES[0] | {"name": "a"}]},
        "two have one certificate",
    ),
    "certificate that is no name": (
        {"agencies": [{"name": "a", "certificate": ".*"}]},
        "/agencies/0/certificate",
    ),
    "prover that is an agency": (offer() | {"prover": "syt.hue.gov.vn"}, "prover: is an agency"),
    "service of the proofs": (offer(name="platform"), "/services/0/name"),
    "service twice": ({"agencies": AGENCIES, "services": [OFFER, OFFER | {"host": "a.b"}]}, "name"),
    "provider that is no agency": (offer(provider="nobody"), "provider nobody"),
    "address without a port": (offer(address="10.0.0.1"), "/services/0/address"),
    "service that nothing lets out to": (offer(network=None), "/services/0"),
    "service in two places": (offer(namespace="records"), "/services/0"),
    "contract with nobody": (agreed(agency="nobody"), "which is no agency"),
    "contract twice": (
        offer(contracts=[CONTRACT, CONTRACT | {"perMinute": 2}]),
        "two contracts with insurer",
    ),
    "contract for any method": (agreed(methods=["*"]), f"{CONTRACTS}/methods/0"),
    "contract for a pattern": (agreed(paths=["/a.*"]), f"{CONTRACTS}/paths/0"),
    "contract for what lies above": (agreed(paths=["/a/../b"]), f"{CONTRACTS}/paths/0"),
    "contract without a limit": (agreed(perMinute=0), f"{CONTRACTS}/perMinute"),
    "contract until no month": (agreed(until="2027-13-01"), f"{CONTRACTS}/until"),
    "contract until no day": (agreed(until="2027-02-30"), "which is no day"),
    "port that nodes do not open": ({"service": {"nodePort": 443}}, "/service/nodePort"),
}


def bucket(**change: object) -> dict[str, object]:
    """Values with one bucket, changed."""
    return {"buckets": [{"name": "evidence", "owner": "court"} | change]}


REFUSED_OBJECTS = {
    "unknown key": ({"replicas": 2}, "replicas"),
    "image by tag": ({"image": "hue-infra.internal/objects:1.8.0"}, "/image"),
    "no bucket": ({"buckets": []}, "/buckets"),
    "bucket that no address names": (bucket(name="Evidence"), "/buckets/0/name"),
    "bucket of the proofs": (bucket(name="platform-proof"), "/buckets/0/name"),
    "bucket twice": (
        {"buckets": [{"name": "evidence", "owner": "a" * 2}, {"name": "evidence", "owner": "bb"}]},
        "two are called evidence",
    ),
    "owner that is the keeper": (bucket(owner="keeper"), "/buckets/0/owner"),
    "reader that breaks out of its line": (bucket(readers=['a"b']), "/buckets/0/readers/0"),
    "gateway without a host": ({"gateway": {"name": "public"}}, "/hosts"),
    "lock of no kind": (bucket(lock={"mode": "strict", "days": 1}), "/buckets/0/lock/mode"),
    "lock without an end": (bucket(lock={"mode": "compliance"}), "days"),
    "end before the lock's": (
        bucket(lock={"mode": "compliance", "days": 30}, expire=30),
        "expires after 30 days, and is locked for 30",
    ),
}


def test_no_key_of_the_object_store_is_in_anybodys_reach_but_its_own() -> None:
    """The pod that keeps the buckets sees its own key alone, and no setting names one."""
    manifests = rendered(ROOT / "charts/objects/ci/full-values.yaml")
    (keeper,) = (one["spec"] for one in manifests if one["kind"] == "Deployment")
    volumes = {one["name"]: one for one in keeper["template"]["spec"]["volumes"]}  # type: ignore[index]

    assert "Secret" not in {one["kind"] for one in manifests}
    assert "secretKeyRef" not in text(manifests)
    assert volumes["passwords"]["secret"]["items"] == [{"key": "keeper", "path": "keeper"}]
    assert volumes["tls"]["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}]


REFUSED_OBSERVABILITY: dict[str, tuple[dict[str, object], str]] = {
    "unknown key": ({"replica": 3}, "replica"),
    "image by tag": ({"image": "hue-infra.internal/observability:2.42.0"}, "/image"),
    "no machine": ({"machines": []}, "/machines"),
    "machine by its name": ({"machines": [{"name": "a", "address": "a"}]}, "/machines/0/address"),
    "path that is a query": (
        {"platforms": [{"namespace": "a", "service": "a", "port": "a", "path": "/a?b"}]},
        "/platforms/0/path",
    ),
    "page that nobody vouches for": (
        {"pages": [{"host": "a.example.vn", "gateway": "public", "namespace": "ingress"}]},
        "/authority",
    ),
    "board without a password": (
        {"gateway": {"name": "public"}, "hosts": ["a.example.vn"], "users": {"names": ["an"]}},
        "/users",
    ),
    "user that breaks out of its line": ({"users": {"names": ["a:b"]}}, "/users/names/0"),
    "receiver that is nowhere": (
        {"alerts": {"receivers": [{"name": "a", "severities": ["critical"]}]}},
        "/alerts/receivers/0",
    ),
    "receiver of nothing": (
        {"alerts": {"receivers": [{"name": "a", "severities": [], "emails": ["a@example.vn"]}]}},
        "/alerts/receivers/0/severities",
    ),
    "webhook with a password in it": (
        {
            "alerts": {
                "receivers": [
                    {
                        "name": "a",
                        "severities": ["critical"],
                        "webhooks": ["https://a:b@example.vn"],
                    }
                ]
            }
        },
        "/alerts/receivers/0/webhooks/0",
    ),
    "exporter that is shown no certificate": (
        {"exporters": [{"name": "a", "host": "a.example.vn"}], "authority": "a"},
        "/client",
    ),
    "way to everywhere by a name": (
        {"alerts": {"ways": [{"network": "mail.example.vn", "port": 25}]}},
        "/alerts/ways/0/network",
    ),
    "looking all the time": ({"interval": 1}, "/interval"),
}


def test_every_alert_says_what_it_is_in_both_languages_and_nothing_else_is_said() -> None:
    files = ROOT / "charts/observability/files"
    words = YAML(typ="safe").load((files / "words.yaml").read_text("utf-8"))
    rules = YAML(typ="safe").load((files / "alerts.yaml").read_text("utf-8"))["rules"]
    board = (files / "board.html").read_text("utf-8")
    alerts = {rule["alert"] for rule in rules if "alert" in rule}
    asked = set(re.findall(r"@([a-z_]+)@", board)) - {"language", "other_language"}

    for language in ("vi", "en"):
        assert set(words[language]["alerts"]) == alerts
        assert set(words[language]["board"]) == asked


SOURCES = [(chart, one) for chart, some in observability.TOLD.items() for one in some]
SOURCES += [("ingress", one) for one in observability.OF_GATEWAYS]


@pytest.mark.parametrize(("chart", "source"), SOURCES)
def test_whom_the_stack_names_to_prometheus_has_such_a_service(
    chart: str, source: observability.Source
) -> None:
    end, port, _ = source
    services = {
        one["metadata"]["name"]: one["spec"]  # type: ignore[index]
        for one in rendered(ROOT / f"charts/{chart}/ci/full-values.yaml")
        if one["kind"] == "Service"
    }
    spec = services[f"sample-{chart}{end}"]

    assert spec["clusterIP"] == "None"
    assert port in [one["name"] for one in spec["ports"]]


REFUSALS = {
    "portal": REFUSED,
    "database": REFUSED_DATABASE,
    "ingress": REFUSED_INGRESS,
    "gateway": REFUSED_GATEWAY,
    "iot": REFUSED_IOT,
    "messaging": REFUSED_MESSAGING,
    "objects": REFUSED_OBJECTS,
    "observability": REFUSED_OBSERVABILITY,
}


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, cases in REFUSALS.items() for case in cases]
)
def test_schema_refuses(name: str, case: str) -> None:
    change, said = REFUSALS[name][case]
    chart = ROOT / "charts" / name
    values = read(chart / "ci/least-values.yaml") | change

    with pytest.raises(ToolError, match=re.escape(said)):
        helm.render(chart, "sample", name, values)


def pages(case: str) -> dict[str, str]:
    manifests = rendered(ROOT / f"charts/portal/ci/{case}-values.yaml")
    found = next(one for one in manifests if one["kind"] == "ConfigMap")["data"]
    assert isinstance(found, dict)
    return found


def test_page_is_in_both_languages_and_each_leads_to_the_other() -> None:
    vi_first, en_first = pages("full"), pages("least")

    assert '<html lang="vi">' in vi_first["index.html"]
    assert 'href="en.html" hreflang="en"' in vi_first["index.html"]
    assert '<html lang="en">' in vi_first["en.html"]
    assert '<html lang="en">' in en_first["index.html"]
    assert 'href="vi.html" hreflang="vi"' in en_first["index.html"]


def test_what_the_operator_writes_cannot_break_the_page() -> None:
    page = pages("full")

    assert "Phản ánh hiện trường &lt;Hue-S&gt;" in page["index.html"]
    assert "Report a problem &amp; follow it" in page["en.html"]
    assert "<Hue-S>" not in page["index.html"]


def test_page_without_services_says_so() -> None:
    assert "No service has been published yet." in pages("least")["index.html"]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_readme_lists_every_value(chart: Path) -> None:
    """The table follows from the comments of values.yaml, which are the source."""
    expected = "\n".join(rows((chart / "values.yaml").read_text("utf-8")))

    assert expected in (chart / "README.md").read_text("utf-8"), expected


def rows(values: str) -> Iterator[str]:
    path: list[tuple[int, str]] = []
    said = ""
    for line in values.splitlines():
        if found := re.match(r"\s*# -- (.*)", line):
            said = found[1]
        elif found := re.match(r"( *)([A-Za-z_]+):(.*)", line):
            depth = len(found[1])
            path = [part for part in path if part[0] < depth]
            path.append((depth, found[2]))
            if said:
                name = ".".join(part for _, part in path)
                yield f"| `{name}` | `{found[3].strip()}` | {said} |"
            said = ""
