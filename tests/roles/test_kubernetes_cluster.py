"""A real cluster in a lab machine: begun twice, checked, its policies tried from all sides."""

import json
import re
import time
from pathlib import Path

import pytest
from a_cluster import (
    NODE4,
    NODE6,
    ONE_NODE,
    Cluster,
    letting_in,
    namespace,
    next_release,
    until,
    until_true,
)
from ruamel.yaml import YAML

from hue_infra.errors import ToolError
from hue_infra.providers import reach
from hue_infra.stacks.keys import Rotation
from hue_infra.tools.pins import pins

pytestmark = [pytest.mark.lab, pytest.mark.slow]

PORT = 30443


@pytest.fixture(scope="module")
def started(one_node: Cluster) -> Cluster:
    return one_node


@pytest.fixture(scope="module")
def portal(started: Cluster) -> Cluster:
    """The portal in its namespace, and the same in another, whose pods try to reach the first."""
    for name, port, clients in (("portal", PORT, ["10.57.0.0/24"]), ("other", PORT + 1, [])):
        started.deploy_portal(name, port, clients)
    # The clients' own namespace says nothing of where they may go.
    started.kubectl("-n", "other", "delete", "networkpolicy", "portal-default-deny")
    for name in ("portal", "other"):
        started.kubectl("-n", name, "rollout", "status", "deployment/portal", "--timeout=120s")
    return started


def test_check_mode_changes_nothing_on_a_fresh_machine(rehearsal: tuple[str, int]) -> None:
    counted, code = rehearsal

    assert "failed=0" in counted
    assert code == 1


def test_second_run_changes_nothing(started: Cluster) -> None:
    assert "changed=0 " in started.play()


def test_check_mode_on_a_running_cluster_finds_nothing_to_change(started: Cluster) -> None:
    assert "changed=0 " in started.play("--check")


def test_checks_of_the_role_hold(started: Cluster, tmp_path: Path) -> None:
    started.check("k8s1", tmp_path)


def test_portal_answers_those_it_is_for(portal: Cluster) -> None:
    """A service's rules follow its pods' readiness by a moment."""
    url = f"https://{NODE4}:{PORT}/"

    assert until("200", lambda: portal.from_outside(url)) == "200"


def test_portal_refuses_all_others(portal: Cluster) -> None:
    """The chart was told of IPv4 clients alone."""
    assert portal.from_outside(f"https://[{NODE6}]:{PORT}/") == "000"


def test_both_families_reach_a_portal_that_is_for_all(portal: Cluster) -> None:
    url = f"https://[{NODE6}]:{PORT + 1}/"

    assert until("200", lambda: portal.from_outside(url)) == "200"


def test_a_pod_of_another_namespace_comes_in_only_while_a_policy_lets_it(portal: Cluster) -> None:
    client, target = portal.addresses("other")[0], portal.addresses("portal")[0]
    ask = lambda: portal.from_pod(client, f"https://{target}:8443/")  # noqa: E731

    assert ask() == "000"
    portal.apply(letting_in("portal", "other"))
    assert until("200", ask) == "200"
    portal.kubectl("-n", "portal", "delete", "networkpolicy", "let-other-in")
    assert until("000", ask) == "000"


def test_default_deny_holds_on_the_way_out_too(portal: Cluster) -> None:
    server = f"https://{NODE4}:6443/livez"

    assert portal.from_pod(portal.addresses("other")[0], server) == "200"
    assert portal.from_pod(portal.addresses("portal")[0], server) == "000"


def test_a_service_address_leads_where_policies_allow(portal: Cluster) -> None:
    said = portal.kubectl("-n", "other", "get", "service", "portal", "-o", "json").stdout
    address = json.loads(said)["spec"]["clusterIP"]

    assert portal.from_pod(portal.addresses("other")[0], f"https://{address}/") == "200"


def test_flushed_rules_come_back(portal: Cluster) -> None:
    portal.node("nft", "delete", "table", "inet", "kube_network_policy")

    assert until("000", lambda: portal.from_outside(f"https://[{NODE6}]:{PORT}/")) == "000"


