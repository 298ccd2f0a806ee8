"""An authority for tests, and the certificates that it issues, as PEM."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("dichvucong.hue.gov.vn", "www.dichvucong.hue.gov.vn")


class Authority:
    """An authority with a key of its own; *age* is in days."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = named("authority of a test")
        self.certificate = self._signed(self.name, self.key, age=1000, days=3650, ca=True)

    def issued(self, age, names=NAMES, days=90):
        """A chain that begins *age* days ago, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        own = self._signed(named(names[0]), key, age=age, days=days, names=names)
        return text(own) + text(self.certificate), key_text(key)

    def _signed(self, subject, key, *, age, days, names=(), ca=False):
        begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=age)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if names:
            alternative = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
            builder = builder.add_extension(alternative, critical=False)
        return builder.sign(self.key, hashes.SHA256())


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def text(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_text(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
