"""A real API server on loopback: etcd, kube-apiserver, kube-controller-manager; no node."""

import base64
import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from hue_infra import words
from hue_infra.providers.kubernetes.api import Api, access
from hue_infra.tools import artefacts
from hue_infra.tools.run import run

# What several test modules make things with; they import it by name.
sys.path.insert(0, str(Path(__file__).parent / "parts"))
from free_ports import free_ports
from manifests import Stack

TOKEN = "only-in-this-test"
READY = 60.0


def etcd_argv(client, peer):
    own = f"http://127.0.0.1:{client}"
    other = f"http://127.0.0.1:{peer}"
    return [
        "etcd", "--data-dir", "etcd", "--unsafe-no-fsync",
        "--listen-client-urls", own, "--advertise-client-urls", own,
        "--listen-peer-urls", other, "--initial-advertise-peer-urls", other,
        "--initial-cluster", f"default={other}",
    ]  # fmt: skip


def apiserver_argv(port, etcd):
    return [
        "kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{etcd}",
        "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1",
        "--secure-port", str(port), "--cert-dir", "certs",
        "--token-auth-file", "tokens.csv", "--authorization-mode", "RBAC",
        "--service-account-issuer", "https://test", "--service-account-key-file", "sa.pub",
        "--service-account-signing-key-file", "sa.key",
        "--service-cluster-ip-range", "10.96.0.0/16", "--endpoint-reconciler-type", "none",
    ]  # fmt: skip


def await_ready(port, process):
    deadline = time.monotonic() + READY
    headers = {"Authorization": f"Bearer {TOKEN}"}
    while time.monotonic() < deadline:
        assert process.poll() is None, "kube-apiserver ended"
        with contextlib.suppress(httpx.HTTPError):
            # The server made its own certificate a moment ago; nothing can vouch for it yet.
            answer = httpx.get(f"https://127.0.0.1:{port}/readyz", headers=headers, verify=False)  # noqa: S501
            if answer.text == "ok":
                return
        time.sleep(0.3)
    pytest.fail("kube-apiserver did not become ready")


def kubeconfig_of(folder, port):
    authority = base64.b64encode((folder / "certs/apiserver.crt").read_bytes()).decode()
    return f"""apiVersion: v1
kind: Config
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
users: [{{name: test, user: {{token: {TOKEN}}}}}]
clusters:
  - name: test
    cluster:
      server: https://127.0.0.1:{port}
      certificate-authority-data: {authority}
      tls-server-name: kubernetes
"""


@pytest.fixture(scope="session")
def kubeconfig(equipped_host, tmp_path_factory):
    """The text of a kubeconfig for an API server that lives as long as the tests."""
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
    run(["openssl", "genrsa", "-out", folder / "sa.key", "2048"])
    run(["openssl", "rsa", "-in", folder / "sa.key", "-pubout", "-out", folder / "sa.pub"])
    programs = artefacts.ensure("kube-apiserver").parent
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    client, peer, port = free_ports(3)
    started = []

    def start(argv):
        log = (folder / f"{argv[0]}.log").open("wb")
        process = subprocess.Popen(argv, cwd=folder, env=environment, stdout=log, stderr=log)
        log.close()
        started.append(process)
        return process

    try:
        start(etcd_argv(client, peer))
        await_ready(port, start(apiserver_argv(port, client)))
        text = kubeconfig_of(folder, port)
        Path(folder / "kubeconfig").write_text(text)
        manager = ["kube-controller-manager", "--kubeconfig", "kubeconfig"]
        start([*manager, "--service-account-private-key-file", "sa.key",
               "--use-service-account-credentials", "--secure-port", "0"])  # fmt: skip
        yield text
    finally:
        for process in started:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setattr(words, "_chosen", ["en"])


@pytest.fixture
def api(kubeconfig):
    with contextlib.closing(Api(access(kubeconfig))) as api:
        yield api


@pytest.fixture
def stack(english, tmp_path, kubeconfig, api):
    one = Stack(tmp_path, kubeconfig)
    yield one
    # No other stack has that name: nobody waits until the last of it is gone.
    api.delete("v1", "Namespace", "", one.namespace)


@pytest.fixture
def kubectl(kubeconfig, tmp_path):
    """Do with the real kubectl what an operator does by hand; returns what it printed."""
    file = tmp_path / "kubectl.conf"
    file.write_text(kubeconfig)
    program = artefacts.ensure("kube-apiserver").parent / "kubectl"

    def perform(*words, given=""):
        return run([program, f"--kubeconfig={file}", *words], input=given).stdout

    return perform


@pytest.fixture(scope="session")
def scheduler(kubeconfig, tmp_path_factory):
    """The real scheduler of that API server."""
    folder = tmp_path_factory.mktemp("scheduler")
    (folder / "kubeconfig").write_text(kubeconfig)
    program = artefacts.ensure("kube-apiserver").parent / "kube-scheduler"
    argv = [program, "--kubeconfig", "kubeconfig", "--leader-elect=false", "--secure-port=0"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=folder, stdout=log, stderr=log)
    yield
    process.kill()
    process.wait()