def claim(name: str, size: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "kept"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def writer(name: str) -> dict[str, object]:
    """An etcd of an ordinary user, whose data lie in the claim of the same name."""
    context = {
        "runAsNonRoot": True,
        **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), 65532),
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    container = {
        "name": "etcd",
        "image": f"{pins().cluster.registry}/etcd:{pins().cluster.etcd}",
        "imagePullPolicy": "Never",
        "command": ["etcd", "--data-dir=/data/etcd"],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    }
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": name}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "kept"},
        "spec": {"securityContext": context, "containers": [container], "volumes": [volume]},
    }


def etcdctl(cluster: Cluster, *words: str) -> str:
    """What the pod's own etcd says."""
    space = cluster.netns(cluster.addresses("kept")[0])
    return cluster.node("ip", "netns", "exec", space, "etcdctl", *words).stdout.strip()


VOLUMES = "/var/lib/kubernetes-volumes"


def directories(cluster: Cluster) -> list[str]:
    return cluster.node("ls", VOLUMES).stdout.split()


def test_a_claims_data_outlive_the_pod_and_go_with_the_claim(started: Cluster) -> None:
    ready = ("-n", "kept", "wait", "--for=condition=Ready", "--timeout=120s", "pod/one")
    before = directories(started)
    started.apply(namespace("kept"), claim("one", "100Mi"), writer("one"))
    started.kubectl(*ready)
    assert etcdctl(started, "put", "who", "Thuận Hoá") == "OK"
    (volume,) = set(directories(started)) - set(before)

    started.kubectl("-n", "kept", "delete", "pod", "one", "--wait")
    started.apply(writer("one"))
    started.kubectl(*ready)
    assert etcdctl(started, "get", "who", "--print-value-only") == "Thuận Hoá"

    started.kubectl("-n", "kept", "delete", "pod", "one", "--wait")
    assert started.node("test", "-d", f"{VOLUMES}/{volume}/etcd/member", check=False).code == 0
    started.kubectl("-n", "kept", "delete", "persistentvolumeclaim", "one", "--wait")
    known = lambda: started.kubectl("get", "pv", volume, check=False).stderr  # noqa: E731
    deadline = time.monotonic() + 60
    while "not found" not in known() and time.monotonic() < deadline:
        time.sleep(0.5)
    assert "not found" in known()
    assert directories(started) == before


def test_a_claim_larger_than_the_disk_stays_pending_and_the_pod_says_why(started: Cluster) -> None:
    started.apply(namespace("kept"), claim("huge", "900Ti"), writer("huge"))
    try:
        message = "jsonpath={.status.conditions[?(@.type=='PodScheduled')].message}"
        ask = ("-n", "kept", "get", "pod", "huge", "-o", message)
        why = lambda: started.kubectl(*ask).stdout  # noqa: E731
        deadline = time.monotonic() + 60
        while "enough free storage" not in why() and time.monotonic() < deadline:
            time.sleep(0.5)

        assert "did not have enough free storage" in why()
    finally:
        started.kubectl("delete", "namespace", "kept", "--wait")


def forged(name: str, path: str, node: str) -> dict[str, object]:
    term = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "storageClassName": "local",
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "local": {"path": path},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [term]}]}},
        },
    }


@pytest.mark.parametrize(
    ("path", "node", "said"),
    [
        (f"{VOLUMES}/pvc-forged", "k8s1", "created (server dry run)"),
        ("/etc", "k8s1", "in its own directory alone"),
        (f"{VOLUMES}/pvc-forged", "k8s2", "of its own alone"),
    ],
)
def test_a_node_makes_volumes_of_its_own_in_its_directory_alone(
    started: Cluster, path: str, node: str, said: str
) -> None:
    done = started.node(
        *("kubectl", "--kubeconfig=/etc/kubernetes/kubelet.conf", "create", "--dry-run=server"),
        *("--filename", "-"),
        text=json.dumps(forged("pvc-forged", path, node)),
        check=False,
    )

    assert said in done.stdout + done.stderr


