"""What is true on a machine that has the role ``base``."""

import pytest

LIMITS = {
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "no",
    "permitemptypasswords": "no",
    "x11forwarding": "no",
}


def test_machine_has_its_name(host, variables):
    assert host.check_output("hostname") == variables["base_fqdn"].split(".")[0]
    assert variables["base_address"] in host.check_output(
        "getent ahostsv4 %s", variables["base_fqdn"]
    )


def test_core_machines_are_found_without_name_servers(host, variables):
    for entry in variables["base_hosts"]:
        found = host.check_output("getent -s files hosts %s", entry["names"][0])

        assert found.split()[0] == entry["address"]


def test_resolver_asks_the_province(host, variables):
    if not variables["base_dns_servers"]:
        pytest.skip("no name servers were given")
    lines = host.file("/etc/resolv.conf").content_string.splitlines()
    servers = [line.split()[1] for line in lines if line.startswith("nameserver")]

    assert servers == variables["base_dns_servers"][:3]


def test_shell_takes_keys_only(host, variables):
    settings = dict(
        line.split(maxsplit=1) for line in host.check_output("sshd -T").splitlines() if " " in line
    )
    root = settings["permitrootlogin"].replace("without-password", "prohibit-password")

    assert {name: settings[name] for name in LIMITS} == LIMITS
    assert root == variables["base_root_login"]


def test_no_account_has_a_usable_password(host):
    lines = host.file("/etc/shadow").content_string.splitlines()
    open_accounts = [
        name
        for name, password, *_ in (line.split(":") for line in lines)
        if password[:1] not in "!*"
    ]

    assert open_accounts == []


def test_packages_are_installed(host, variables):
    wanted = variables["base_packages"]
    shown = host.run("dpkg-query --show --showformat='${db:Status-Status} ${Package}\\n'").stdout
    installed = {line.split()[1] for line in shown.splitlines() if line.startswith("installed ")}

    assert set(wanted) - installed == set()


def test_unneeded_services_are_off(host, variables):
    units = " ".join(variables["base_unwanted_services"])
    running = host.run(f"systemctl list-units --no-legend --state=active {units}").stdout
    enabled = host.run(f"systemctl list-unit-files --no-legend --state=enabled {units}").stdout

    assert (running, enabled) == ("", "")


def test_kernel_settings_hold(host, variables):
    wanted = {
        "net.ipv4.tcp_syncookies": "1",
        "net.ipv4.conf.all.accept_redirects": "0",
        "net.ipv6.conf.all.accept_redirects": "0",
        **variables["base_kernel_settings"],
    }
    for name, value in wanted.items():
        assert host.check_output("sysctl -n %s", name) == str(value)


def test_no_service_has_failed(host):
    assert host.check_output("systemctl list-units --failed --no-legend --plain") == ""


def test_operators_come_in_by_key(host, variables):
    operator = variables["base_operator"]
    if not operator:
        pytest.skip("no operators' account was given")
    keys = host.file(f"/etc/ssh/authorized_keys.d/{operator}").content_string

    assert host.user(operator).exists
    assert [key for key in variables["base_operator_keys"] if key not in keys] == []
