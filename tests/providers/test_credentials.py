"""Passwords and the certificate of a platform: made once, kept, never shown."""

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from hue_infra.providers.credentials import CredentialsProvider

NAMES = ["database", "*.database-pods.database.svc"]
PROPS = {"users": ["api", "health"], "names": NAMES, "passwords": None}


def test_a_user_more_gets_a_password_and_the_others_keep_theirs():
    provider = CredentialsProvider()
    first = provider.create(PROPS).outs
    second = provider.update("database", first, {**PROPS, "users": ["api", "finance"]}).outs

    assert set(second["passwords"]) == {"api", "finance"}
    assert second["passwords"]["api"] == first["passwords"]["api"]
    assert len(set(first["passwords"].values()) | set(second["passwords"].values())) == 3
    assert min(map(len, second["passwords"].values())) >= 40
    assert (second["key"], second["certificate"]) == (first["key"], first["certificate"])


def test_other_names_want_another_certificate():
    provider = CredentialsProvider()
    first = provider.create(PROPS).outs
    second = provider.update("database", first, {**PROPS, "names": ["records"]}).outs

    assert second["certificate"] != first["certificate"]
    assert second["passwords"] == first["passwords"]


def test_the_certificate_serves_at_both_ends_of_a_connection():
    text = CredentialsProvider().create(PROPS).outs["certificate"]
    found = x509.load_pem_x509_certificate(text.encode())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert names.get_values_for_type(x509.DNSName) == NAMES
    assert set(usage) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
    found.verify_directly_issued_by(found)


def test_nothing_changes_while_users_and_names_stay():
    provider = CredentialsProvider()
    made = provider.create(PROPS).outs

    assert not provider.diff("database", made, PROPS).changes
    assert provider.diff("database", made, {**PROPS, "users": ["api"]}).changes
