"""How an API server is found and how it knows us, as a kubeconfig tells."""

import base64
import datetime
import os
import ssl
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hue_infra.providers.clusters import AccessProvider
from hue_infra.providers.kubernetes.api import access

DAY = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def certificate(key, until=DAY + datetime.timedelta(days=1)):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "admin")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    made = builder.not_valid_before(DAY).not_valid_after(until)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def private(key):
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def kubeconfig(pem, key):
    told = [base64.b64encode(one).decode() for one in (pem, key)]
    return f"""apiVersion: v1
kind: Config
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
users: [{{name: test, user: {{client-certificate-data: {told[0]}, client-key-data: {told[1]}}}}}]
clusters: [{{name: test, cluster: {{server: "https://127.0.0.1:1"}}}}]
"""


@pytest.fixture
def written():
    """The paths of what this test opens for writing."""
    paths = []
    watching = True

    def note(event, details):
        # What is open already has a number and no path.
        if watching and event == "open" and isinstance(details[0], str | bytes | os.PathLike):
            path, _, flags = details
            paths.extend([path] if flags & (os.O_WRONLY | os.O_RDWR) else [])

    sys.addaudithook(note)
    yield paths
    # A hook cannot be taken back.
    watching = False


def test_a_key_is_read_without_ever_lying_in_a_directory(written):
    key = ec.generate_private_key(ec.SECP256R1())

    assert access(kubeconfig(certificate(key), private(key))).server == "https://127.0.0.1:1"
    assert written == []


def test_a_key_of_another_certificate_is_refused():
    own, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    with pytest.raises(ssl.SSLError, match="MISMATCH"):
        access(kubeconfig(certificate(own), private(other)))


@pytest.mark.parametrize(("days", "again"), [(59, True), (62, False), (-1, True)])
def test_a_way_in_that_ends_soon_is_read_again(days, again):
    key = ec.generate_private_key(ec.SECP256R1())
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    props = {"machine": {}, "server": "https://127.0.0.1:1", "instance": ""}
    known = {**props, "kubeconfig": kubeconfig(certificate(key, until), private(key))}

    assert AccessProvider().diff("main", known, props).changes is again


def test_a_way_into_another_server_is_read_again():
    key = ec.generate_private_key(ec.SECP256R1())
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=300)
    props = {"machine": {}, "server": "https://127.0.0.1:1", "instance": ""}
    known = {**props, "kubeconfig": kubeconfig(certificate(key, until), private(key))}

    assert AccessProvider().diff("main", known, {**props, "server": "https://127.0.0.1:2"}).changes
