"""The program that renews platforms' certificates: a real authority, a kubectl that plays."""

import base64
import datetime
import json
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import an_authority
import pytest
from an_authority import ROLES, hue_ca, imported
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hue_infra.providers.kubernetes import renewal

NAMES = ("dichvucong.hue.gov.vn", "www.dichvucong.hue.gov.vn")
NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
# It holds secrets by their names, and writes one only over the version that the writer has read.
KUBECTL = """#!/usr/bin/python3
import json, os, pathlib, sys
play = pathlib.Path(os.environ["PLAY"])
words = " ".join(sys.argv[1:])
with (play / "asked").open("a") as log:
    log.write(words + "\\n")
held = json.loads((play / "secrets.json").read_text())
if " get " in words:
    name = words.partition("metadata.name=")[2].split(" ")[0]
    found = [one for one in held if one["metadata"]["name"] == name or not name]
    print(json.dumps({"items": found}))
    # What another machine does in the moment after.
    if (play / "meanwhile.json").exists():
        (play / "meanwhile.json").rename(play / "secrets.json")
else:
    new = json.load(sys.stdin)
    own = [one for one in held if one["metadata"]["name"] == new["metadata"]["name"]]
    if (play / "forbidden").exists():
        sys.exit("Error from server (Forbidden): no\\ntls.key: " + new["data"]["tls.key"])
    if not own:
        sys.exit("Error from server (NotFound): gone")
    if own[0]["metadata"]["resourceVersion"] != new["metadata"]["resourceVersion"]:
        sys.exit("Error from server (Conflict): the object has been modified")
    new["metadata"]["resourceVersion"] += "0"
    held[held.index(own[0])] = new
    (play / "secrets.json").write_text(json.dumps(held))
"""


program = imported(ROLES / "kubernetes/files/kubernetes_renewal.py")