def test_cluster_dns_knows_services(portal: Cluster) -> None:
    name = "portal.portal.svc.cluster.local"
    service = portal.kubectl(
        "-n", "kube-system", "get", "service", "kube-dns", "-o", "jsonpath={.spec.clusterIP}"
    ).stdout
    said = portal.node("kdig", "+short", f"@{service}", name)

    assert re.fullmatch(r"10\.61\.\d+\.\d+\n", said.stdout)


def test_an_interrupted_start_is_finished(portal: Cluster) -> None:
    """Without its last mark a cluster is begun again: what is there is taken up."""
    portal.node("rm", "/etc/kubernetes/initialised")

    assert "failed=0 " in portal.play()
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"
    assert portal.node("test", "-e", "/etc/kubernetes/initialised", check=False).code == 0


SNAPSHOT = "/usr/local/sbin/kubernetes-snapshot"
CERTIFICATES = "/usr/local/sbin/kubernetes-certificates"
KINDS = "namespaces,deployments,services,secrets,configmaps,networkpolicies,clusterrolebindings"


def held(cluster: Cluster) -> set[tuple[str, str, str, str]]:
    """Kind, namespace, name and identity of the objects that must come back."""
    said = cluster.kubectl("get", KINDS, "--all-namespaces", "-o", "json").stdout
    return {
        (
            one["kind"],
            one["metadata"].get("namespace", ""),
            one["metadata"]["name"],
            one["metadata"]["uid"],
        )
        for one in json.loads(said)["items"]
    }


def secret(cluster: Cluster) -> str:
    words = ("-n", "portal", "get", "secret", "portal-tls", "-o", "jsonpath={.data.tls\\.key}")
    return cluster.kubectl(*words).stdout


def test_lost_data_comes_back_from_a_snapshot_with_all_objects_and_pods(portal: Cluster) -> None:
    before, key = held(portal), secret(portal)
    portal.node(SNAPSHOT, "save", "--why", "drill")
    portal.apply(namespace("afterwards"))
    portal.node("sh", "-c", "pkill -KILL -x etcd; rm -rf /var/lib/etcd")
    # An etcd without data is begun anew by the kubelet: nothing is known any more.
    gone = lambda: portal.kubectl("get", "namespace", "portal", check=False).stderr  # noqa: E731
    deadline = time.monotonic() + 120
    while "not found" not in gone() and time.monotonic() < deadline:
        time.sleep(1)
    assert "not found" in gone()

    portal.node(SNAPSHOT, "restore", "latest")

    assert before <= held(portal)
    assert secret(portal) == key
    assert portal.kubectl("get", "namespace", "afterwards", check=False).code == 1
    for name in ("portal", "other"):
        portal.kubectl("-n", name, "rollout", "status", "deployment/portal", "--timeout=120s")
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"
    assert "changed=0 " in portal.play()


def test_a_restore_that_is_killed_is_put_right_by_the_role(portal: Cluster) -> None:
    before = held(portal)
    aside = "/etc/kubernetes/manifests-aside/etcd.yaml"
    portal.node(
        *("sh", "-c"),
        f"{SNAPSHOT} restore latest & until [ -e {aside} ]; do sleep 0.05; done; kill -KILL $!",
    )
    assert portal.node("test", "-e", aside, check=False).code == 0

    assert "failed=0 " in portal.play()

    assert held(portal) == before
    assert portal.node("test", "-e", aside, check=False).code == 1
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"


def ends(cluster: Cluster) -> dict[str, str]:
    """SHA-256 of each certificate, in whichever file it stands."""
    files = (
        *(f"/etc/kubernetes/{name}.conf" for name in ("admin", "scheduler")),
        *(f"/etc/kubernetes/pki/{name}.crt" for name in ("apiserver", "etcd/server")),
    )
    said = cluster.node("sha256sum", *files).stdout.splitlines()
    return {line.split()[1]: line.split()[0] for line in said}


