"""Platforms' certificates in a real cluster, renewed by a real authority while a pod serves one."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from a_cluster import NODE4, OUTSIDE, Cluster, namespace, until
from cryptography import x509

from hue_infra.providers import chains
from hue_infra.providers.certificates import request
from hue_infra.providers.kubernetes import ownership, renewal

pytestmark = [pytest.mark.lab, pytest.mark.slow]

HUE_CA = Path(__file__).parents[2] / "roles/pki/files/hue_ca.py"
PLACE = "renewed"
NAME = "portal.lab.test"
PORT = 30450
PROGRAM = "/usr/local/sbin/kubernetes-renewal"
TIMER = "kubernetes-renewal.timer"
CHECKS = "test_kubernetes_renewal.py"
SETTINGS = {
    "directory": "/var/lib/hue-ca",
    "domain": "lab.test",
    "title": "authority of a lab",
    "networks": ["10.57.0.0/24"],
    "days": 30,
    "years": 10,
}
# The authority's own program, as it would have signed so many days ago.
AGED = """
import datetime, importlib.machinery, importlib.util, sys
loader = importlib.machinery.SourceFileLoader("hue_ca", "/usr/local/sbin/hue-ca")
hue_ca = importlib.util.module_from_spec(importlib.util.spec_from_loader("hue_ca", loader))
loader.exec_module(hue_ca)
now = hue_ca._now
hue_ca._now = lambda: now() - datetime.timedelta(days=float(sys.argv[1]))
sys.exit(hue_ca.main(sys.argv[2:]))
"""
# The program of the role, with something that happens between its look and its write.
MEANWHILE = """
import importlib.machinery, importlib.util, subprocess, sys
loader = importlib.machinery.SourceFileLoader("renewal", "/usr/local/sbin/kubernetes-renewal")
renewal = importlib.util.module_from_spec(importlib.util.spec_from_loader("renewal", loader))
sys.modules["renewal"] = renewal
loader.exec_module(renewal)
ask, meanwhile = renewal.ask, [sys.argv[1:]]
def asked(*given):
    if meanwhile:
        subprocess.run(meanwhile.pop(), check=True, stdout=subprocess.DEVNULL)
    return ask(*given)
renewal.ask = asked
renewal.main(["renew"])
"""


@dataclass(frozen=True)
class Province:
    """A cluster, and the machine outside as the province's authority."""

    cluster: Cluster

    def outside(self, *argv: str, text: str | None = None) -> str:
        """Run a command on the authority's machine."""
        return self.cluster.node(*argv, text=text, name="outside").stdout

    def begin(self) -> None:
        """Make the authority, have it answer, and let the node know it."""
        machine = self.cluster.lab.machine("outside")
        node = self.cluster.lab.machine("k8s1")
        assert machine
        assert node
        machine.put_file(HUE_CA, "/usr/local/sbin/hue-ca", 0o755)
        machine.put("/etc/hue-ca.json", json.dumps(SETTINGS))
        self.outside("hue-ca", "init")
        key, asked = request(["pki.lab.test"])
        names = ("--name=pki.lab.test", f"--name={OUTSIDE}")
        machine.put("/srv/est.key", key, 0o600)
        machine.put("/srv/est.crt", self.outside("hue-ca", "sign", *names, text=asked))
        self.answer()
        self.cluster.node("mkdir", "-p", "/etc/hue-pki")
        node.put("/etc/hue-pki/ca.crt", machine.read("/var/lib/hue-ca/ca.crt"))

    def answer(self) -> None:
        """Have the authority answer renewals."""
        pair = ("--certificate=/srv/est.crt", "--key=/srv/est.key")
        self.outside("systemd-run", "--unit=hue-est", "/usr/local/sbin/hue-ca", "serve", *pair)
        ready = "until ss -Htln 'sport = :8443' | grep -q .; do sleep 0.2; done"
        self.outside("timeout", "20", "sh", "-c", ready)

    def fall_silent(self) -> None:
        """Have it answer no more."""
        self.outside("systemctl", "stop", "hue-est")

    def hold(self, secret: str, age: float) -> str:
        """Lay a certificate of 90 days that is *age* days old into the cluster, and return it."""
        key, asked = request([NAME])
        order = ("sign", "--profile=machine", "--days=90", f"--name={NAME}")
        chain = self.outside("python3", "-c", AGED, str(age), *order, text=asked)
        self.cluster.apply(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "type": "kubernetes.io/tls",
                "metadata": {
                    "name": secret,
                    "namespace": PLACE,
                    "labels": {renewal.LABEL: renewal.VALUE},
                },
                "stringData": {renewal.CERTIFICATE: chain, renewal.KEY: key},
            }
        )
        return chain

    def forget(self, *secrets: str) -> None:
        """Take secrets out of the cluster."""
        self.cluster.kubectl("-n", PLACE, "delete", "secret", *secrets)

    def secret(self, name: str) -> dict[str, dict[str, str]]:
        """A secret as it lives."""
        words = ("-n", PLACE, "get", "secret", name, "-o", "json", "--show-managed-fields")
        found: dict[str, dict[str, str]] = json.loads(self.cluster.kubectl(*words).stdout)
        return found

    def pair(self, name: str) -> tuple[str, str]:
        """A certificate's chain and its key, as the cluster holds them."""
        data = self.secret(name)["data"]
        chain, key = (base64.b64decode(data[one]).decode() for one in ("tls.crt", "tls.key"))
        return chain, key

    def chain(self, name: str) -> str:
        """The chain alone."""
        return self.pair(name)[0]

    def look(self) -> tuple[int, list[str]]:
        """Do what the timer does; the exit code and what it wrote into the journal."""
        mark = self.cluster.node("date", "+%s.%N").stdout.strip()
        done = self.cluster.node("systemctl", "start", "kubernetes-renewal", check=False)
        log = ("journalctl", "-u", "kubernetes-renewal", "-o", "cat", "--no-pager")
        said = self.cluster.node(*log, f"--since=@{mark}").stdout
        return done.code, said.splitlines()

    def served(self) -> str:
        """The certificate that the portal shows to the machine outside."""
        ask = f"openssl s_client -connect {NODE4}:{PORT} </dev/null 2>/dev/null | openssl x509"
        return self.cluster.node("sh", "-c", ask, name="outside", check=False).stdout


