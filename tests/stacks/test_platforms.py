"""A province that declares a database gets it in its cluster, by the values of its own file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from hue_infra import words
from hue_infra.cli.main import main
from hue_infra.engine.values import without_secrets
from hue_infra.stacks import machines
from hue_infra.stacks.operations import Deployment, Settings
from hue_infra.tools import artefacts
from hue_infra.verify import brokers, objectstores, sensors

HANAM = Path(__file__).resolve().parents[2] / "provinces/hanam/province.yaml"
DECLARED = """platforms:
  database:
    chart: database
    cluster: shared
    level: 3
    hosts: [csdl.hanam.gov.vn]
    values:
      tenants: [health, social_security]
      storage: {data: 200Gi, backups: 500Gi}
"""
MESSAGING = """platforms:
  exchange:
    chart: messaging
    cluster: shared
    level: 3
    hosts: [truc.hanam.gov.vn]
    values:
      tenants:
        - name: health
          streams: [{name: notices, subjects: [health.>], days: 30, size: 1Gi, readers: [phu_ly]}]
        - {name: phu_ly, leaf: true}
"""
IOT = """platforms:
  sensors:
    chart: iot
    cluster: shared
    level: 3
    hosts: [quan-trac.hanam.gov.vn]
    values:
      devices:
        - {name: day_phu_ly, place: sông Đáy, every: 300, quantities: [{name: level, unit: m}]}
      readers: [environment]
"""
GATEWAY = """platforms:
  lgsp:
    chart: gateway
    cluster: shared
    level: 3
    hosts: []
    values:
      agencies:
        - {name: health, certificate: syt.hanam.gov.vn}
      services:
        - name: insured
          provider: health
          address: 10.46.2.30:8443
          network: 10.46.2.30/32
          host: api.syt.hanam.gov.vn
"""
OBJECTS = """platforms:
  archive:
    chart: objects
    cluster: shared
    level: 3
    hosts: [kho.hanam.gov.vn]
    published: true
    values:
      buckets:
        - {name: evidence, owner: court, readers: [audit], lock: {mode: compliance, days: 3650}}
        - {name: camera-recordings, owner: cameras, readers: [audit], expire: 30}
"""
MONITORING = """platforms:
  monitoring:
    chart: observability
    cluster: shared
    level: 3
    hosts: [giam-sat.hanam.gov.vn]
    published: true
    values: {users: {names: [an, binh]}, storage: {data: 100Gi, days: 365}}
