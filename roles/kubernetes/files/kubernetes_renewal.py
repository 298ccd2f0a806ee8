#!/usr/bin/python3
"""Renew the certificates of a cluster's platforms before they end, over EST (RFC 7030).

Lives on machines in control as ``/usr/local/sbin/kubernetes-renewal``; needs Python's standard
library, Debian's python3-cryptography and openssl, and kubectl on the path.

It sees to every TLS secret that bears the label: with a third of the lifetime left it makes a new
key, asks the province's authority for the very same names by the certificate that is there, and
writes both into the secret at once.  Every machine in control looks; a write fails where the
secret is not as it was read, and it is then looked at anew.

Keys are in memory alone: what OpenSSL will have as a file is one without a name.
"""

import argparse
import base64
import contextlib
import datetime
import http.client
import json
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

UTC = datetime.timezone.utc  # noqa: UP017 - Ubuntu 22.04 has Python 3.10
SETTINGS = Path("/etc/kubernetes/renewal.json")
ADMIN = "--kubeconfig=/etc/kubernetes/admin.conf"
LABEL = "hue-infra/renewed-by=est"
MANAGER = "hue-infra-renewal"
"""The name under which it writes; by it others know that nobody changed the secret by hand."""
KIND = "kubernetes.io/tls"
OPERATION = "/.well-known/est/simplereenroll"
HEADERS = {"Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64"}
LONGEST_ANSWER = 65536
PATIENCE = 60
"""Seconds the authority may take, and the API server for each question."""
ATTEMPTS = 3
ANEW = "`hue-infra up` issues it anew"


class RefusedError(Exception):
    """What cannot be done, and why, in a sentence."""


class ConflictError(RefusedError):
    """The secret is not as it was read."""


@dataclass(frozen=True)
class Authority:
    """Where the province's authority answers, and by which certificate it is known."""

    server: str
    port: int
    file: Path


@dataclass(frozen=True)
class Held:
    """What a secret holds."""

    certificate: x509.Certificate
    chain: bytes
    key: bytes


def load(settings: Path = SETTINGS) -> Authority:
    """Read where the authority is."""
    said = json.loads(settings.read_text("utf-8"))
    return Authority(said["server"], said["port"], Path(said["authority"]))


def labelled() -> list:
    """Every secret that is to be renewed."""
    words = ("--all-namespaces", f"--selector={LABEL}", f"--field-selector=type={KIND}")
    found: list = json.loads(_kubectl("get", "secrets", *words, "--output=json"))["items"]
    return found


def held(secret: dict) -> Held:
    """What *secret* holds.

    Raises:
        RefusedError: It holds no certificate.
    """
    try:
        chain, key = (base64.b64decode(secret["data"][name]) for name in ("tls.crt", "tls.key"))
        return Held(x509.load_pem_x509_certificate(chain), chain, key)
    except (KeyError, TypeError, ValueError) as broken:
        raise RefusedError(f"it holds no certificate that can be read: {ANEW}") from broken


def due(certificate: x509.Certificate) -> datetime.datetime:
    """When a third of the lifetime is left."""
    return _end(certificate) - (_end(certificate) - _begin(certificate)) / 3


def renew(authority: Authority, secret: dict) -> bool:
    """Renew what *secret* holds; false where that is not due, or somebody else was first.

    Raises:
        RefusedError: It is due and cannot be renewed.
    """
    for _ in range(ATTEMPTS):
        old = held(secret)
        if due(old.certificate) > _now():
            return False
        try:
            _write(secret, renewed(authority, old))
        except ConflictError:
            again = _again(secret)
            if again is None:
                return False
            secret = again
        else:
            return True
    raise RefusedError(f"others wrote into it {ATTEMPTS} times meanwhile")


def renewed(authority: Authority, old: Held) -> Held:
    """A new certificate for the names of *old*, and its key.

    Raises:
        RefusedError: The authority does not give it, or the answer is not what was asked for.
    """
    require_good(old.certificate)
    key = ec.generate_private_key(ec.SECP256R1())
    answer = ask(authority, old, request(old.certificate, key))
    certificate = answered(authority, answer, old.certificate, key)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Held(certificate, _pem(certificate) + authority.file.read_bytes(), private)


