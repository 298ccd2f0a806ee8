import signal
import sys
from pathlib import Path

import pytest

from hue_infra import words
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.state import ResourceState

# The parts of the random tests are a package of their own, which test modules import by name.
sys.path.insert(0, str(Path(__file__).parent / "properties"))

PHRASE = "một cụm mật khẩu"


@pytest.fixture(scope="session")
def crypter():
    """Opened once: to derive a key takes a second, by design."""
    found = Crypter(lambda: PHRASE)
    found.unlock()
    return found


@pytest.fixture
def resource():
    """Make a resource by its name, of a stack that all these tests share."""

    def make(name, **fields):
        kind = fields.pop("type", "hue:test:Thing")
        urn = f"urn:pulumi:lab::hue::{kind}::{name}"
        return ResourceState(urn, kind, **{"custom": True, **fields})

    return make


@pytest.fixture(autouse=True)
def _english():
    words.use("en")


@pytest.fixture
def interruptible():
    """An interrupt reaches the test, also where the shell that started all this ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
