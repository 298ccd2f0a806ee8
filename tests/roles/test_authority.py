"""The province's authority: what it signs, what it refuses, and renewals over real TLS."""

import base64
import datetime
import ipaddress
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import an_authority
import pytest
from an_authority import hue_ca
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

NAMES = [x509.DNSName("gw.phuxuan.hue.gov.vn"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]


@pytest.fixture
def authority(tmp_path: Path) -> Any:
    return an_authority.made(tmp_path)


def request(names: list[x509.GeneralName], key: Any = None) -> x509.CertificateSigningRequest:
    first = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0].value)])
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(first)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )


def test_the_authority_is_made_once(authority: Any) -> None:
    before = authority.key.read_bytes()

    assert hue_ca.create(authority) is False
    assert authority.key.read_bytes() == before
    assert authority.key.stat().st_mode & 0o777 == 0o400


def test_a_certificate_ends_when_told_and_has_its_names(authority: Any) -> None:
    issued = hue_ca.sign(authority, request(NAMES), NAMES, "machine", 30)
    left = issued.not_valid_after_utc - datetime.datetime.now(datetime.UTC)

    assert datetime.timedelta(days=29) < left <= datetime.timedelta(days=30)
    assert hue_ca.alternative_names(issued) == set(NAMES)


@pytest.mark.parametrize(
    "name",
    [
        "www.example.com",
        "hue.gov.vn.example.com",
        "xhue.gov.vn",
        "10.9.9.9",
        "*.gov.vn",
        "2001:db8::1",
    ],
)
def test_names_that_are_not_the_provinces_are_refused(authority: Any, name: str) -> None:
    names = [NAMES[0], hue_ca.general_name(name)]

    with pytest.raises(hue_ca.RefusedError, match="does not belong"):
        hue_ca.sign(authority, request(NAMES), names, "server", 30)


def test_weak_keys_are_refused(authority: Any) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(hue_ca.RefusedError, match="3072"):
        hue_ca.sign(authority, request(NAMES, weak), NAMES, "machine", 30)


def private_text(key: Any) -> bytes:
    text: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return text


@pytest.fixture
def service(authority: Any, tmp_path: Path) -> Iterator[tuple[str, Any, Path]]:
    """The renewal service on loopback, and a holder's certificate with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    issued = hue_ca.sign(authority, request(NAMES, key), NAMES, "machine", 30)
    holder = tmp_path / "holder.pem"
    holder.write_bytes(issued.public_bytes(serialization.Encoding.PEM) + private_text(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(holder)
    context.load_verify_locations(authority.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    door = type(
        "TestDoor", (hue_ca.Door,), {"authority": authority, "log_message": lambda *_: None}
    )
    with hue_ca.Server(0, door, context) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}{hue_ca.EST}", issued, holder
        server.shutdown()
        thread.join()


def post(url: str, authority: Any, body: bytes, holder: Path | None) -> bytes:
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if holder:
        context.load_cert_chain(holder)
    asked = urllib.request.Request(url, body or None)  # noqa: S310 - our own service
    with urllib.request.urlopen(asked, context=context, timeout=10) as answer:  # noqa: S310
        found: bytes = answer.read()
    return found


def encoded(asked: x509.CertificateSigningRequest) -> bytes:
    return base64.encodebytes(asked.public_bytes(serialization.Encoding.DER))


def test_anyone_may_have_the_authoritys_certificate(authority: Any, service: Any) -> None:
    answer = post(f"{service[0]}cacerts", authority, b"", None)
    found = pkcs7.load_der_pkcs7_certificates(base64.b64decode(answer))

    assert [one.public_bytes(serialization.Encoding.PEM) for one in found] == [
        authority.certificate.read_bytes()
    ]


def test_a_holder_renews_the_same_names_with_a_new_key(authority: Any, service: Any) -> None:
    asked = request(NAMES)
    answer = post(f"{service[0]}simplereenroll", authority, encoded(asked), service[2])
    [renewed] = pkcs7.load_der_pkcs7_certificates(base64.b64decode(answer))

    assert renewed.public_key() == asked.public_key()
    assert hue_ca.alternative_names(renewed) == set(NAMES)
    assert renewed.serial_number != service[1].serial_number


def refusal(url: str, authority: Any, body: bytes, holder: Path | None) -> int:
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(url, authority, body, holder)
    code = refused.value.code
    refused.value.close()
    return code


def test_strangers_other_names_and_revoked_ones_are_refused(authority: Any, service: Any) -> None:
    url = f"{service[0]}simplereenroll"
    others = [x509.DNSName("ca.hue.gov.vn")]

    assert refusal(url, authority, encoded(request(NAMES)), None) == 401
    assert refusal(url, authority, encoded(request(others)), service[2]) == 403
    assert refusal(url, authority, b"no request", service[2]) == 403

    hue_ca.revoke(authority, service[1].serial_number)

    assert refusal(url, authority, encoded(request(NAMES)), service[2]) == 403


def test_what_is_for_servers_alone_renews_nothing(authority: Any, service: Any, tmp_path) -> None:
    """TLS itself refuses to take it from a client; so what is renewed is issued for both."""
    key = ec.generate_private_key(ec.SECP256R1())
    issued = hue_ca.sign(authority, request(NAMES, key), NAMES, "server", 30)
    holder = tmp_path / "server.pem"
    holder.write_bytes(issued.public_bytes(serialization.Encoding.PEM) + private_text(key))

    with pytest.raises(OSError, match=r"EOF|alert|reset|Broken"):
        post(f"{service[0]}simplereenroll", authority, encoded(request(NAMES)), holder)
