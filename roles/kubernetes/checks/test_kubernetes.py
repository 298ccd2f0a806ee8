"""What is true on a node of a cluster: services, closed doors, nodes and pods."""

import base64
import datetime
import json
import time

import pytest

KUBECTL = "kubectl --kubeconfig=/etc/kubernetes/admin.conf"
CA = "/etc/kubernetes/pki/ca.crt"

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


CONTROL = ("kubernetes-certificates.timer", "kubernetes-snapshot.timer")


@pytest.mark.parametrize(
    "name",
    [
        *("containerd", "kubelet", "kube-proxy", "kubernetes-volumes", "network-policy"),
        *("pod-network", *CONTROL),
    ],
)
def test_service_runs_and_starts_with_the_machine(host, request, name):
    if name in CONTROL:
        request.getfixturevalue("control_plane")
    service = host.service(name)

    assert service.is_running
    assert service.is_enabled


def nodes(host):
    """Every node of the cluster, as this one sees it."""
    kubectl = "kubectl --kubeconfig=/etc/kubernetes/kubelet.conf"
    return json.loads(host.check_output(f"{kubectl} get nodes -o json"))["items"]


LEVEL = "node-restriction.kubernetes.io/hue-infra-level"


def test_node_is_set_apart_for_its_level(host, variables):
    name, level = variables["kubernetes_node_name"], variables.get("kubernetes_level") or None
    (own,) = (one for one in nodes(host) if one["metadata"]["name"] == name)
    wanted = level and str(level)
    kept_away = [one for one in own["spec"].get("taints", ()) if one["key"] == LEVEL]

    assert own["metadata"]["labels"].get(LEVEL) == wanted
    assert [one["value"] for one in kept_away] == ([wanted] if wanted else [])


def test_node_is_ready(host, variables):
    (own,) = (
        one for one in nodes(host) if one["metadata"]["name"] == variables["kubernetes_node_name"]
    )
    states = {one["type"]: one["status"] for one in own["status"]["conditions"]}

    assert states["Ready"] == "True"


def test_the_other_nodes_pods_are_reached(host, variables):
    """The first address of a node's pods is its own end of the tunnel."""
    others = [
        cidr
        for one in nodes(host)
        if one["metadata"]["name"] != variables["kubernetes_node_name"]
        for cidr in one["spec"]["podCIDRs"]
    ]
    if not others:
        pytest.skip("the cluster has one node")

    for cidr in others:
        assert host.run("ping -c 1 -W 5 %s", cidr.partition("/")[0]).rc == 0, cidr


def test_the_clusters_address_leads_to_its_api(host, variables):
    addresses = variables["kubernetes_virtual_addresses"]
    if not addresses:
        pytest.skip("one machine is in control")

    for address in addresses:
        url = (
            f"https://[{address}]:6443/livez" if ":" in address else f"https://{address}:6443/livez"
        )
        assert host.check_output(f"curl -s --cacert {CA} {url}") == "ok"


@pytest.mark.usefixtures("control_plane")
def test_pods_of_the_system_run(host):
    pods = json.loads(host.check_output(f"{KUBECTL} -n kube-system get pods -o json"))["items"]
    phases = {pod["metadata"]["name"]: pod["status"]["phase"] for pod in pods}

    assert len(phases) >= 5
    assert set(phases.values()) == {"Running"}


@pytest.mark.usefixtures("control_plane")
def test_strangers_are_refused_but_for_health(host):
    server = "$(awk '/server:/ {print $2}' /etc/kubernetes/admin.conf)"
    ask = "curl -s --cacert /etc/kubernetes/pki/ca.crt -o /dev/null -w '%{http_code}'"

    assert host.check_output(f"{ask} {server}/livez") == "200"
    assert host.check_output(f"{ask} {server}/api/v1/namespaces") == "401"
    assert host.check_output(f"{ask} {server}/version") == "401"


@pytest.mark.usefixtures("control_plane")
def test_secrets_are_encrypted_at_rest(host):
    kept = json.loads(host.check_output("python3 -c %s", SECRETS))

    assert kept
    assert {value.split(":v1:")[0] for value in kept} == {"k8s:enc:secretbox"}