def test_certificates_are_renewed_when_due_and_everything_goes_on_with_them(
    portal: Cluster,
) -> None:
    before = ends(portal)

    assert json.loads(portal.node(CERTIFICATES).stdout) == []
    assert ends(portal) == before
    renewed = json.loads(portal.node(CERTIFICATES, "--now").stdout)

    assert {"apiserver", "etcd-server", "admin.conf"} <= set(renewed)
    assert [name for name, digest in ends(portal).items() if digest == before[name]] == []
    ready = lambda: portal.kubectl("get", "--raw", "/readyz", check=False).stdout  # noqa: E731
    # The kubelet takes its time with what has ended more than once of late.
    assert until("ok", ready, 300) == "ok"
    assert "changed=0 " in portal.play()
    served = portal.node(
        "sh", "-c", f"openssl s_client -connect {NODE4}:6443 </dev/null 2>/dev/null | openssl x509"
    ).stdout
    own = portal.node("openssl", "x509", "-in", "/etc/kubernetes/pki/apiserver.crt").stdout
    assert served == own
    assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"


def used(cluster: Cluster, *words: str) -> dict[str, tuple[int, int]]:
    """Thousandths of a processor and MiB, by name, as `kubectl top` tells them."""
    said = cluster.kubectl("top", *words, "--no-headers", check=False).stdout
    rows = re.findall(r"^(\S+) +(\d+)m +(?:\d+% +)?(\d+)Mi", said, re.MULTILINE)
    return {name: (int(cpu), int(memory)) for name, cpu, memory in rows}


def test_what_nodes_and_pods_use_is_told(started: Cluster) -> None:
    # Of what has just begun nothing is told yet.
    assert until_true(lambda: "kube-apiserver-k8s1" in used(started, "pod", "-n", "kube-system"))
    (node,) = used(started, "node").items()
    pods = used(started, "pod", "-n", "kube-system")
    served = {name: memory for name, (_, memory) in pods.items() if "metrics-server" in name}

    assert node[0] == "k8s1"
    assert all(number > 0 for number in node[1])
    assert pods["kube-apiserver-k8s1"][1] > 50
    # What the page states of its cost.
    assert [name for name, memory in served.items() if not 10 < memory < 128] == []
    assert len(served) == 1


def test_viewers_may_read_what_is_used_and_strangers_may_not(started: Cluster) -> None:
    def top(group: str) -> str:
        words = ("top", "node", "--as", "hue-infra:an", "--as-group", f"hue-infra:{group}")
        done = started.kubectl(*words, check=False)
        return done.stdout + done.stderr

    assert "k8s1" in top("viewers")
    assert "orbidden" in top("strangers")


def test_who_tells_it_renews_its_certificate_and_goes_on(started: Cluster) -> None:
    """The authority that the API server is told of stands behind every one of them."""
    secret = ("-n", "kube-system", "get", "secret", "metrics-server-tls", "-o")
    held = ("jsonpath={.data.tls\\.crt}",)
    program = "/usr/local/sbin/kubernetes-metrics"
    before = started.kubectl(*secret, *held).stdout
    assert started.node(program).stdout == "kept\n"
    started.kubectl("-n", "kube-system", "delete", "secret", "metrics-server-tls")

    assert started.node(program).stdout == "renewed\n"

    after = started.kubectl(*secret, *held).stdout
    assert after not in {"", before}
    service = ("-n", "kube-system", "get", "service", "metrics-server")
    address = started.kubectl(*service, "-o", "jsonpath={.spec.clusterIP}").stdout
    ask = f"openssl s_client -connect {address}:443 </dev/null | openssl x509 | base64 -w0"
    served = lambda: started.node("sh", "-c", ask, check=False).stdout  # noqa: E731
    # The kubelet brings a changed secret to a pod within two minutes.
    assert until(after, served, 180) == after
    assert used(started, "node")


