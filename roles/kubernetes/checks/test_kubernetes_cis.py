"""What of the CIS Kubernetes Benchmark can be decided on the machine, by its numbers.

Source: CIS Kubernetes Benchmark 1.12, sections 1 to 4. Not here, and why: the role's README.
"""

import functools
import json
import re
import shlex

import pytest

ETC = "/etc/kubernetes"
PKI = f"{ETC}/pki"
ABSENT = "absent"
STRONG = re.compile(r"TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_\d+_GCM|CHACHA20_POLY1305)(_SHA\d+)?")

# Number, program, flag, what its value must match; ABSENT stands for a flag that is not given.
FLAGS = (
    ("1.2.2", "kube-apiserver", "token-auth-file", ABSENT),
    ("1.2.3", "kube-apiserver", "enable-admission-plugins", ".*DenyServiceExternalIPs.*"),
    ("1.2.4", "kube-apiserver", "kubelet-client-certificate", f"{PKI}/.+"),
    ("1.2.4", "kube-apiserver", "kubelet-client-key", f"{PKI}/.+"),
    ("1.2.6", "kube-apiserver", "authorization-mode", "(?!.*AlwaysAllow)[A-Z].*"),
    ("1.2.7", "kube-apiserver", "authorization-mode", r"(.*,)?Node(,.*)?"),
    ("1.2.8", "kube-apiserver", "authorization-mode", r"(.*,)?RBAC(,.*)?"),
    ("1.2.10", "kube-apiserver", "enable-admission-plugins", "(?!.*AlwaysAdmit)[A-Z].*"),
    ("1.2.12", "kube-apiserver", "disable-admission-plugins", ABSENT),
    ("1.2.14", "kube-apiserver", "enable-admission-plugins", ".*NodeRestriction.*"),
    ("1.2.15", "kube-apiserver", "profiling", "false"),
    ("1.2.16", "kube-apiserver", "audit-log-path", "/.+"),
    ("1.2.17", "kube-apiserver", "audit-log-maxage", r"[3-9]\d|\d{3,}"),
    ("1.2.18", "kube-apiserver", "audit-log-maxbackup", r"\d{2,}"),
    ("1.2.19", "kube-apiserver", "audit-log-maxsize", r"\d{3,}"),
    ("1.2.21", "kube-apiserver", "service-account-lookup", ABSENT),
    ("1.2.22", "kube-apiserver", "service-account-key-file", f"{PKI}/.+"),
    ("1.2.23", "kube-apiserver", "etcd-certfile", f"{PKI}/.+"),
    ("1.2.23", "kube-apiserver", "etcd-keyfile", f"{PKI}/.+"),
    ("1.2.24", "kube-apiserver", "tls-cert-file", f"{PKI}/.+"),
    ("1.2.24", "kube-apiserver", "tls-private-key-file", f"{PKI}/.+"),
    ("1.2.25", "kube-apiserver", "client-ca-file", f"{PKI}/.+"),
    ("1.2.26", "kube-apiserver", "etcd-cafile", f"{PKI}/.+"),
    ("1.2.27", "kube-apiserver", "encryption-provider-config", f"{ETC}/.+"),
    ("1.2.30", "kube-apiserver", "service-account-extend-token-expiration", "false"),
    ("1.3.1", "kube-controller-manager", "terminated-pod-gc-threshold", r"\d+"),
    ("1.3.2", "kube-controller-manager", "profiling", "false"),
    ("1.3.3", "kube-controller-manager", "use-service-account-credentials", "true"),
    ("1.3.4", "kube-controller-manager", "service-account-private-key-file", f"{PKI}/.+"),
    ("1.3.5", "kube-controller-manager", "root-ca-file", f"{PKI}/.+"),
    ("1.3.6", "kube-controller-manager", "feature-gates", ABSENT),
    ("1.3.7", "kube-controller-manager", "bind-address", r"127\.0\.0\.1"),
    ("1.4.1", "kube-scheduler", "profiling", "false"),
    ("1.4.2", "kube-scheduler", "bind-address", r"127\.0\.0\.1"),
    ("2.1", "etcd", "cert-file", f"{PKI}/etcd/.+"),
    ("2.1", "etcd", "key-file", f"{PKI}/etcd/.+"),
    ("2.2", "etcd", "client-cert-auth", "true"),
    ("2.3", "etcd", "auto-tls", ABSENT),
    ("2.4", "etcd", "peer-cert-file", f"{PKI}/etcd/.+"),
    ("2.4", "etcd", "peer-key-file", f"{PKI}/etcd/.+"),
    ("2.5", "etcd", "peer-client-cert-auth", "true"),
    ("2.6", "etcd", "peer-auto-tls", ABSENT),
    ("2.7", "etcd", "trusted-ca-file", f"{PKI}/etcd/.+"),
    ("3.2.1", "kube-apiserver", "audit-policy-file", f"{ETC}/.+"),
)
FIRST_KEY = f"{ETC}/super-admin.conf"
# Number, path, the most that its permissions may be: on machines in control, and on every node.
CONTROL_FILES = (
    ("1.1.1", f"{ETC}/manifests/kube-apiserver.yaml", 0o600),
    ("1.1.3", f"{ETC}/manifests/kube-controller-manager.yaml", 0o600),
    ("1.1.5", f"{ETC}/manifests/kube-scheduler.yaml", 0o600),
    ("1.1.7", f"{ETC}/manifests/etcd.yaml", 0o600),
    ("1.1.11", "/var/lib/etcd", 0o700),
    ("1.1.13", f"{ETC}/admin.conf", 0o600),
    ("1.1.13", FIRST_KEY, 0o600),
    ("1.1.15", f"{ETC}/scheduler.conf", 0o600),
    ("1.1.17", f"{ETC}/controller-manager.conf", 0o600),
)
FILES = (
    ("1.1.9", "/etc/cni/net.d/10-pods.conflist", 0o600),
    ("4.1.1", "/etc/systemd/system/kubelet.service", 0o600),
    ("4.1.3", f"{ETC}/kube-proxy.yaml", 0o644),
    ("4.1.5", f"{ETC}/kubelet.conf", 0o600),
    ("4.1.7", f"{PKI}/ca.crt", 0o644),
    ("4.1.9", "/var/lib/kubelet/config.yaml", 0o600),
)
# Number, place in the kubelet's settings as they are in force, its value.
KUBELET = (
    ("4.2.1", "authentication.anonymous.enabled", False),
    ("4.2.2", "authorization.mode", "Webhook"),
    ("4.2.3", "authentication.x509.clientCAFile", f"{PKI}/ca.crt"),
    ("4.2.6", "makeIPTablesUtilChains", True),
    ("4.2.10", "rotateCertificates", True),
    ("4.2.14", "seccompDefault", True),
)


