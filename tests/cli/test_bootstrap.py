"""The private environment: made once, found again without starting a Python, made anew in need."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "environment.sh"
PYTHON = """#!/bin/sh
echo "$*" >> "$CALLS"
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
ln -s "$(readlink -f "$0")" "$3/bin/python"
"""


@dataclass(frozen=True)
class Checkout:
    """A checkout with a Python that notes what it is started for."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python3"

    def upgrade(self, version: str) -> None:
        """Let it be this version, as a distribution does."""
        real = self.folder / version
        real.write_text(PYTHON)
        real.chmod(0o755)
        self.python.unlink(missing_ok=True)
        self.python.symlink_to(real)

    def environment(self) -> tuple[str, list[str]]:
        """Ask for the environment: where it is, and what Python was started for."""
        done = self.bootstrap()
        done.check_returncode()
        return done.stdout.strip(), (self.folder / "calls").read_text().splitlines()

    def bootstrap(self) -> "subprocess.CompletedProcess[str]":
        """Run what the two commands of the checkout begin with."""
        calls = self.folder / "calls"
        calls.write_text("")
        return subprocess.run(
            ["sh", "-euc", f'. {SCRIPT}; environment run; echo "$venv"'],
            env={
                "PATH": os.environ["PATH"],
                "HUE_INFRA_PYTHON": str(self.python),
                "root": str(self.folder),
                "CALLS": str(calls),
                "HUE_INFRA_CACHE": str(self.folder / "cache"),
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text("one==1\n")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "bin").mkdir()
    made = Checkout(tmp_path)
    made.upgrade("python3.11")
    return made


def test_it_is_made_from_the_hashed_lock(checkout: Checkout) -> None:
    venv, calls = checkout.environment()

    assert f"-m venv {venv}" in calls
    assert any("--require-hashes" in call and "run.lock" in call for call in calls)


def test_a_second_call_starts_no_python(checkout: Checkout) -> None:
    first, _ = checkout.environment()

    assert checkout.environment() == (first, [])


def test_a_changed_lock_has_an_environment_of_its_own(checkout: Checkout) -> None:
    first, _ = checkout.environment()
    (checkout.folder / "requirements" / "run.lock").write_text("one==2\n")
    second, calls = checkout.environment()

    assert second != first
    assert f"-m venv {second}" in calls


def test_an_environment_whose_python_is_another_now_is_made_anew(checkout: Checkout) -> None:
    venv, _ = checkout.environment()
    python = Path(venv, "bin", "python")
    python.unlink()
    # As environments of a distribution's Python do, whose name stays and whose version goes on.
    python.symlink_to(checkout.python)
    checkout.upgrade("python3.12")

    assert f"-m venv {venv}" in checkout.environment()[1]


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    venv, _ = checkout.environment()
    checkout.upgrade("python3.12")
    (checkout.folder / "python3.11").unlink()

    assert f"-m venv {venv}" in checkout.environment()[1]
    assert checkout.environment() == (venv, [])


def test_a_python_that_was_asked_for_and_does_not_serve_is_refused(checkout: Checkout) -> None:
    checkout.python.unlink()

    refused = checkout.bootstrap()

    assert refused.returncode == 5
    assert f"HUE_INFRA_PYTHON={checkout.python}" in refused.stderr
    assert not (checkout.folder / "cache").exists()
