import pytest

from hue_infra.engine import crypter


@pytest.fixture(autouse=True)
def _quick_key(monkeypatch):
    # A real key takes a second to derive, by design; these tests derive hundreds of thousands.
    monkeypatch.setattr(crypter, "ROUNDS", 1)
