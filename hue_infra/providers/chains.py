"""Certificates as chains of PEM: when they are due, whose they are, which follows which."""

import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

RENEW_BELOW = 1 / 3
"""Share of the lifetime left at which they are renewed, as the machines' certificates are."""


def is_due(chain: str, now: datetime.datetime | None = None) -> bool:
    """Whether the first certificate of *chain* must be renewed."""
    if "BEGIN CERTIFICATE" not in chain:
        return True
    leaf = x509.load_pem_x509_certificate(chain.encode())
    moment = now or datetime.datetime.now(datetime.UTC)
    lifetime = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    return leaf.not_valid_after_utc - moment < lifetime * RENEW_BELOW


def issuer(chain: str) -> str:
    """The authority's certificate at the end of *chain*, PEM."""
    authority = x509.load_pem_x509_certificates(chain.encode())[-1]
    return authority.public_bytes(serialization.Encoding.PEM).decode()


def is_from(chain: str, root: str) -> bool:
    """Whether *chain* leads to the authority *root*, both PEM."""
    if "BEGIN CERTIFICATE" not in chain:
        return False
    last = x509.load_pem_x509_certificates(chain.encode())[-1]
    authority = x509.load_pem_x509_certificate(root.encode())
    return last == authority or _is_issued(last, authority)


def is_successor(chain: str, key: str, before: str) -> bool:
    """Whether *chain* with its *key* is a later one for what the chain *before* is for.

    The same names, by the same authority, whose own certificate ends the chain *before*.
    """
    try:
        new = x509.load_pem_x509_certificate(chain.encode())
        old, *_, authority = x509.load_pem_x509_certificates(before.encode())
        own = serialization.load_pem_private_key(key.encode(), None).public_key()
    except (ValueError, TypeError):
        return False
    return (
        new.not_valid_before_utc > old.not_valid_before_utc
        and _names(new) == _names(old)
        and new.public_key() == own
        and _is_issued(new, authority)
    )


def _is_issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _names(certificate: x509.Certificate) -> tuple[x509.Name, frozenset[x509.GeneralName]]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return certificate.subject, frozenset()
    return certificate.subject, frozenset(found.value)
