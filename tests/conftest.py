"""This machine, as any test of a lab needs it, whichever test comes first on a fresh one."""

import shutil

import pytest

from hue_infra.lab import missing_packages
from hue_infra.tools import debian

LOOKED_WITH = {"nft": "nftables", "openssl": "openssl", "ssh": "openssh-client"}
"""Programs that only tests use, and the Debian packages that bring them."""


@pytest.fixture(scope="session")
def equipped_host() -> None:
    """Install what a lab needs of its host as `up` does, and what the tests look at it with.

    Where that cannot be, the preflight of the lab says what is missing.
    """
    wanted = {package for program, package in LOOKED_WITH.items() if shutil.which(program) is None}
    if (missing := sorted({*missing_packages(), *wanted})) and debian.can_install():
        debian.install(missing, lambda _line: None)
