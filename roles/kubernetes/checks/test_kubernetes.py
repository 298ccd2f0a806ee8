"""What is true on a machine that is a cluster: services, closed doors, nodes and pods."""

import datetime
import json
import time

import pytest

KUBECTL = "kubectl --kubeconfig=/etc/kubernetes/admin.conf"

# Every secret, as etcd keeps it; the values alone, base64 in JSON.
SECRETS = """
import base64, json, ssl, urllib.request
tls = ssl.create_default_context(cafile="/etc/kubernetes/pki/etcd/ca.crt")
pki = "/etc/kubernetes/pki/apiserver-etcd-client"
tls.load_cert_chain(pki + ".crt", pki + ".key")
code = lambda text: base64.b64encode(text).decode()
body = json.dumps({"key": code(b"/registry/secrets/"), "range_end": code(b"/registry/secrets0")})
ask = urllib.request.Request("https://127.0.0.1:2379/v3/kv/range", body.encode())
found = json.load(urllib.request.urlopen(ask, context=tls)).get("kvs", [])
print(json.dumps([base64.b64decode(one["value"])[:24].decode("latin-1") for one in found]))
"""

PRIVILEGED = """
apiVersion: v1
kind: Pod
metadata: {name: check-privileged, namespace: default}
spec: {containers: [{name: one, image: none.invalid/none, securityContext: {privileged: true}}]}
"""


@pytest.mark.parametrize(
    "name",
    [
        "containerd",
        "kubelet",
        "kube-proxy",
        "network-policy",
        "kubernetes-certificates.timer",
        "kubernetes-snapshot.timer",
    ],
)
def test_service_runs_and_starts_with_the_machine(host, name):
    service = host.service(name)

    assert service.is_running
    assert service.is_enabled


def test_node_is_ready(host):
    nodes = json.loads(host.check_output(f"{KUBECTL} get nodes -o json"))["items"]
    states = {one["type"]: one["status"] for one in nodes[0]["status"]["conditions"]}

    assert states["Ready"] == "True"


def test_pods_of_the_system_run(host):
    pods = json.loads(host.check_output(f"{KUBECTL} -n kube-system get pods -o json"))["items"]
    phases = {pod["metadata"]["name"]: pod["status"]["phase"] for pod in pods}

    assert len(phases) >= 5
    assert set(phases.values()) == {"Running"}


def test_strangers_are_refused_but_for_health(host):
    server = "$(awk '/server:/ {print $2}' /etc/kubernetes/admin.conf)"
    ask = "curl -s --cacert /etc/kubernetes/pki/ca.crt -o /dev/null -w '%{http_code}'"

    assert host.check_output(f"{ask} {server}/livez") == "200"
    assert host.check_output(f"{ask} {server}/api/v1/namespaces") == "401"
    assert host.check_output(f"{ask} {server}/version") == "401"


def test_secrets_are_encrypted_at_rest(host):
    kept = json.loads(host.check_output("python3 -c %s", SECRETS))

    assert kept
    assert {value.split(":v1:")[0] for value in kept} == {"k8s:enc:secretbox"}


def test_privileged_pods_are_refused_in_a_namespace_without_labels(host):
    done = host.run(f"printf '%s' '{PRIVILEGED}' | {KUBECTL} create --dry-run=server -f -")

    assert done.rc == 1
    assert 'violates PodSecurity "restricted' in done.stderr


def test_deeds_are_audited(host):
    log = host.file("/var/log/kubernetes/audit.log")

    assert log.size > 0
    assert log.mode == 0o600


def test_a_snapshot_is_as_young_as_the_timer_promises(host):
    settings = json.loads(host.file("/etc/kubernetes/snapshots.json").content_string)
    most = datetime.timedelta(hours=2 * settings["hours"])
    # A machine that was off makes up for it once etcd answers.
    for _ in range(60):
        newest = json.loads(host.check_output("/usr/local/sbin/kubernetes-snapshot list"))[0]
        taken = datetime.datetime.fromisoformat(newest["taken"])
        if datetime.datetime.now(datetime.UTC) - taken < most:
            break
        time.sleep(2)

    assert datetime.datetime.now(datetime.UTC) - taken < most
    assert newest["whole"]


def test_network_policies_are_enforced(host):
    chains = host.check_output("nft list table inet kube_network_policy")

    assert "hook forward" in chains
    assert "hook input" in chains


@pytest.mark.parametrize(
    "path",
    [
        "/etc/kubernetes/admin.conf",
        "/etc/kubernetes/api/encryption.yaml",
        "/etc/kubernetes/kube-proxy.conf",
        "/etc/kubernetes/network-policy.conf",
        "/etc/kubernetes/pki/ca.key",
    ],
)
def test_keys_are_for_root_alone(host, path):
    file = host.file(path)

    assert (file.user, file.mode) == ("root", 0o600)
