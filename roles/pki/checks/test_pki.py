"""What is true on a machine that has the role ``pki``."""

import pytest

LIVE = "/etc/hue-pki/live"


@pytest.fixture
def authority(variables):
    if not variables["pki_is_authority"]:
        pytest.skip("another machine holds the authority")
    return variables


def test_certificate_is_valid_and_trusted(host):
    host.check_output("openssl verify -CApath /etc/ssl/certs %s/machine.crt", LIVE)


def test_certificate_has_the_names_declared(host, variables):
    shown = host.check_output("openssl x509 -in %s/machine.crt -noout -ext subjectAltName", LIVE)
    names = {part.strip() for line in shown.splitlines()[1:] for part in line.split(",")}

    assert {f"DNS:{name}" for name in variables["pki_names"]} <= names
    assert len(names) == len(variables["pki_names"]) + len(variables["pki_addresses"])


def test_key_is_the_certificates_and_root_alone_reads_it(host):
    key = host.file(f"{LIVE}/machine.key")
    own = host.check_output("openssl pkey -in %s/machine.key -pubout", LIVE)
    certified = host.check_output("openssl x509 -in %s/machine.crt -noout -pubkey", LIVE)

    assert (key.user, key.mode & 0o077) == ("root", 0)
    assert own == certified


def test_renewal_is_looked_after(host):
    assert host.check_output("systemctl is-active hue-cert.timer") == "active"
    assert host.check_output("systemctl is-enabled hue-cert.timer") == "enabled"


def test_authority_key_is_readable_by_root_alone(host, authority):
    key = host.file(f"{authority['pki_authority_directory']}/ca.key")

    assert (key.user, key.mode) == ("root", 0o400)


def test_renewals_are_answered_to_holders_alone(host, authority):
    service = f"https://{authority['pki_server']}:{authority['pki_port']}/.well-known/est"
    ask = "curl -s -o /dev/null -w '%{http_code}' --cacert /etc/hue-pki/ca.crt"

    assert host.check_output(f"{ask} {service}/cacerts") == "200"
    assert host.check_output(f"{ask} --data-binary x {service}/simplereenroll") == "401"


def test_names_outside_the_province_are_refused(host, authority):
    request = (
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null"
    )
    refused = host.run(f"{request} -subj /CN=x 2>/dev/null | hue-ca sign --name=www.example.com")

    assert refused.rc == 3
    assert refused.stdout == ""
    assert f"does not belong to {authority['pki_domain']}" in refused.stderr