def test_viewers_see_all_but_secrets_and_change_nothing(started: Cluster) -> None:
    def can(group: str, *words: str) -> str:
        return started.kubectl(
            *("auth", "can-i", *words, "--as", "hue-infra:an", "--as-group", group), check=False
        ).stdout.strip()

    for words in (("list", "pods"), ("list", "nodes"), ("get", "persistentvolumes")):
        assert can("hue-infra:viewers", *words) == "yes"
    for words in (("get", "secrets"), ("delete", "pods"), ("create", "pods", "--subresource=exec")):
        assert can("hue-infra:viewers", *words) == "no"
        assert can("hue-infra:administrators", *words) == "yes"
        assert can("hue-infra:strangers", *words) == "no"


LEVEL = "node-restriction.kubernetes.io/hue-infra-level"


def kept_away(cluster: Cluster) -> tuple[str | None, list[str]]:
    """The level that the node bears, and its taints."""
    node = json.loads(cluster.kubectl("get", "node", "k8s1", "-o", "json").stdout)
    taints = [f"{one['key']}={one.get('value', '')}" for one in node["spec"].get("taints", ())]
    return node["metadata"]["labels"].get(LEVEL), taints


def test_a_node_keeps_away_what_is_not_for_it_and_is_given_back(started: Cluster) -> None:
    """Set apart for a level at first, then for control alone, then for all again."""
    assert "failed=0 " in started.play("--extra-vars", "kubernetes_level=4")
    assert kept_away(started) == ("4", [f"{LEVEL}=4"])

    assert "failed=0 " in started.play("--extra-vars", '{"kubernetes_is_worker": false}')
    assert kept_away(started) == (None, ["node-role.kubernetes.io/control-plane="])

    assert "failed=0 " in started.play()
    assert kept_away(started) == (None, [])


ETCDCTL = (
    "etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt"
    " --cert /etc/kubernetes/pki/apiserver-etcd-client.crt"
    " --key /etc/kubernetes/pki/apiserver-etcd-client.key"
)


def encrypted_by(cluster: Cluster) -> set[str]:
    """Names of the keys by which secrets lie in etcd."""
    ask = f"{ETCDCTL} get /registry/secrets/ --prefix --print-value-only | grep -a k8s:enc:"
    said = cluster.node("sh", "-c", f"{ask} | cut -d: -f5").stdout
    return set(said.split())


def test_secrets_come_to_another_key_while_the_api_server_answers(portal: Cluster) -> None:
    before, identity = secret(portal), held(portal)
    assert encrypted_by(portal) == {"first"}

    name = Rotation([reach.in_lab(portal.lab.directory, "k8s1")]).perform()

    assert encrypted_by(portal) == {name}
    assert "name: first" not in portal.node("cat", "/etc/kubernetes/api/encryption.yaml").stdout
    assert secret(portal) == before
    assert held(portal) == identity
    assert "changed=0 " in portal.play()


def standing(cluster: Cluster) -> dict[str, object]:
    """The version of the node and of each static pod, and whether it takes pods."""
    node = json.loads(cluster.kubectl("get", "node", "k8s1", "-o", "json").stdout)
    words = ("-n", "kube-system", "get", "pods", "-l", "tier=control-plane", "-o", "json")
    pods = json.loads(cluster.kubectl(*words).stdout)["items"]
    images = [pod["spec"]["containers"][0]["image"] for pod in pods]
    return {
        "node": node["status"]["nodeInfo"]["kubeletVersion"],
        "pods": {image.rpartition(":")[2] for image in images if "/etcd:" not in image},
        "closed": node["spec"].get("unschedulable", False),
        "mark": cluster.node("cat", "/etc/kubernetes/initialised").stdout.strip(),
    }


def at(version: str) -> dict[str, object]:
    """As `standing`, when all is of one version."""
    return {"node": version, "pods": {version}, "closed": False, "mark": version}


NOW = pins().cluster.kubernetes
UPGRADE: dict[str, object] = {"kubernetes_upgrade": True}


