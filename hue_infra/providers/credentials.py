"""What the parts of a platform know each other by: passwords, and a certificate of their own.

Both are made here, at random, and kept as secrets; nothing outside the platform needs to trust
them.  A user more gets a password, and the others keep theirs.
"""

import datetime
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult

from hue_infra.providers.resource import ProvidedResource, seen

Props = dict[str, Any]
YEARS = 10
"""How long the certificate holds: whoever has its key has the platform's pods anyway."""
LENGTH = 32
"""Bytes of a password."""
MADE = ("passwords", "certificate", "key")


class CredentialsProvider(ResourceProvider):
    """Makes them, and keeps what is there."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Make all."""
        return CreateResult(props["names"][0], {**props, **made(props["users"], props["names"])})

    def update(self, _id: str, olds: Props, news: Props) -> UpdateResult:
        """Make what is missing; other names want another certificate."""
        fresh = made(news["users"], news["names"], olds.get("passwords") or {})
        if olds.get("names") == news["names"]:
            fresh |= {key: olds[key] for key in ("certificate", "key")}
        return UpdateResult({**news, **fresh})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether there is another user or another name."""
        return DiffResult(changes=any(olds.get(key) != news.get(key) for key in ("users", "names")))

    def read(self, id_: str, props: Props) -> ReadResult:
        """There is nothing to look at: the objects of the cluster are resources of their own."""
        return seen(id_, props, [], made=MADE)


def made(
    users: Sequence[str], names: Sequence[str], known: Mapping[str, str] | None = None
) -> Props:
    """Passwords of *users*, those *known* among them, and a certificate for *names* with its key.

    Args:
        users: Whom a password is for.
        names: DNS names; the first is the certificate's common name.
        known: Passwords to keep.
    """
    passwords = {user: secrets.token_urlsafe(LENGTH) for user in users}
    passwords |= {user: text for user, text in (known or {}).items() if user in passwords}
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "passwords": passwords,
        "certificate": _certificate(key, names),
        "key": private.decode(),
    }


def _certificate(key: ec.EllipticCurvePrivateKey, names: Sequence[str]) -> str:
    """It vouches for itself, and serves at both ends of a connection."""
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.UTC)
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
    )
    signed = builder.sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


class Credentials(ProvidedResource, kind="platform:Credentials", provider=CredentialsProvider):
    """Secret outputs ``passwords`` (by user) and ``key``, and ``certificate``."""

    passwords: pulumi.Output[dict[str, str]]
    certificate: pulumi.Output[str]
    key: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        users: Sequence[str],
        names: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Have them made.

        Args:
            name: The resource.
            users: Whom a password is for.
            names: DNS names of the certificate; the first is its common name.
            opts: Options of the resource.
        """
        secret = pulumi.ResourceOptions(additional_secret_outputs=["passwords", "key"])
        own: Props = {"users": list(users), "names": list(names), **dict.fromkeys(MADE)}
        super().__init__(name, own, pulumi.ResourceOptions.merge(opts, secret))