@functools.cache
def flags_of(host, program):
    """The flags that *program* runs with, as the kernel knows them."""
    script = f'tr "\\0" "\\n" </proc/$(pgrep -xo {shlex.quote(program[:15])})/cmdline'
    words = host.check_output("sh -c %s", script).splitlines()
    return dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))


@pytest.mark.usefixtures("control_plane")
@pytest.mark.parametrize(
    ("program", "flag", "expected"),
    [pytest.param(*rest, id=f"CIS-{number} {rest[0]} {rest[1]}") for number, *rest in FLAGS],
)
def test_flag_is_as_the_benchmark_wants(host, program, flag, expected):
    found = flags_of(host, program).get(flag, ABSENT)

    assert re.fullmatch(expected, found), f"--{flag} of {program} is {found}"


@pytest.mark.parametrize(
    ("path", "most"),
    [pytest.param(*rest, id=f"CIS-{number} {rest[0]}") for number, *rest in FILES],
)
def test_file_is_open_to_no_more_than_the_benchmark_lets(host, path, most):
    file = host.file(path)

    assert (file.user, file.group, file.mode & ~most) == ("root", "root", 0)


@pytest.mark.usefixtures("control_plane")
@pytest.mark.parametrize(
    ("path", "most"),
    [pytest.param(*rest, id=f"CIS-{number} {rest[0]}") for number, *rest in CONTROL_FILES],
)
def test_file_of_the_control_plane_is_open_to_no_more_than_the_benchmark_lets(
    host, variables, path, most
):
    if path == FIRST_KEY and variables["kubernetes_head"] != variables["kubernetes_node_name"]:
        pytest.skip("the cluster began on another machine")
    file = host.file(path)

    assert (file.user, file.group, file.mode & ~most) == ("root", "root", 0)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("! -user root -o ! -group root", id="CIS-1.1.19"),
        pytest.param("-name '*.crt' -perm /133", id="CIS-1.1.20"),
        pytest.param("-name '*.key' -perm /177", id="CIS-1.1.21"),
    ],
)
def test_no_key_or_certificate_is_more_open_than_the_benchmark_lets(host, wrong):
    assert host.check_output(f"find {PKI} {wrong}") == ""