@pytest.mark.usefixtures("control_plane")
def test_privileged_pods_are_refused_in_a_namespace_without_labels(host):
    done = host.run(f"printf '%s' '{PRIVILEGED}' | {KUBECTL} create --dry-run=server -f -")

    assert done.rc == 1
    assert 'violates PodSecurity "restricted' in done.stderr


@pytest.mark.usefixtures("control_plane")
def test_deeds_are_audited(host):
    log = host.file("/var/log/kubernetes/audit.log")

    assert log.size > 0
    assert log.mode == 0o600


@pytest.mark.usefixtures("control_plane")
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


def volumes(host, variables):
    """The volumes on this node's disk, as the cluster knows them."""
    kubectl = "kubectl --kubeconfig=/etc/kubernetes/kubelet.conf"
    found = json.loads(host.check_output(f"{kubectl} get persistentvolumes -o json"))["items"]
    directory = variables["kubernetes_volume_directory"]
    return [
        one
        for one in found
        if one["spec"].get("local", {}).get("path", "").startswith(f"{directory}/")
        and variables["kubernetes_node_name"] in json.dumps(one["spec"]["nodeAffinity"])
    ]


def test_every_volume_of_this_node_is_there(host, variables):
    for one in volumes(host, variables):
        if one["status"]["phase"] == "Bound":
            assert host.file(one["spec"]["local"]["path"]).is_directory, one["metadata"]["name"]


def test_volumes_are_for_root_and_their_pods_alone(host, variables):
    directory = host.file(variables["kubernetes_volume_directory"])

    assert (directory.user, directory.mode) == ("root", 0o700)


@pytest.mark.usefixtures("control_plane")
def test_claims_are_served_from_the_nodes_own_disks(host):
    classes = json.loads(host.check_output(f"{KUBECTL} get storageclasses -o json"))["items"]
    default = "storageclass.kubernetes.io/is-default-class"
    chosen = [one for one in classes if one["metadata"]["annotations"].get(default) == "true"]

    assert [one["metadata"]["name"] for one in chosen] == ["local"]
    assert chosen[0]["volumeBindingMode"] == "WaitForFirstConsumer"


@pytest.mark.usefixtures("control_plane")
def test_every_node_tells_how_much_room_it_has(host):
    names = [one["metadata"]["name"] for one in nodes(host)]
    told = f"{KUBECTL} -n kube-system get csistoragecapacities -o json"
    # A service that has just started has yet to look.
    for _ in range(30):
        items = json.loads(host.check_output(told))["items"]
        if {f"local-{name}" for name in names} <= {one["metadata"]["name"] for one in items}:
            break
        time.sleep(2)

    assert {f"local-{name}" for name in names} <= {one["metadata"]["name"] for one in items}


@pytest.mark.usefixtures("control_plane")
def test_what_every_node_uses_is_told(host):
    names = {one["metadata"]["name"] for one in nodes(host)}
    told = f"{KUBECTL} get --raw /apis/metrics.k8s.io/v1beta1/nodes"
    used = {}
    # Of a node that has just come nothing is told until it was looked at twice.
    for _ in range(30):
        answer = host.run(told)
        items = json.loads(answer.stdout)["items"] if answer.rc == 0 else []
        used = {one["metadata"]["name"]: one["usage"]["memory"] for one in items}
        if names <= used.keys():
            break
        time.sleep(2)

    assert names <= used.keys()
    assert set(used.values()).isdisjoint({"", "0"})


@pytest.mark.usefixtures("control_plane")
def test_who_tells_it_is_known_by_the_clusters_authority(host):
    said = host.check_output(f"{KUBECTL} get apiservice v1beta1.metrics.k8s.io -o json")
    spec = json.loads(said)["spec"]

    assert base64.b64decode(spec["caBundle"]).decode() == host.file(CA).content_string
    assert not spec.get("insecureSkipTLSVerify")


def test_network_policies_are_enforced(host):
    chains = host.check_output("nft list table inet kube_network_policy")

    assert "hook forward" in chains
    assert "hook input" in chains


@pytest.mark.parametrize(
    "path",
    [
        "/etc/kubernetes/admin.conf",
        "/etc/kubernetes/api/encryption.yaml",
        "/etc/kubernetes/pki/ca.key",
    ],
)
@pytest.mark.usefixtures("control_plane")
def test_keys_are_for_root_alone(host, path):
    file = host.file(path)

    assert (file.user, file.mode) == ("root", 0o600)
