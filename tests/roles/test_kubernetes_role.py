"""The Kubernetes role's inputs are told once, and its files render to what the programs accept."""

import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from ruamel.yaml import YAML

from hue_infra.tools.pins import pins

ROLE = Path(__file__).parent.parent.parent / "roles/kubernetes"
YAML_ = YAML(typ="safe")


def options() -> dict[str, dict[str, object]]:
    spec = YAML_.load((ROLE / "meta/argument_specs.yml").read_text("utf-8"))
    found: dict[str, dict[str, object]] = spec["argument_specs"]["main"]["options"]
    return found


def defaults() -> dict[str, object]:
    found: dict[str, object] = YAML_.load((ROLE / "defaults/main.yml").read_text("utf-8"))
    return found


def test_defaults_are_those_of_the_specification() -> None:
    told = {name: one["default"] for name, one in options().items() if "default" in one}

    assert defaults() == told


def test_readme_lists_every_input() -> None:
    readme = (ROLE / "README.md").read_text("utf-8")

    assert re.findall(r"^\| `(kubernetes_\w+)`", readme, re.MULTILINE) == list(options())
    assert [name for name, one in options().items() if str(one["description"]) not in readme] == []


def test_what_is_dangerous_to_guess_must_be_given() -> None:
    required = {name for name, one in options().items() if one.get("required")}

    assert {"kubernetes_node_addresses", "kubernetes_pod_cidrs", "kubernetes_resolvers"} <= required
    assert required.isdisjoint(defaults())


def rendered(template: str, **changed: object) -> str:
    environment = Environment(  # noqa: S701 - no HTML here
        loader=FileSystemLoader(ROLE / "templates"), undefined=StrictUndefined
    )
    environment.filters |= {
        "comment": lambda text: f"# {text}",
        "bool": bool,
        "to_json": json.dumps,
        "unique": lambda items: list(dict.fromkeys(items)),
    }
    given: dict[str, object] = {
        "ansible_managed": "managed",
        "kubernetes_node_name": "node1",
        "kubernetes_node_addresses": ["10.0.0.5", "fd00::5"],
        "kubernetes_is_control_plane": True,
        "kubernetes_is_worker": True,
        "kubernetes_level": 0,
        "kubernetes_virtual_addresses": [],
        "kubernetes_api_endpoint": "10.0.0.5:6443",
        "kubernetes_api_names": ["k8s.example"],
        "kubernetes_cluster_name": "kubernetes",
        "kubernetes_cluster_domain": "cluster.local",
        "kubernetes_pod_cidrs": ["10.60.0.0/20", "fd60::/64"],
        "kubernetes_service_cidrs": ["10.61.0.0/20", "fd61::/112"],
        "kubernetes_resolvers": ["10.0.0.2"],
        "kubernetes_version": pins().cluster.kubernetes,
        "kubernetes_registry": pins().cluster.registry,
        "kubernetes_coredns_tag": pins().cluster.coredns,
        "kubernetes_metrics_server_tag": pins().cluster.metrics_server,
        "kubernetes_etcd_tag": pins().cluster.etcd,
        "kubernetes_pause_image": "hue-infra.internal/pause@sha256:0",
        "kubernetes_node_ports": "30000-32767",
        "kubernetes_audit_days": 180,
        "kubernetes_volume_directory": "/var/lib/kubernetes-volumes",
        "kubernetes_privileged_namespaces": ["kube-system"],
        "kubernetes_ignored_preflight": [],
        "kubernetes_cni_directory": "/usr/lib/cni",
        "__kubernetes_leftovers": ["Port-6443"],
        "__kubernetes_unverifiable": [],
        "__kubernetes_taint": {"key": "node-role.kubernetes.io/control-plane"},
        "__kubernetes_mask4": 24,
        "__kubernetes_ciphers": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
        "__kubernetes_mask6": 64,
        "__kubernetes_cgroup_driver": "systemd",
        "__kubernetes_restricted": False,
    }
    return environment.get_template(template).render(given | changed)


def test_only_a_restricted_machine_gets_the_concessions() -> None:
    free, bound = (
        rendered("kubeadm.yaml.j2", __kubernetes_restricted=one) for one in (False, True)
    )

    for gate in ("KubeletInUserNamespace", "KubeletCrashLoopBackOffMax"):
        assert gate not in free
        assert f"{gate}: true" in bound
    assert "restrict_oom_score_adj = false" in rendered("containerd.toml.j2")
    assert "restrict_oom_score_adj = true" in rendered(
        "containerd.toml.j2", __kubernetes_restricted=True
    )


def test_pods_are_ended_for_a_disk_only_when_it_is_about_to_be_full() -> None:
    objects = {one["kind"]: one for one in YAML_.load_all(rendered("kubeadm.yaml.j2"))}
    kubelet = objects["KubeletConfiguration"]

    assert kubelet["imageGCHighThresholdPercent"] == 100
    # What is not named there is not watched at all.
    assert set(kubelet["evictionHard"]) == {
        "memory.available",
        *("nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree"),
    }
    assert kubelet["evictionHard"]["imagefs.available"] == "5%"


