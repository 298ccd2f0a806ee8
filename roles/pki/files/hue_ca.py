#!/usr/bin/python3
"""Keep the province's certificate authority: make it, sign for machines, renew over EST.

Lives on the authority's machine as ``/usr/local/sbin/hue-ca``; needs Python's
standard library and Debian's python3-cryptography alone.  The private key is made
here and never leaves.  ``serve`` answers RFC 7030 (EST): ``cacerts`` to anyone,
``simplereenroll`` to the holder of a certificate that the authority issued.

A machine's first certificate is ordered by the operator (``sign``); a renewal must ask
for exactly the names of the certificate it is made with (RFC 7030, 4.2.2).
"""

import argparse
import base64
import binascii
import datetime
import fcntl
import ipaddress
import json
import os
import socket
import ssl
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SETTINGS = Path("/etc/hue-ca.json")
UTC = datetime.timezone.utc  # noqa: UP017 - Ubuntu 22.04 has Python 3.10
SKEW = datetime.timedelta(minutes=5)
"""Certificates start this much early, for machines whose clock is behind."""
LONGEST_BODY = 65536
LEAST_RSA_BITS = 3072
LEAST_CURVE_BITS = 256
EST = "/.well-known/est/"
USAGES = {
    "machine": [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
    "server": [ExtendedKeyUsageOID.SERVER_AUTH],
    "client": [ExtendedKeyUsageOID.CLIENT_AUTH],
}


class RefusedError(Exception):
    """A request the authority does not sign, and why."""


@dataclass(frozen=True)
class Authority:
    """Where the authority lives and what it may sign."""

    directory: Path
    domain: str
    title: str
    networks: tuple
    days: float
    years: float

    @property
    def key(self) -> Path:
        """The private key, mode 0400."""
        return self.directory / "ca.key"

    @property
    def certificate(self) -> Path:
        """The self-signed certificate that every machine trusts."""
        return self.directory / "ca.crt"

    @property
    def index(self) -> Path:
        """One JSON line for each certificate issued or revoked."""
        return self.directory / "index.jsonl"


def load(settings: Path = SETTINGS) -> Authority:
    """Read the authority's settings."""
    said = json.loads(settings.read_text("utf-8"))
    networks = tuple(ipaddress.ip_network(one) for one in said["networks"])
    return Authority(
        directory=Path(said["directory"]),
        domain=said["domain"],
        title=said["title"],
        networks=networks,
        days=said["days"],
        years=said["years"],
    )


def create(authority: Authority) -> bool:
    """Make the key and the root certificate; false when both are there already."""
    if authority.certificate.exists():
        return False
    authority.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority.title)])
    now = _now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + datetime.timedelta(days=365.25 * authority.years))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(sign_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_constraints(authority), critical=True)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(authority.key, private, 0o400)
    _write(authority.certificate, _pem(builder.sign(key, hashes.SHA384())), 0o444)
    return True


def _constraints(authority: Authority) -> x509.NameConstraints:
    """Bind the root to the province's domain, so that a stolen key opens no other.

    Addresses stay unbound: the province grows, its root does not change with it; `check_names`
    sees to them.
    """
    return x509.NameConstraints([x509.DNSName(authority.domain)], None)


def sign(
    authority: Authority,
    request: x509.CertificateSigningRequest,
    names: list[x509.GeneralName],
    profile: str,
    days: float,
) -> x509.Certificate:
    """Issue a certificate for *request*'s key and *names*, the first of them its subject.

    Raises:
        RefusedError: A name is not the province's, the key is weak, the request forged.
    """
    check_names(authority, names)
    check_key(request)
    root = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    key = serialization.load_pem_private_key(authority.key.read_bytes(), None)
    now = _now()
    end = min(now + datetime.timedelta(days=days), _end(root))
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(names))
        .issuer_name(root.subject)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - min(SKEW, (end - now) / 10))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(USAGES[profile]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False
        )
    )
    issued = builder.sign(key, hashes.SHA384())
    _record(authority, "issued", issued.serial_number, names, end)
    return issued