"""

# What renders the chart is built on a machine that never did, which takes minutes.
pytestmark = pytest.mark.slow


@pytest.fixture
def preview(tmp_path, monkeypatch):
    """Preview Hà Nam with a database, after a change to its file."""
    monkeypatch.setattr(words, "_chosen", ["en"])
    monkeypatch.setenv("HUE_INFRA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "một cụm mật khẩu")
    artefacts.ensure("helm")

    def run(old="", new="", code=0, changes=None, target="ssh"):
        text = HANAM.read_text("utf-8").replace("platforms:\n", DECLARED, 1)
        for one, other in (changes or ({old: new} if old else {})).items():
            assert one in text
            text = text.replace(one, other)
        (tmp_path / "province.yaml").write_text(text, "utf-8")
        line = ("preview", "--json", "--lang", "en", "--target", target)
        result = CliRunner().invoke(main, [*line, "--province", str(tmp_path / "province.yaml")])
        assert result.exit_code == code, result.output
        return result

    return run


def test_every_object_of_the_database_is_a_resource_of_the_plan(preview):
    steps = json.loads(preview().stdout)["steps"]
    names = {step["name"] for step in steps if step["name"].startswith("database/")}

    assert {
        "database/tls",
        "database/passwords",
        "database/default-deny",
        "database/StatefulSet/database",
        "database/StatefulSet/database-repository",
    } <= names
    made = [step["name"] for step in steps if step["type"].endswith("Credentials")]
    assert sorted(made) == ["database", "shared-ingress"]


def test_what_is_published_is_led_to_by_the_clusters_door(preview):
    steps = json.loads(preview().stdout)["steps"]
    names = [step["name"] for step in steps]
    kinds = {step["name"]: step["type"].rsplit(":", 1)[-1] for step in steps}

    assert {
        "shared/ingress/namespace",
        "shared/ingress/default-deny",
        "shared/ingress/portal-tls",
        "shared/ingress/Gateway/public",
        "shared/ingress/Deployment/ingress",
        "portal/authority",
        "portal/HTTPRoute/portal",
        "portal/BackendTLSPolicy/portal",
    } <= set(names)
    assert kinds["shared/ingress/portal-tls"] == "Secret"
    # What drives Envoy must be there for its gateways, to the last.
    assert names.index("shared/ingress/Deployment/ingress") < names.index(
        "shared/ingress/GatewayClass/ingress"
    )


def test_a_province_that_publishes_nothing_has_no_door(preview):
    steps = json.loads(preview("published: true", "published: false").stdout)["steps"]
    names = {step["name"] for step in steps}

    assert not [name for name in names if "/ingress/" in name]
    assert "portal/Deployment/portal" in names
    assert "portal/HTTPRoute/portal" not in names


def test_two_clusters_have_a_door_each(preview):
    node, cluster = "      k8s1:", "  shared: {site: dc, control_plane: [k8s1], level: 3}\n"
    kind = "{roles: [kubernetes], zone: dmz, cpus: 8, memory: 32 GiB, disk: 1 TB, rack: R02}"
    second = "cluster: other, level: 3, hosts: [cong.hanam.gov.vn], published: true"
    changes = {
        node: f"      k8s2: {kind}\n{node}",
        cluster: f"{cluster}  other: {{site: dc, control_plane: [k8s2], level: 3}}\n",
        "  portal:\n    chart": f"  second: {{chart: portal, {second}}}\n  portal:\n    chart",
    }

    steps = json.loads(preview(changes=changes).stdout)["steps"]
    names = {step["name"] for step in steps}

    assert {"shared/ingress/Gateway/public", "other/ingress/Gateway/public"} <= names


def test_every_object_of_the_broker_is_a_resource_and_each_user_gets_a_password(preview):
    steps = json.loads(preview("platforms:\n", MESSAGING).stdout)["steps"]
    names = {step["name"] for step in steps if step["name"].startswith("exchange")}

    assert {
        "exchange/tls",
        "exchange/outer-tls",
        "exchange/passwords",
        "exchange/default-deny",
        "exchange/StatefulSet/exchange-messaging",
        "exchange/Deployment/exchange-messaging-streams",
        "exchange/Service/exchange-messaging-leaf",
    } <= names
    assert brokers.users(YAML(typ="safe").load(MESSAGING)["platforms"]["exchange"]["values"]) == [
        *("streams", "health", "phu_ly", "phu_ly.leaf")
    ]


@pytest.mark.parametrize(("target", "simulated"), [("ssh", False), ("lab", True)])
def test_every_object_of_the_sensors_is_a_resource_and_each_device_gets_a_password(
    preview, target, simulated
):
    steps = json.loads(preview("platforms:\n", IOT, target=target).stdout)["steps"]
    names = {step["name"] for step in steps if step["name"].startswith("sensors")}

    assert {
        "sensors/tls",
        "sensors/outer-tls",
        "sensors/passwords",
        "sensors/default-deny",
        "sensors/StatefulSet/sensors-iot",
        "sensors/Deployment/sensors-iot-readings",
    } <= names
    # In a lab no device stands.
    assert ("sensors/Deployment/sensors-iot-simulation" in names) is simulated
    values = YAML(typ="safe").load(IOT)["platforms"]["sensors"]["values"]
    assert sensors.users(values) == ["keeper", "proof", "day_phu_ly", "environment"]


def test_the_gateway_between_agencies_shows_a_certificate_of_the_province(preview):
    steps = json.loads(preview("platforms:\n", GATEWAY).stdout)["steps"]
    names = {step["name"] for step in steps if step["name"].startswith("lgsp")}

    assert {"lgsp", "lgsp/tls", "lgsp/authority", "lgsp/Deployment/lgsp-gateway"} <= names
    assert [one["type"] for one in steps if one["name"] == "lgsp" and "Certificate" in one["type"]]


def test_every_object_of_the_store_is_a_resource_and_each_account_gets_a_key(preview):
    steps = json.loads(preview("platforms:\n", OBJECTS).stdout)["steps"]
    names = {step["name"] for step in steps if step["name"].startswith("archive")}

    assert {
        "archive/tls",
        "archive/passwords",
        "archive/default-deny",
        "archive/StatefulSet/archive-objects",
        "archive/Deployment/archive-objects-buckets",
        "archive/HTTPRoute/archive-objects",
    } <= names
    assert "archive-tls" in {step["name"].removeprefix("shared/ingress/") for step in steps}
    values = YAML(typ="safe").load(OBJECTS)["platforms"]["archive"]["values"]
    assert objectstores.users(values) == ["keeper", "court", "audit", "cameras"]


def test_what_watches_a_cluster_is_told_what_stands_in_it_and_is_let_in(tmp_path, monkeypatch):
    monkeypatch.setenv("HUE_INFRA_HOME", str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "một cụm mật khẩu")
    artefacts.ensure("helm")
    declared = DECLARED + MONITORING.removeprefix("platforms:\n")
    text = HANAM.read_text("utf-8").replace("platforms:\n", declared, 1)
    (tmp_path / "province.yaml").write_text(text, "utf-8")
    deployment = Deployment.open(Settings(tmp_path / "province.yaml", target="ssh"))
    steps = [one for one in deployment.preview(lambda _: None).steps if one.new is not None]
    inputs = {step.name: without_secrets(step.new.inputs) for step in steps}
    known = {
        step.name: without_secrets(step.new.inputs)["users"]
        for step in steps
        if step.type.endswith("Credentials")
    }
    full = "monitoring-observability"
    settings = inputs[f"monitoring/ConfigMap/{full}"]["data"]["prometheus.yml"]
    asked = YAML(typ="safe").load(settings)["scrape_configs"]
    board = inputs["monitoring/users"]["stringData"]

    assert [one["job_name"] for one in asked] == [
        *("observability", "api", "containers", "machine", "system"),
        "platform/database/database-pods",
        "platform/ingress/ingress-metrics",
        "platform/ingress/ingress-envoy-metrics",
        *("page/giam-sat.hanam.gov.vn", "page/portal.hanam.gov.vn"),
    ]
    assert {one["job_name"]: one["params"]["module"] for one in asked[-2:]} == {
        "page/giam-sat.hanam.gov.vn": ["closed"],
        "page/portal.hanam.gov.vn": ["page"],
    }
    assert [one["labels"]["node"] for one in asked[1]["static_configs"]] == ["dc-k8s1"]
    told = [one["labels"]["node"] for one in asked[4]["static_configs"]]
    assert told == [one.name for one in deployment.scene().blueprint.machines]
    roles = {step.name: step.new.inputs["order"] for step in steps if "order" in step.new.inputs}
    assert all("figures" in roles[name] for name in told)
    assert known["monitoring"] == ["an", "binh"]
    assert list(board) == [".htpasswd"]
    for policy in ("database/NetworkPolicy/database", "shared/ingress/NetworkPolicy/ingress-envoy"):
        assert "'kubernetes.io/metadata.name': 'monitoring'" in str(inputs[policy])


def test_a_platform_whose_cluster_nobody_watches_lets_nobody_in_to_do_so(preview):
    steps = json.loads(preview().stdout)["steps"]

    assert not [step["name"] for step in steps if step["name"].endswith("ingress-envoy-metrics")]


def test_a_tenant_that_the_chart_refuses_ends_the_preview_by_its_name(preview):
    result = preview("[health, social_security]", "[health, postgres]", code=5)

    assert "/tenants/1" in result.stderr


def test_the_portals_certificate_can_be_renewed_by_its_cluster(tmp_path, monkeypatch):
    """The cluster is told to, and a client may show it; what a platform has for itself is not."""
    monkeypatch.setenv("HUE_INFRA_HOME", str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "một cụm mật khẩu")
    artefacts.ensure("helm")
    (tmp_path / "province.yaml").write_text(
        HANAM.read_text("utf-8").replace("platforms:\n", DECLARED, 1), "utf-8"
    )
    deployment = Deployment.open(Settings(tmp_path / "province.yaml", target="ssh"))
    inputs = {
        step.name: without_secrets(step.new.inputs)
        for step in deployment.preview(lambda _: None).steps
        if step.new is not None and step.type.endswith((":Secret", ":Certificate"))
    }

    assert inputs["portal/tls"]["metadata"]["labels"] == {"hue-infra/renewed-by": "est"}
    assert inputs["portal"]["profile"] == "machine"
    assert "labels" not in inputs["database/tls"]["metadata"]


@pytest.mark.parametrize(("declared", "like"), [("platforms:\n", True), (DECLARED, False)])
def test_what_holds_a_labs_own_data_begins_with_no_disk_of_another(tmp_path, declared, like):
    """The passwords in such data are those of the lab that made them."""
    file = tmp_path / "province.yaml"
    file.write_text(HANAM.read_text("utf-8").replace("platforms:\n", declared, 1), "utf-8")
    scene = Deployment.open(Settings(file)).scene()
    (plan,) = scene.blueprint.clusters
    names = {one.name: machines._is_like_any_other(scene, one) for one in scene.blueprint.machines}

    assert names.pop(plan.control_plane[0]) is like
    assert all(names.values())