@dataclass
class Province:
    """An authority, the renewal service on loopback, and a cluster's secrets."""

    folder: Path
    authority: Any
    port: int = 0
    secrets: list[dict[str, Any]] = field(default_factory=list)

    def issue(self, age: float, profile: str = "machine") -> tuple[str, str]:
        """A certificate of 90 days that is *age* days old, and its key, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        issued = signed(self.authority, key, age=age, days=90, profile=profile)
        chain = pem(issued) + self.authority.certificate.read_bytes()
        return chain.decode(), private(key)

    def hold(self, name: str, chain: str, key: str) -> dict[str, Any]:
        """A secret of the cluster."""
        pair = {"tls.crt": chain, "tls.key": key}
        secret = {
            "metadata": {"name": name, "namespace": "portal", "resourceVersion": "1"},
            "type": "kubernetes.io/tls",
            "data": {one: base64.b64encode(text.encode()).decode() for one, text in pair.items()},
        }
        self.secrets.append(secret)
        self.save()
        return secret

    def save(self) -> None:
        (self.folder / "secrets.json").write_text(json.dumps(self.secrets))

    def held(self, name: str) -> Any:
        """What the cluster holds now under *name*."""
        every = json.loads((self.folder / "secrets.json").read_text())
        return program.held(next(one for one in every if one["metadata"]["name"] == name))

    def settle(self, server: str = "127.0.0.1") -> Path:
        """Write what the role writes."""
        told = {"server": server, "port": self.port, "authority": str(self.authority.certificate)}
        (self.folder / "renewal.json").write_text(json.dumps(told))
        return self.folder / "renewal.json"

    def run(self, deed: str = "renew") -> None:
        program.main([deed], self.settle())


def signed(
    authority: Any, key: Any, names: tuple[str, ...] = NAMES, *, age: float = 0, **how: Any
) -> x509.Certificate:
    """What *authority* signed *age* days ago."""
    found = [hue_ca.general_name(name) for name in names]
    how = {"profile": "machine", "days": 30, **how}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hue_ca, "_now", lambda: (NOW - age * DAY).replace(microsecond=0))
        issued: x509.Certificate = hue_ca.sign(authority, requested(found, key), found, **how)
    return issued


def requested(names: list[x509.GeneralName], key: Any) -> x509.CertificateSigningRequest:
    first = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0].value)])
    alternative = x509.SubjectAlternativeName(names)
    builder = x509.CertificateSigningRequestBuilder().subject_name(first)
    return builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def private(key: Any) -> str:
    return key.private_bytes(  # type: ignore[no-any-return]
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def province(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Province:
    authority = an_authority.made(tmp_path)
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(KUBECTL)
    kubectl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PLAY", str(tmp_path))
    made = Province(tmp_path, authority)
    made.save()
    return made


@pytest.fixture
def service(province: Province) -> Iterator[Province]:
    """The renewal service, with a certificate for the loopback."""
    key = ec.generate_private_key(ec.SECP256R1())
    issued = signed(province.authority, key, ("pki.hue.gov.vn", "127.0.0.1"))
    holder = province.folder / "service.pem"
    holder.write_bytes(pem(issued) + private(key).encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(holder)
    context.load_verify_locations(province.authority.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    own = {"authority": province.authority, "log_message": lambda *_: None}
    with hue_ca.Server(0, type("TestDoor", (hue_ca.Door,), own), context) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        province.port = server.server_address[1]
        yield province
        server.shutdown()
        thread.join()


def test_it_is_known_by_the_names_that_others_know_it_by() -> None:
    assert f"{renewal.LABEL}={renewal.VALUE}" == program.LABEL
    assert renewal.WRITER == program.MANAGER


# 90 days and the five minutes by which certificates start early: due 60 days and 200 seconds
# after the beginning, which is 60 days less 100 seconds after the hour of issue.
@pytest.mark.parametrize(("age", "is_due"), [(0, False), (59.9, False), (60, True), (80, True)])
def test_it_is_due_with_a_third_of_the_lifetime_left(
    province: Province, age: float, is_due: bool
) -> None:
    certificate = program.held(province.hold("one", *province.issue(age))).certificate

    assert (program.due(certificate) <= NOW) is is_due


def test_what_is_due_is_renewed_and_all_else_is_left(service: Province, capsys) -> None:
    service.hold("old", *service.issue(70))
    young = service.hold("young", *service.issue(10))
    before = service.held("old")

    service.run()
    assert json.loads(capsys.readouterr().out) == ["portal/old"]
    after = service.held("old")
    assert after.certificate.not_valid_before_utc > before.certificate.not_valid_before_utc
    assert program._names(after.certificate) == program._names(before.certificate)
    assert program._usages(after.certificate) == program._usages(before.certificate)
    new = serialization.load_pem_private_key(after.key, None)
    assert program._public(new) == program._public(after.certificate)
    assert after.key != before.key
    assert after.chain.endswith(service.authority.certificate.read_bytes())
    assert service.held("young") == program.held(young)

    service.run()
    assert json.loads(capsys.readouterr().out) == []
    assert service.held("old") == after


def test_one_that_fails_is_told_without_its_key_and_keeps_back_no_other(
    service: Province, capsys
) -> None:
    ended = service.hold("ended", *service.issue(100))
    revoked = service.hold("revoked", *service.issue(70))
    hue_ca.revoke(service.authority, program.held(revoked).certificate.serial_number)
    service.hold("for-servers", *service.issue(70, profile="server"))
    service.hold("mixed", service.issue(70)[0], service.issue(70)[1])
    service.hold("none", "nothing", "nothing")
    service.hold("old", *service.issue(70))

    with pytest.raises(SystemExit) as failed:
        service.run()

    told = dict(line.split(": ", 2)[1:] for line in str(failed.value).splitlines())
    assert json.loads(capsys.readouterr().out) == ["portal/old"]
    assert set(told) == {
        f"portal/{name}" for name in ("ended", "revoked", "for-servers", "mixed", "none")
    }
    assert "ended on" in told["portal/ended"]
    assert "hue-infra up" in told["portal/ended"]
    assert "403 the certificate was revoked" in told["portal/revoked"]
    assert "no client may show it" in told["portal/for-servers"]
    assert "not the certificate's" in told["portal/mixed"]
    assert "no certificate that can be read" in told["portal/none"]
    assert "PRIVATE" not in str(failed.value)
    assert program.held(ended) == service.held("ended")


def test_an_authority_that_does_not_answer_is_named(province: Province) -> None:
    province.port = 1
    province.hold("old", *province.issue(70))

    with pytest.raises(SystemExit, match=r"portal/old: .*127.0.0.1:1 could not be asked"):
        province.run()


def test_one_of_another_authority_is_not_trusted(service: Province, tmp_path: Path) -> None:
    held = program.held(service.hold("old", *service.issue(70)))
    elsewhere = program.Authority("127.0.0.1", service.port, stranger(tmp_path).certificate)

    with pytest.raises(program.RefusedError, match="verify failed"):
        program.renewed(elsewhere, held)


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


ANSWERS: dict[str, dict[str, Any]] = {
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "other names": {"names": NAMES[:1]},
    "for other names": {"names": (*NAMES, "ca.hue.gov.vn")},
    "another use": {"profile": "client"},
    "does not hold: .*expired": {"age": 40},
    "does not hold: .*unable to get": {"authority": True},
}
"""What is said of answers that were not asked for, and how they are made."""


@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_that_was_not_asked_for_is_refused(
    province: Province, key: ec.EllipticCurvePrivateKey, said: str
) -> None:
    how = dict(ANSWERS[said])
    old = program.held(province.hold("old", *province.issue(70))).certificate
    authority = program.load(province.settle())
    by = stranger(province.folder) if how.pop("authority", None) else province.authority
    issued = signed(by, how.pop("key", key), **how)

    with pytest.raises(program.RefusedError, match=said):
        program.answered(authority, hue_ca._certificates([issued]), old, key)


def stranger(folder: Path) -> Any:
    """Another authority."""
    made = hue_ca.Authority(folder / "other", "hue.gov.vn", "other", (), 30, 10)
    hue_ca.create(made)
    return made


def test_an_answer_that_is_older_or_none_is_refused(
    province: Province, key: ec.EllipticCurvePrivateKey
) -> None:
    issued = signed(province.authority, key)
    authority = program.load(province.settle())

    with pytest.raises(program.RefusedError, match="no younger"):
        program.answered(authority, hue_ca._certificates([issued]), issued, key)
    with pytest.raises(program.RefusedError, match="no certificates"):
        program.answered(authority, base64.b64encode(b"none"), issued, key)


def test_who_comes_second_sees_it_renewed(service: Province, capsys) -> None:
    first = service.hold("old", *service.issue(0))
    first["metadata"]["resourceVersion"] = "2"
    service.secrets = []
    service.hold("old", *service.issue(70))
    (service.folder / "meanwhile.json").write_text(json.dumps([first]))

    service.run()

    assert json.loads(capsys.readouterr().out) == []
    assert json.loads((service.folder / "secrets.json").read_text()) == [first]


def test_who_finds_only_another_label_renews_it_nevertheless(service: Province, capsys) -> None:
    secret = service.hold("old", *service.issue(70))
    changed = json.loads(json.dumps(secret))
    changed["metadata"] |= {"resourceVersion": "2", "labels": {"new": "word"}}
    (service.folder / "meanwhile.json").write_text(json.dumps([changed]))

    service.run()

    assert json.loads(capsys.readouterr().out) == ["portal/old"]
    (kept,) = json.loads((service.folder / "secrets.json").read_text())
    assert kept["metadata"]["labels"] == {"new": "word"}
    assert kept["metadata"]["resourceVersion"] == "20"


def test_what_is_gone_meanwhile_is_no_failure(service: Province, capsys) -> None:
    service.hold("old", *service.issue(70))
    (service.folder / "meanwhile.json").write_text("[]")

    service.run()

    assert json.loads(capsys.readouterr().out) == []


def test_no_key_stands_in_an_argument_a_file_or_what_is_told(service: Province, tmp_path) -> None:
    service.hold("old", *service.issue(70))
    (service.folder / "forbidden").touch()
    before = {path: path.stat().st_mtime for path in tmp_path.rglob("*")}

    with pytest.raises(SystemExit, match="Forbidden") as failed:
        service.run()

    assert "tls.key" not in str(failed.value)
    assert "PRIVATE" not in (service.folder / "asked").read_text()
    new = {path.name for path in tmp_path.rglob("*") if path not in before}
    assert new == {"asked", "renewal.json"}


def test_a_list_tells_when_each_is_due_and_asks_no_authority(province: Province, capsys) -> None:
    province.hold("one", *province.issue(30))
    province.hold("none", "nothing", "nothing")

    program.main(["list"], province.folder / "not-there.json")

    one, none = json.loads(capsys.readouterr().out)
    at = {name: datetime.datetime.fromisoformat(one[name]) for name in ("due", "until")}
    # 60 days of the 90 are left: due in 30, but for the minutes by which it began early.
    assert abs(at["due"] - (NOW + 30 * DAY)) < datetime.timedelta(minutes=3)
    assert abs(at["until"] - (NOW + 60 * DAY)) < datetime.timedelta(seconds=2)
    assert none["secret"] == "portal/none"
    assert "no certificate" in none["wrong"]


def test_a_cluster_that_does_not_answer_is_told(province: Province, monkeypatch) -> None:
    failing = subprocess.CompletedProcess([], 1, "", "Error: no route\ndata: s3cret\n")
    monkeypatch.setattr(program.subprocess, "run", lambda *_, **__: failing)

    with pytest.raises(SystemExit, match="no route") as failed:
        province.run()

    assert "s3cret" not in str(failed.value)