@pytest.fixture
def kubelets(host, control_plane):
    """The settings of every node's kubelet as they are in force; machines in control may ask."""
    return settings_of(host)


@functools.cache
def settings_of(host):
    """Asked of each machine once; by node."""
    kubectl = f"kubectl --kubeconfig={ETC}/admin.conf"
    names = host.check_output(f"{kubectl} get nodes -o name").replace("node/", "").split()
    ask = f"{kubectl} get --raw /api/v1/nodes/%s/proxy/configz"
    return {name: json.loads(host.check_output(ask, name))["kubeletconfig"] for name in names}


@pytest.mark.parametrize(
    ("place", "expected"),
    [pytest.param(*rest, id=f"CIS-{number} {rest[0]}") for number, *rest in KUBELET],
)
def test_kubelet_is_set_as_the_benchmark_wants(kubelets, place, expected):
    for node, settings in kubelets.items():
        found = settings
        for key in place.split("."):
            found = found.get(key)
        assert found == expected, node


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("streamingConnectionIdleTimeout", id="CIS-4.2.5"),
        pytest.param("eventRecordQPS", id="CIS-4.2.8"),
        pytest.param("podPidsLimit", id="CIS-4.2.13"),
    ],
)
def test_kubelet_has_the_limits_that_the_benchmark_wants(kubelets, place):
    for node, settings in kubelets.items():
        assert settings.get(place) not in {None, 0, -1, "0s"}, node


@pytest.mark.parametrize("port", [pytest.param(10255, id="CIS-4.2.4")])
def test_kubelet_answers_nobody_without_a_name(host, port):
    assert not host.socket(f"tcp://{port}").is_listening


@pytest.mark.parametrize(
    "program",
    [pytest.param("kube-apiserver", id="CIS-1.2.29"), pytest.param("kubelet", id="CIS-4.2.12")],
)
def test_ciphers_are_strong(host, kubelets, program):
    given = flags_of(host, program).get("tls-cipher-suites", "").split(",")
    every = [one["tlsCipherSuites"] for one in kubelets.values()]

    for suites in every if program == "kubelet" else [given]:
        assert suites
        assert [suite for suite in suites if not STRONG.fullmatch(suite)] == []


@pytest.mark.usefixtures("control_plane")
@pytest.mark.parametrize("flag", [pytest.param("anonymous-auth", id="CIS-1.2.1")])
def test_strangers_may_ask_for_health_alone(host, flag):
    assert flag not in flags_of(host, "kube-apiserver")
    told = host.file(f"{ETC}/api/authentication.yaml").content_string
    assert set(re.findall(r"path: (\S+)", told)) == {"/livez", "/readyz", "/healthz"}


@pytest.mark.usefixtures("control_plane")
@pytest.mark.parametrize("good", [pytest.param({"aescbc", "kms", "secretbox"}, id="CIS-1.2.28")])
def test_secrets_are_encrypted_by_what_the_benchmark_names(host, good):
    told = host.file(f"{ETC}/api/encryption.yaml").content_string
    first = re.search(r"providers:\s*- (\w+):", told)

    assert first is not None
    assert first.group(1) in good


@pytest.mark.parametrize("port", [pytest.param(10249, id="CIS-4.3.1")])
def test_kube_proxy_tells_of_itself_on_the_machine_alone(host, port):
    listening = [one for one in host.socket.get_listening_sockets() if one.endswith(f":{port}")]

    assert listening == [f"tcp://127.0.0.1:{port}"]