def test_another_version_is_refused_unasked(portal: Cluster) -> None:
    with next_release():
        portal.write({"k8s1": ONE_NODE})
    with pytest.raises(ToolError, match=f"runs {NOW}.*upgrade the cluster first"):
        portal.play()

    assert standing(portal) == at(NOW)


def test_one_that_is_too_far_is_refused(portal: Cluster) -> None:
    for version in ("v1.99.0", "v1.1.0"):
        portal.write({"k8s1": ONE_NODE | UPGRADE | {"kubernetes_version": version}})
        with pytest.raises(ToolError, match="no way from it"):
            portal.play()

    assert standing(portal) == at(NOW)


def test_a_node_that_cannot_come_to_the_next_version_is_put_back(
    portal: Cluster, tmp_path: Path
) -> None:
    """Here because its new programs are of no use."""
    broken = tmp_path / "kube"
    broken.write_text("#!/bin/sh\nexit 1\n")
    with next_release():
        portal.write({"k8s1": ONE_NODE | UPGRADE | {"kubernetes_program": str(broken)}})
    before = portal.pods("portal")
    with pytest.raises(ToolError, match=f"runs {NOW} as before"):
        portal.play()

    assert standing(portal) == at(NOW)
    assert [pod["metadata"]["uid"] for pod in portal.pods("portal")] == [
        pod["metadata"]["uid"] for pod in before
    ]
    portal.write({"k8s1": ONE_NODE})
    assert "changed=0 " in portal.play()


def test_the_only_node_comes_to_the_next_version_and_its_pods_run_on(portal: Cluster) -> None:
    """And one that an operator has closed stays closed."""
    before = [pod["metadata"]["uid"] for pod in portal.pods("portal")]
    portal.kubectl("cordon", "k8s1")
    with next_release() as version:
        portal.write({"k8s1": ONE_NODE | UPGRADE})
        assert "failed=0 " in portal.play()

        assert standing(portal) == at(version) | {"closed": True}
        portal.kubectl("uncordon", "k8s1")
        assert portal.kubectl("get", "--raw", "/version").stdout.count(version) == 1
        assert [pod["metadata"]["uid"] for pod in portal.pods("portal")] == before
        assert until("200", lambda: portal.from_outside(f"https://{NODE4}:{PORT}/")) == "200"
        portal.write({"k8s1": ONE_NODE})
        assert "changed=0 " in portal.play()


def test_changed_settings_are_taken_up_also_after_a_run_that_was_cut_off(portal: Cluster) -> None:
    """The cut is made where it hurts: files are written, and nobody is told of them."""
    days = ("--extra-vars", "kubernetes_audit_days=182")
    kept = "/etc/systemd/system/kube-proxy.service"
    main = ("systemctl", "show", "--value", "--property=MainPID", "kube-proxy")
    with pytest.raises(ToolError, match="validate"):
        portal.play(*days, "--extra-vars", "__kubernetes_renew=false")
    portal.node("sh", "-c", f"cp {kept} {kept}.new && mv {kept}.new {kept}")
    flags = lambda: portal.node("cat", "/etc/kubernetes/manifests/kube-apiserver.yaml").stdout  # noqa: E731
    before = portal.node(*main).stdout
    assert "--audit-log-maxage=182" not in flags()

    assert "failed=0 " in portal.play(*days)

    ready = lambda: portal.kubectl("get", "--raw", "/readyz", check=False).stdout  # noqa: E731
    assert "--audit-log-maxage=182" in flags()
    assert portal.node(*main).stdout != before
    assert until("ok", ready) == "ok"
    assert "changed=0 " in portal.play(*days)


def test_kubeadm_configuration_stays_what_it_was(started: Cluster) -> None:
    """The file that kubeadm was given is the file the next run compares with."""
    text = started.node("cat", "/etc/kubernetes/kubeadm.yaml").stdout
    kinds = [one["kind"] for one in YAML(typ="safe").load_all(text)]

    assert kinds == ["InitConfiguration", "ClusterConfiguration", "KubeletConfiguration"]
