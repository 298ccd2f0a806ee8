import pytest

from hue_infra import words
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.state import ResourceState

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