def require_good(certificate: x509.Certificate) -> None:
    """Refuse a certificate that no renewal can be asked for with."""
    end = _end(certificate)
    if end <= _now():
        raise RefusedError(f"it ended on {end:%Y-%m-%d %H:%M} UTC: {ANEW}")
    # What is for servers alone is no client's to TLS, whatever the authority would say.
    if ExtendedKeyUsageOID.CLIENT_AUTH not in _usages(certificate):
        raise RefusedError(f"no client may show it, not even to renew it: {ANEW}")


def request(old: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Ask for the names of *old* with another key; PKCS #10 in base64, as EST sends it."""
    subject, names = _names(old)
    asked = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    return base64.encodebytes(asked.public_bytes(serialization.Encoding.DER))


def ask(authority: Authority, old: Held, body: bytes) -> bytes:
    """What the authority answers to *body* on a connection that is made with *old*.

    Raises:
        RefusedError: It refuses, or cannot be asked.
    """
    where = f"{authority.server}:{authority.port}"
    try:
        connection = http.client.HTTPSConnection(
            authority.server, authority.port, timeout=PATIENCE, context=_identified(authority, old)
        )
        with contextlib.closing(connection):
            connection.request("POST", OPERATION, body, HEADERS)
            answer = connection.getresponse()
            told = answer.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as failed:
        raise RefusedError(f"the authority at {where} could not be asked: {failed}") from failed
    if answer.status != http.client.OK:
        why = told.decode(errors="replace").strip()[:200]
        raise RefusedError(f"the authority at {where} refuses: {answer.status} {why}")
    return told


def answered(
    authority: Authority, answer: bytes, old: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """The certificate in the authority's *answer*, which is what was asked for.

    Raises:
        RefusedError: It is not.
    """
    try:
        found = pkcs7.load_der_pkcs7_certificates(base64.b64decode(answer))
    except ValueError as broken:
        raise RefusedError("the authority's answer holds no certificates") from broken
    own = [one for one in found if _public(one) == _public(key)]
    if not own:
        raise RefusedError("the authority's answer is for another key")
    new = own[0]
    if _names(new) != _names(old) or _usages(new) != _usages(old):
        raise RefusedError("the authority's answer is for other names or another use")
    # Not by its end: the first may have been for longer than the authority gives by itself.
    if _begin(new) <= _begin(old):
        raise RefusedError("the authority's answer is no younger than what is there")
    _require_issued(authority, new)
    return new


def _require_issued(authority: Authority, new: x509.Certificate) -> None:
    """Refuse what the province's authority has not issued, and what is not valid now."""
    alone = ("-no-CApath", "-no-CAstore")
    argv = ("openssl", "verify", "-purpose", "sslserver", *alone, "-CAfile", str(authority.file))
    done = subprocess.run(argv, input=_pem(new), capture_output=True, check=False)
    if done.returncode != 0:
        told = [line for line in done.stderr.decode().splitlines() if " at " in line]
        raise RefusedError(f"the authority's answer does not hold: {' '.join(told)[:200]}")


def _identified(authority: Authority, old: Held) -> ssl.SSLContext:
    """A client's TLS that trusts the authority alone, and shows *old*."""
    context = ssl.create_default_context(cadata=authority.file.read_text("ascii"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with os.fdopen(os.memfd_create("identity"), "wb") as file:
        file.write(old.chain + b"\n" + old.key)
        file.flush()
        try:
            context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
        except ssl.SSLError as broken:
            raise RefusedError(f"its key is not the certificate's: {ANEW}") from broken
    return context


def _write(secret: dict, new: Held) -> None:
    """Write *new* into *secret*, if that is still as it was read."""
    pair = {"tls.crt": new.chain, "tls.key": new.key}
    data = {name: base64.b64encode(content).decode() for name, content in pair.items()}
    whole = {**secret, "data": {**secret["data"], **data}}
    words = (f"--field-manager={MANAGER}", "--filename=-")
    _kubectl("replace", *words, given=json.dumps(whole))


def _again(secret: dict) -> "dict | None":
    """The secret as it is now; None where it is gone, or is not to be renewed any more."""
    name, namespace = secret["metadata"]["name"], secret["metadata"]["namespace"]
    words = (f"--namespace={namespace}", f"--selector={LABEL}")
    one = (f"--field-selector=metadata.name={name}", "--output=json")
    found: list = json.loads(_kubectl("get", "secrets", *words, *one))["items"]
    return found[0] if found else None


def _kubectl(*words: str, given: str = "") -> str:
    argv = ("kubectl", ADMIN, f"--request-timeout={PATIENCE}s", *words)
    done = subprocess.run(argv, input=given, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # What it prints may hold what it was given.
        told = [line for line in done.stderr.splitlines() if line.startswith(("Error", "error"))]
        why = " ".join(told)[-600:]
        # To who holds an older one, one that is gone has changed as well.
        is_other = "(Conflict)" in why or "(NotFound)" in why
        raise (ConflictError if is_other else RefusedError)(f"kubectl failed: {why}")
    return done.stdout


def _names(certificate: x509.Certificate) -> "tuple[x509.Name, set]":
    return certificate.subject, _all(certificate, x509.SubjectAlternativeName)


def _usages(certificate: x509.Certificate) -> set:
    return _all(certificate, x509.ExtendedKeyUsage)


def _all(certificate: x509.Certificate, kind: type) -> set:
    try:
        return set(certificate.extensions.get_extension_for_class(kind).value)
    except x509.ExtensionNotFound:
        return set()


def _public(holder: "x509.Certificate | ec.EllipticCurvePrivateKey") -> bytes:
    return holder.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _now() -> datetime.datetime:
    return datetime.datetime.now(UTC)


def _begin(certificate: x509.Certificate) -> datetime.datetime:
    # not_valid_before_utc came with cryptography 42; Debian 12 has 38.
    if hasattr(certificate, "not_valid_before_utc"):
        return certificate.not_valid_before_utc
    return certificate.not_valid_before.replace(tzinfo=UTC)


def _end(certificate: x509.Certificate) -> datetime.datetime:
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_after_utc
    return certificate.not_valid_after.replace(tzinfo=UTC)


def _title(secret: dict) -> str:
    return f"{secret['metadata']['namespace']}/{secret['metadata']['name']}"


def told(secret: dict) -> dict:
    """When *secret* is due and when it ends, or why nobody knows."""
    try:
        found = held(secret).certificate
    except RefusedError as refused:
        return {"secret": _title(secret), "wrong": str(refused)}
    times = {"due": due(found), "until": _end(found)}
    return {"secret": _title(secret), **{name: at.isoformat() for name, at in times.items()}}


def look(authority: Authority, secrets: list) -> "tuple[list, list]":
    """Renew what is due: the names of what was renewed, and a sentence for each that failed."""
    done, wrong = [], []
    for secret in secrets:
        try:
            if renew(authority, secret):
                done.append(_title(secret))
        except (RefusedError, ValueError) as refused:
            wrong.append(f"{_title(secret)}: {refused}")
    return done, wrong


def main(words: list, settings: Path = SETTINGS) -> None:
    """Do what the command line says; prints JSON, and what failed as sentences."""
    parser = argparse.ArgumentParser(prog="kubernetes-renewal", description=__doc__.split("\n")[0])
    deeds = parser.add_subparsers(dest="deed", required=True)
    deeds.add_parser("list", help="print when each certificate is due, and when it ends")
    deeds.add_parser("renew", help="renew what is due")
    deed = parser.parse_args(words).deed
    try:
        secrets = labelled()
    except RefusedError as refused:
        sys.exit(f"kubernetes-renewal: {refused}")
    if deed == "list":
        sys.stdout.write(f"{json.dumps([told(secret) for secret in secrets])}\n")
        return
    done, wrong = look(load(settings), secrets)
    sys.stdout.write(f"{json.dumps(done)}\n")
    if wrong:
        sys.exit("\n".join(f"kubernetes-renewal: {one}" for one in wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
