import pytest

from hue_infra.engine import crypter as module
from hue_infra.engine.crypter import Crypter
from hue_infra.errors import EngineError

# Of pulumi/pulumi, pkg/secrets/passphrase/manager_test.go: its state and the phrase it opens with.
UPSTREAM_SALT = "v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ=="
UPSTREAM_PHRASE = "password"


def test_upstreams_salt_opens_with_its_phrase():
    found = Crypter(lambda: UPSTREAM_PHRASE, UPSTREAM_SALT)

    found.unlock()

    assert found.salt == UPSTREAM_SALT
    assert found.decrypt(UPSTREAM_SALT.split(":", 2)[2]) == "pulumi"


def test_another_phrase_is_refused_in_words():
    found = Crypter(lambda: "password123", UPSTREAM_SALT)

    with pytest.raises(EngineError, match="not the one this stack's secrets") as caught:
        found.unlock()

    assert "Nothing was changed" in caught.value.hint


@pytest.mark.parametrize(
    "salt", ["fozI5u6B030=:v1:F+6ZduL:PGMF==", "v2:fozI5u6B030=:v1:a:b", "v1::", "v1:%%:v1:a:b"]
)
def test_a_damaged_salt_is_refused_before_the_slow_derivation(salt):
    def never():
        raise AssertionError("asked for a passphrase")

    with pytest.raises(EngineError, match="salt"):
        Crypter(never, salt).unlock()


def test_what_is_encrypted_opens_again_in_another_process_of_mind(crypter, monkeypatch):
    sealed = crypter.encrypt("bí mật")

    assert sealed.startswith("v1:")
    assert "bí" not in sealed
    assert Crypter(lambda: "một cụm mật khẩu", crypter.salt).decrypt(sealed) == "bí mật"


def test_the_phrase_is_asked_for_once_and_only_when_needed(monkeypatch):
    monkeypatch.setattr(module, "ROUNDS", 1)
    asked = []
    found = Crypter(lambda: asked.append(1) or "x")
    assert asked == []

    found.encrypt("a")
    found.encrypt("b")

    assert asked == [1]


def test_the_same_secret_at_the_same_place_keeps_its_ciphertext(crypter):
    first = crypter.encrypt("a", "here")

    assert crypter.encrypt("a", "here") == first
    assert crypter.encrypt("a", "there") != first
    assert crypter.encrypt("b", "here") != first


@pytest.mark.parametrize("sealed", ["", "v1:a", "v2:AAAA:AAAA", "v1:AAAA:AAAA", "v1:%:%"])
def test_a_damaged_ciphertext_names_its_place(crypter, sealed):
    with pytest.raises(EngineError, match="urn#inputs/key"):
        crypter.decrypt(sealed, "urn#inputs/key")


def test_one_changed_bit_is_noticed(crypter):
    sealed = crypter.encrypt("a")
    changed = sealed[:-4] + ("A" if sealed[-4] != "A" else "B") + sealed[-3:]

    with pytest.raises(EngineError):
        crypter.decrypt(changed)


def test_the_slow_derivation_is_done_once_for_the_same_salt_and_phrase(monkeypatch):
    asked = []
    derive = module.hashlib.pbkdf2_hmac

    def counting(*args):
        asked.append(args)
        return derive(args[0], args[1], args[2], 1, args[4])

    monkeypatch.setattr(module.hashlib, "pbkdf2_hmac", counting)
    first = Crypter(lambda: "one of its own")
    first.unlock()
    Crypter(lambda: "one of its own", first.salt).unlock()
    other = Crypter(lambda: "another", first.salt)

    with pytest.raises(EngineError):
        other.unlock()
    assert len(asked) == 2
