"""What is true on a machine that has the role ``logging``."""

import secrets
import time

import pytest

PATIENCE = 60.0  # seconds until a line must be in its file, soon after a whole lab has booted


def test_service_runs_and_starts_with_the_machine(host):
    assert host.service("rsyslog").is_running
    assert host.service("rsyslog").is_enabled


def test_lines_go_to_the_server_over_tls(host, variables):
    if variables["logging_is_server"]:
        pytest.skip("this machine is the log server")
    host.check_output("logger check of the way to the log server")
    server = f"{variables['logging_server_address']}:{variables['logging_port']}"
    end = time.monotonic() + PATIENCE
    while server not in (seen := host.check_output("ss -ntH state established")):
        assert time.monotonic() < end, seen
        time.sleep(0.2)
    tls = (
        f"openssl s_client -connect {server} -CAfile /etc/hue-pki/ca.crt -verify_return_error "
        f"-verify_hostname {variables['logging_server']} -cert /etc/hue-pki/live/machine.crt "
        "-key /etc/hue-pki/live/machine.key </dev/null"
    )

    assert "Verify return code: 0 (ok)" in host.run(tls).stdout


def test_server_takes_lines_over_tls_alone(host, variables):
    if not variables["logging_is_server"]:
        pytest.skip("another machine is the log server")

    assert host.check_output(f"ss -lntH sport = :{variables['logging_port']}")
    assert host.check_output("ss -lntuH sport = :514") == ""


def test_server_keeps_a_line_in_its_machines_file(host, variables):
    if not variables["logging_is_server"]:
        pytest.skip("another machine is the log server")
    mark = secrets.token_hex(8)
    host.check_output("logger check %s", mark)
    end = time.monotonic() + PATIENCE
    command = f"grep -rqs {mark} /var/log/province/{variables['logging_fqdn']}"
    while host.run(command).rc:
        assert time.monotonic() < end
        time.sleep(0.2)


def test_server_keeps_lines_as_long_as_the_law_asks(host, variables):
    if not variables["logging_is_server"]:
        pytest.skip("another machine is the log server")
    settings = host.file("/etc/tmpfiles.d/province-logs.conf").content_string

    assert f" {variables['logging_retention_days']}d" in settings
    assert host.check_output("systemctl is-active systemd-tmpfiles-clean.timer") == "active"
