"""How machines are reached over SSH: as the client itself understands what we tell it."""

import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import testinfra

from hue_infra.errors import UnreachedError
from hue_infra.providers import reach


@pytest.fixture
def way(tmp_path: Path) -> dict[str, str]:
    return reach.over_ssh("dc-core1", "192.0.2.7", "hue-admin", tmp_path / "a home")


def understood(way: dict[str, str]) -> dict[str, str]:
    if shutil.which("ssh") is None:
        pytest.skip("no SSH client")
    config = reach.ssh_config(Path(way["home"]))
    argv = ["ssh", "-G", "-F", str(config), way["address"]]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return {line.split()[0]: line.partition(" ")[2] for line in said.splitlines()}


def test_host_keys_are_taken_once_and_kept_in_the_stacks_home(way) -> None:
    found = understood(way)

    assert found["stricthostkeychecking"] == "accept-new"
    assert found["userknownhostsfile"].startswith(f"{way['home']}/known_hosts ")
    assert found["batchmode"] == "yes"
    assert found["serveraliveinterval"] == "5"


def test_the_operators_own_settings_hold_but_cannot_weaken_ours(way, tmp_path, monkeypatch) -> None:
    own = tmp_path / "own conf"
    own.write_text(
        "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nPort 2222\nProxyJump door\n"
        "Host 192.0.2.*\n  IdentityFile /keys/province\n"
    )
    monkeypatch.setenv(reach.SSH_CONFIG_VARIABLE, str(own))
    found = understood(way)

    assert (found["port"], found["proxyjump"]) == ("2222", "door")
    assert found["identityfile"] == "/keys/province"
    assert found["stricthostkeychecking"] == "accept-new"
    assert "/dev/null" not in found["userknownhostsfile"]


def test_one_that_does_not_let_us_in_is_not_one_whose_command_failed(way, tmp_path, monkeypatch):
    if shutil.which("ssh") is None:
        pytest.skip("no SSH client")
    with socket.socket() as taken:
        # Bound and not listened at: whoever comes is refused.
        taken.bind(("127.0.0.1", 0))
        own = tmp_path / "own"
        own.write_text(f"Port {taken.getsockname()[1]}\n")
        monkeypatch.setenv(reach.SSH_CONFIG_VARIABLE, str(own))
        with pytest.raises(UnreachedError, match="Connection refused"):
            reach.perform({**way, "address": "127.0.0.1"}, ["true"])


def test_the_file_is_whole_whoever_writes_it(way) -> None:
    home = Path(way["home"])
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(reach.ssh_config, [home] * 64))

    assert paths == {home / "ssh_config"}
    assert [path.name for path in home.iterdir()] == ["ssh_config"]


def test_ansible_and_checks_read_the_same_file(way) -> None:
    told = reach.connection(way)
    backend = testinfra.get_host(reach.testinfra_host(way)).backend

    assert told["ansible_ssh_common_args"] == f"-F '{way['home']}/ssh_config'"
    assert backend.ssh_config == f"{way['home']}/ssh_config"
    assert (backend.host.user, backend.host.name, backend.sudo) == ("hue-admin", "192.0.2.7", True)


def test_only_root_needs_no_sudo(way) -> None:
    assert reach.connection(way)["ansible_become"] == "true"
    assert reach.connection({**way, "user": "root"})["ansible_become"] == "false"
