"""Certificates of the province's own authority for what runs in clusters.

The key is made here and stays here, as a secret; only the request travels to the
authority's machine, which signs it.
"""

from collections.abc import Sequence
from typing import Any

import pulumi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from hue_infra.engine import progress
from hue_infra.providers import chains, reach
from hue_infra.providers.resource import DRIFT, ProvidedResource, seen
from hue_infra.words import say

Props = dict[str, Any]
OWN = ("names", "days", "profile", "authority", "instance")


class CertificateProvider(ResourceProvider):
    """Issues by the command on the authority's machine."""

    serialize_as_secret_always = False

    def create(self, props: Props) -> CreateResult:
        """Make a key and have the request signed."""
        return CreateResult(props["names"][0], {**props, **_issue(props)})

    def update(self, _id: str, _olds: Props, news: Props) -> UpdateResult:
        """Issue again: the names changed, or the time has come."""
        return UpdateResult({**news, **_issue(news)})

    def diff(self, _id: str, olds: Props, news: Props) -> DiffResult:
        """Whether the names or the authority changed, or a third of the lifetime is left."""
        asked = any(olds.get(key) != news.get(key) for key in OWN)
        due = chains.is_due(str(olds.get("chain", "")))
        return DiffResult(changes=asked or due or bool(olds.get(DRIFT)))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Whether the authority that stands now has issued it.

        What shows it, an object of a cluster, is a resource of its own.  That it is due is no
        drift: the cluster renews what it shows by itself.
        """
        root = reach.perform(props["authority"], ["cat", reach.AUTHORITY]).stdout
        same = chains.is_from(str(props.get("chain", "")), root)
        drift = [] if same else [say("providers.other-authority")]
        return seen(id_, props, drift, made=["key", "chain"])


def request(names: Sequence[str]) -> tuple[str, str]:
    """Return a new private key and a signing request for *names*, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    wanted = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = builder.add_extension(wanted, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), signed.public_bytes(serialization.Encoding.PEM).decode()


def _issue(props: Props) -> Props:
    progress.say(say("providers.signing", name=props["names"][0]))
    key, asked = request(props["names"])
    argv = ["hue-ca", "sign", "--profile", props["profile"], "--days", str(int(props["days"]))]
    argv += [f"--name={name}" for name in props["names"]]
    return {"key": key, "chain": reach.perform(props["authority"], argv, asked).stdout}


class Certificate(ProvidedResource, kind="pki:Certificate", provider=CertificateProvider):
    """A certificate and its key; outputs ``chain`` and the secret ``key``."""

    chain: pulumi.Output[str]
    key: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        """Ask for a certificate.

        Args:
            name: The resource.
            props: ``names``, ``days``, ``profile`` (what it may be shown for, as ``hue-ca`` calls
                it), ``authority`` (a reach), ``instance`` (of the authority's machine: another one
                means another authority).
            opts: Options of the resource.
        """
        secret = pulumi.ResourceOptions(additional_secret_outputs=["key"])
        own = {**props, "chain": None, "key": None}
        super().__init__(name, own, pulumi.ResourceOptions.merge(opts, secret))
