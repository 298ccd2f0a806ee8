"""This machine, as any test of a lab needs it, whichever test comes first on a fresh one."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hue_infra.lab import Lab, MachineSpec, Nic, missing_packages
from hue_infra.tools import debian, platform_images

sys.path.insert(0, str(Path(__file__).parent / "roles/shared"))

from a_cluster import ONE_NODE, Cluster

LOOKED_WITH = {"nft": "nftables", "openssl": "openssl", "ssh": "openssh-client"}
"""Programs that only tests use, and the Debian packages that bring them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those come last that share a cluster: it costs a tenth of a core for as long as it is."""
    items.sort(key=lambda item: "fresh_node" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def equipped_host() -> None:
    """Install what a lab needs of its host as `up` does, and what the tests look at it with.

    Where that cannot be, the preflight of the lab says what is missing.
    """
    wanted = {package for program, package in LOOKED_WITH.items() if shutil.which(program) is None}
    if (missing := sorted({*missing_packages(), *wanted})) and debian.can_install():
        debian.install(missing, lambda _line: None)


@pytest.fixture(scope="session")
def fresh_node(equipped_host: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of one node in a lab, not begun yet, for all tests that need one."""
    directory = tmp_path_factory.mktemp("kubernetes")
    lab = Lab(directory / "lab")
    if problems := lab.preflight():
        pytest.skip("; ".join(problems))
    cluster = Cluster(lab, directory)
    cluster.write(
        {"k8s1": ONE_NODE},
        platforms=sorted(platform_images.table().image),
    )
    try:
        base = lab.ensure_base().id
        nics = [Nic("eth0", "dc", (f"10.57.0.{n}/24", f"fd57::{n}/64")) for n in (5, 9)]
        gateways = ("10.57.0.1", "fd57::1")
        lab.ensure_machine(MachineSpec("k8s1", "k8s1.lab.test", base, nics[:1], gateways, True))
        lab.ensure_machine(MachineSpec("outside", "outside.lab.test", base, nics[1:]))
        yield cluster
    finally:
        lab.destroy()


@pytest.fixture(scope="session")
def rehearsal(fresh_node: Cluster) -> tuple[str, int]:
    """What a check run counted on the fresh machine, and the code of looking for its traces."""
    counted = fresh_node.play("--check")
    return counted, fresh_node.node("test", "-e", "/etc/kubernetes", check=False).code


@pytest.fixture(scope="session")
def one_node(fresh_node: Cluster, rehearsal: tuple[str, int]) -> Cluster:
    """The cluster, begun; whoever lays something into it takes it out again."""
    fresh_node.play()
    return fresh_node