def first(chain: str) -> str:
    """The certificate that begins *chain*."""
    inside, end, _ = chain.partition("-----END CERTIFICATE-----\n")
    return inside + end


@pytest.fixture(scope="module")
def province(one_node: Cluster) -> Iterator[Province]:
    made = Province(one_node)
    one_node.apply(namespace(PLACE))
    # The tests look themselves, and would find done what it came to first.
    one_node.node("systemctl", "stop", TIMER)
    try:
        made.begin()
        yield made
    finally:
        one_node.kubectl("delete", "namespace", PLACE, "--wait")
        made.fall_silent()
        made.outside("rm", "-rf", "/var/lib/hue-ca", "/etc/hue-ca.json", "/usr/local/sbin/hue-ca")
        one_node.node("rm", "-rf", "/etc/hue-pki")
        one_node.node("systemctl", "start", TIMER)


def test_a_pod_goes_on_with_what_was_renewed_and_a_young_one_is_left(province: Province) -> None:
    old, young = province.hold("portal-tls", 70), province.hold("young", 50)
    province.cluster.deploy_portal_without_certificate(PLACE, PORT, ["10.57.0.0/24"])
    wait = ("-n", PLACE, "rollout", "status", "deployment/portal", "--timeout=120s")
    province.cluster.kubectl(*wait)
    assert until(first(old), province.served, 20) == first(old)

    code, said = province.look()

    assert (code, [line for line in said if "portal" in line]) == (0, [f'["{PLACE}/portal-tls"]'])
    new, key = province.pair("portal-tls")
    assert chains.is_successor(new, key, old)
    assert not chains.is_due(new)
    assert province.chain("young") == young
    assert renewal.WRITER in ownership.writers(
        province.secret("portal-tls"), ("f:data", "f:tls.crt")
    )
    # The kubelet brings it to the pod within some two minutes.
    assert until(first(new), province.served, 180) == first(new)


def test_a_second_look_changes_nothing(province: Province) -> None:
    before = [province.secret(name) for name in ("portal-tls", "young")]

    code, said = province.look()

    assert (code, "[]" in said) == (0, True)
    assert [province.secret(name) for name in ("portal-tls", "young")] == before


def test_one_that_is_refused_is_told_and_the_others_are_renewed(province: Province) -> None:
    revoked, ended = province.hold("a-revoked", 70), province.hold("b-ended", 100)
    due = province.hold("c-due", 70)
    serial = x509.load_pem_x509_certificate(revoked.encode()).serial_number
    province.outside("hue-ca", "revoke", str(serial))

    code, said = province.look()

    assert code == 1
    assert f'["{PLACE}/c-due"]' in said
    (first_,) = (line for line in said if f"{PLACE}/a-revoked: " in line)
    (second,) = (line for line in said if f"{PLACE}/b-ended: " in line)
    assert f"the authority at {OUTSIDE}:8443 refuses: 403 the certificate was revoked" in first_
    assert "it ended on" in second
    assert "hue-infra up" in second
    assert "PRIVATE" not in "".join(said)
    assert province.chain("c-due") != due
    assert (province.chain("a-revoked"), province.chain("b-ended")) == (revoked, ended)
    province.forget("a-revoked", "b-ended", "c-due")


def test_an_authority_that_was_away_is_told_and_asked_again(
    province: Province, tmp_path: Path
) -> None:
    old = province.hold("late", 62)
    province.fall_silent()

    code, said = province.look()
    assert code == 1
    assert any(f"{PLACE}/late: the authority at {OUTSIDE}:8443 could not" in one for one in said)
    assert province.chain("late") == old
    province.cluster.node("systemctl", "start", TIMER)
    with pytest.raises(AssertionError, match="past_its_time"):
        province.cluster.check("k8s1", tmp_path, CHECKS)

    province.answer()
    assert province.look()[0] == 0
    assert chains.is_successor(*province.pair("late"), old)
    province.cluster.check("k8s1", tmp_path, CHECKS)
    province.cluster.node("systemctl", "stop", TIMER)
    with pytest.raises(AssertionError, match="looked_at_by_a_timer"):
        province.cluster.check("k8s1", tmp_path, CHECKS)
    province.forget("late")


@pytest.mark.parametrize(
    ("meanwhile", "renewed"),
    [
        ((PROGRAM, "renew"), "[]"),
        (
            (
                *("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "-n", PLACE),
                *("label", "secret", "contested", "word=new"),
            ),
            f'["{PLACE}/contested"]',
        ),
    ],
    ids=["another machine was first", "somebody put a label on"],
)
def test_what_changed_between_the_look_and_the_write_is_looked_at_anew(
    province: Province, meanwhile: tuple[str, ...], renewed: str
) -> None:
    old = province.hold("contested", 70)

    said = province.cluster.node("python3", "-c", MEANWHILE, *meanwhile).stdout

    assert said.strip() == renewed
    assert chains.is_successor(*province.pair("contested"), old)
    assert (province.secret("contested")["metadata"]["labels"]).get("word") == (
        "new" if "label" in meanwhile else None
    )
    province.forget("contested")