def check_names(authority: Authority, names: list[x509.GeneralName]) -> None:
    """Refuse names outside the province's domain and addresses outside its networks."""
    if not any(isinstance(name, x509.DNSName) for name in names):
        raise RefusedError("no DNS name is asked for")
    for name in names:
        if isinstance(name, x509.DNSName):
            inside = name.value == authority.domain or name.value.endswith("." + authority.domain)
        elif isinstance(name, x509.IPAddress):
            inside = any(name.value in network for network in authority.networks)
        else:
            inside = False
        if not inside:
            raise RefusedError(f"{name.value} does not belong to {authority.domain}")


def check_key(request: x509.CertificateSigningRequest) -> None:
    """Refuse a request that is not signed by its own key, or whose key is weak."""
    try:
        valid = request.is_signature_valid
    except (InvalidSignature, ValueError):
        valid = False
    if not valid:
        raise RefusedError("the request is not signed by its own key")
    key = request.public_key()
    strong_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS
    strong_ec = isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= LEAST_CURVE_BITS
    if not (strong_rsa or strong_ec):
        raise RefusedError("the key is neither RSA of 3072 bits or more nor an elliptic curve")


def renew(authority: Authority, current: bytes, body: bytes) -> bytes:
    """Answer simplereenroll: the same names, a new time, as PKCS #7 in base64.

    Args:
        authority: Who signs.
        current: The certificate (DER) the connection was made with; TLS has verified it.
        body: The request in base64, as RFC 7030 sends it.

    Raises:
        RefusedError: The request asks for other names, or the certificate is revoked.
    """
    holder = x509.load_der_x509_certificate(current)
    if holder.serial_number in revoked(authority):
        raise RefusedError("the certificate was revoked")
    try:
        request = x509.load_der_x509_csr(base64.b64decode(body))
    except (ValueError, binascii.Error) as broken:
        raise RefusedError("the body is not a PKCS #10 request in base64") from broken
    if alternative_names(request) != alternative_names(holder) or request.subject != holder.subject:
        raise RefusedError("a renewal must ask for the names of the certificate it replaces")
    usages = holder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    profile = next(name for name, wanted in USAGES.items() if wanted == list(usages))
    names = list(holder.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    return _certificates([sign(authority, request, names, profile, authority.days)])


def alternative_names(holder: "x509.Certificate | x509.CertificateSigningRequest") -> set:
    """Subject alternative names, without their order."""
    try:
        found = holder.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return set()
    return set(found.value)


def revoke(authority: Authority, serial: int) -> None:
    """Renew this certificate no more."""
    _record(authority, "revoked", serial, [], None)


def revoked(authority: Authority) -> set:
    """Serial numbers that were revoked."""
    if not authority.index.exists():
        return set()
    lines = map(json.loads, authority.index.read_text("utf-8").splitlines())
    return {int(line["serial"]) for line in lines if line["event"] == "revoked"}


class Door(BaseHTTPRequestHandler):
    """The two operations of EST that machines need."""

    protocol_version = "HTTP/1.1"
    timeout = 20
    authority: Authority

    def do_GET(self) -> None:
        """Serve ``cacerts``: the root, to anyone who asks (RFC 7030, 4.1)."""
        if self.path != EST + "cacerts":
            self._answer(404, b"no such operation\n", "text/plain")
            return
        root = x509.load_pem_x509_certificate(self.authority.certificate.read_bytes())
        self._answer(200, _certificates([root]), "application/pkcs7-mime")

    def do_POST(self) -> None:
        """Serve ``simplereenroll`` to the holder of a certificate of ours."""
        length = int(self.headers.get("Content-Length") or 0)
        current = self.connection.getpeercert(binary_form=True)  # type: ignore[attr-defined]
        if self.path != EST + "simplereenroll" or not 0 < length <= LONGEST_BODY:
            self.close_connection = True
            self._answer(404, b"no such operation\n", "text/plain")
            return
        # Read to its end before any answer: closing on unread data would reset the connection.
        body = self.rfile.read(length)
        if current is None:
            self._answer(401, b"a certificate of this authority is needed\n", "text/plain")
        else:
            self._renew(current, body)

    def _renew(self, current: bytes, body: bytes) -> None:
        try:
            answer = renew(self.authority, current, body)
        except RefusedError as why:
            self._answer(403, f"{why}\n".encode(), "text/plain")
        else:
            self._answer(200, answer, "application/pkcs7-mime; smime-type=certs-only")

    def _answer(self, code: int, body: bytes, kind: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        if kind.startswith("application"):
            self.send_header("Content-Transfer-Encoding", "base64")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """TLS for each connection in its own thread, so that a silent peer holds up nobody."""

    address_family = socket.AF_INET6
    daemon_threads = True

    def __init__(self, port: int, door: "type[Door]", context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__(("::", port), door)

    def server_bind(self) -> None:
        """Listen on IPv4 as well."""
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def finish_request(self, request: socket.socket, client_address: tuple) -> None:
        """Shake hands in the connection's own thread, then serve it."""
        request.settimeout(Door.timeout)
        with self.context.wrap_socket(request, server_side=True) as secured:
            self.RequestHandlerClass(secured, client_address, self)

    def handle_error(self, request: object, client_address: tuple) -> None:
        """Tell in one line what a peer did wrong."""
        sys.stderr.write(f"{client_address[0]}: {sys.exc_info()[1]}\n")


def serve(authority: Authority, port: int, certificate: Path, key: Path) -> None:
    """Answer EST on *port* until told to end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    door = type("ProvinceDoor", (Door,), {"authority": authority})
    with Server(port, door, context) as server:
        server.serve_forever()


def _subject(names: list[x509.GeneralName]) -> x509.Name:
    first = next(name.value for name in names if isinstance(name, x509.DNSName))
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, first[:64])])


def _key_usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_encipherment=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _certificates(certificates: list[x509.Certificate]) -> bytes:
    der = pkcs7.serialize_certificates(certificates, serialization.Encoding.DER)
    return base64.encodebytes(der)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _now() -> datetime.datetime:
    return datetime.datetime.now(UTC).replace(microsecond=0)


def _end(certificate: x509.Certificate) -> datetime.datetime:
    # not_valid_after_utc came with cryptography 42; Debian 12 has 38.
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_after_utc
    return certificate.not_valid_after.replace(tzinfo=UTC)


def _write(path: Path, content: bytes, mode: int) -> None:
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    new.rename(path)


def _record(
    authority: Authority,
    event: str,
    serial: int,
    names: list[x509.GeneralName],
    end: "datetime.datetime | None",
) -> None:
    line = {"event": event, "serial": str(serial), "at": _now().isoformat()}
    if end:
        line |= {"names": [str(name.value) for name in names], "until": end.isoformat()}
    with authority.index.open("a", encoding="utf-8") as index:
        fcntl.flock(index, fcntl.LOCK_EX)
        index.write(json.dumps(line) + "\n")


def general_name(text: str) -> x509.GeneralName:
    """An address as an address, everything else as a DNS name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _sign_stdin(authority: Authority, said: argparse.Namespace) -> None:
    try:
        request = x509.load_pem_x509_csr(sys.stdin.buffer.read())
    except ValueError as broken:
        raise RefusedError("standard input holds no PEM request") from broken
    names = [general_name(name) for name in said.name]
    if not names:
        names = sorted(alternative_names(request), key=lambda name: str(name.value))
    days = authority.days if said.days is None else said.days
    issued = sign(authority, request, names, said.profile, days)
    sys.stdout.write(_pem(issued).decode() + authority.certificate.read_text("ascii"))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hue-ca", description="The province's authority.")
    parser.add_argument("--settings", type=Path, default=SETTINGS)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("init", help="make the key and the root certificate once")
    order = verbs.add_parser("sign", help="sign the PEM request on stdin; print the chain")
    order.add_argument("--profile", choices=sorted(USAGES), default="machine")
    order.add_argument("--days", type=float)
    order.add_argument("--name", action="append", default=[], help="name or address; repeatable")
    verbs.add_parser("revoke", help="renew this one no more").add_argument("serial", type=int)
    door = verbs.add_parser("serve", help="answer EST")
    door.add_argument("--port", type=int, default=8443)
    door.add_argument("--certificate", type=Path, required=True)
    door.add_argument("--key", type=Path, required=True)
    return parser


def main(arguments: "list[str] | None" = None) -> int:
    """Do what the command line asks; 0 done, 3 refused."""
    said = _arguments().parse_args(arguments)
    authority = load(said.settings)
    try:
        if said.verb == "init":
            sys.stdout.write("created\n" if create(authority) else "present\n")
        elif said.verb == "sign":
            _sign_stdin(authority, said)
        elif said.verb == "revoke":
            revoke(authority, said.serial)
        else:
            serve(authority, said.port, said.certificate, said.key)
    except RefusedError as why:
        sys.stderr.write(f"hue-ca: refused: {why}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