def test_no_image_is_ever_pulled() -> None:
    init, cluster, _ = YAML_.load_all(rendered("kubeadm.yaml.j2"))

    assert init["nodeRegistration"]["imagePullPolicy"] == "Never"
    assert cluster["imageRepository"].endswith(".internal")


JOINING = {
    "__kubernetes_token": {"stdout": "abcdef.0123456789abcdef\n"},
}


def test_a_worker_joins_by_a_token_alone() -> None:
    told = YAML_.load(rendered("join.yaml.j2", kubernetes_is_control_plane=False, **JOINING))

    assert told["discovery"]["tlsBootstrapToken"] == "abcdef.0123456789abcdef"
    assert "controlPlane" not in told
    assert told["nodeRegistration"]["name"] == "node1"


def test_a_machine_in_control_joins_as_one_and_keeps_workloads_away() -> None:
    told = YAML_.load(rendered("join.yaml.j2", kubernetes_is_worker=False, **JOINING))

    assert told["controlPlane"]["localAPIEndpoint"]["advertiseAddress"] == "10.0.0.5"
    assert [one["key"] for one in told["nodeRegistration"]["taints"]] == [
        "node-role.kubernetes.io/control-plane"
    ]


@pytest.mark.parametrize("name", ["admission", "audit", "authentication"])
def test_configuration_of_the_api_server_is_whole(name: str) -> None:
    loaded = YAML_.load(rendered(f"{name}.yaml.j2"))

    assert {"apiVersion", "kind"} <= set(loaded)


def test_strangers_may_ask_for_health_alone() -> None:
    loaded = YAML_.load(rendered("authentication.yaml.j2"))["anonymous"]

    assert [one["path"] for one in loaded["conditions"]] == ["/livez", "/readyz", "/healthz"]


def test_services_of_a_node_may_read_four_kinds_and_write_none() -> None:
    role, *_ = YAML_.load_all(rendered("nodes.yaml.j2"))

    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list", "watch"}
    assert sorted(kind for rule in role["rules"] for kind in rule["resources"]) == [
        "namespaces",
        "networkpolicies",
        "nodes",
        "pods",
    ]


def test_a_node_may_write_volumes_and_its_room_and_read_no_secret() -> None:
    objects = list(YAML_.load_all(rendered("volumes.yaml.j2")))
    rules = [rule for one in objects if one["kind"].endswith("Role") for rule in one["rules"]]
    written = {
        kind
        for rule in rules
        if set(rule["verbs"]) - {"list", "watch"}
        for kind in rule["resources"]
    }

    assert written == {"persistentvolumes", "csistoragecapacities"}
    assert "secrets" not in {kind for rule in rules for kind in rule["resources"]}
    (policy,) = (one for one in objects if one["kind"] == "ValidatingAdmissionPolicy")
    asked = {
        k for rule in policy["spec"]["matchConstraints"]["resourceRules"] for k in rule["resources"]
    }
    assert asked == written


def test_the_driver_is_the_one_that_the_service_answers_to() -> None:
    source = (pins().program["kube"].source / "volumes/plan.go").read_text("utf-8")
    driver, name = re.findall(r'^\t(?:Driver|Class) += "(.+)"', source, re.MULTILINE)[::-1]
    objects = {one["kind"]: one for one in YAML_.load_all(rendered("volumes.yaml.j2"))}

    assert objects["StorageClass"]["provisioner"] == driver
    assert objects["CSIDriver"]["metadata"]["name"] == driver
    assert objects["StorageClass"]["metadata"]["name"] == name


def test_who_tells_what_is_used_may_read_nodes_and_pods_and_write_nothing() -> None:
    """And whoever sees workloads is let to ask it, on no other group's behalf."""
    given = {
        "__kubernetes_replicas": 2,
        "__kubernetes_authority": {"content": "Y2E="},
        "__kubernetes_taint": {"key": "control-plane", "effect": "NoSchedule"},
    }
    objects = list(YAML_.load_all(rendered("metrics.yaml.j2", **given)))
    roles = {one["metadata"]["name"]: one["rules"] for one in objects if "rules" in one}
    (served,) = (one for one in objects if one["kind"] == "APIService")
    (deployment,) = (one for one in objects if one["kind"] == "Deployment")

    assert {kind for rule in roles["hue-infra:metrics-server"] for kind in rule["resources"]} == {
        *("nodes", "nodes/metrics", "pods")
    }
    assert {verb for rules in roles.values() for rule in rules for verb in rule["verbs"]} == {
        *("get", "list", "watch")
    }
    assert [rule["apiGroups"] for rule in roles["hue-infra:metrics"]] == [["metrics.k8s.io"]]
    assert served["spec"]["caBundle"] == "Y2E="
    assert "insecureSkipTLSVerify" not in served["spec"]
    assert deployment["spec"]["replicas"] == 2
