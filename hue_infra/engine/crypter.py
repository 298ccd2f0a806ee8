"""Encryption of secrets under a passphrase, exactly as Pulumi's passphrase secrets provider.

The key is PBKDF2-HMAC-SHA256 of the passphrase over an 8-byte salt, 1,000,000 rounds, 32 bytes.
A secret is AES-256-GCM with a fresh 12-byte nonce and no associated data, written as
``v1:<base64 nonce>:<base64 ciphertext and tag>``. The state of the provider, its *salt*, is
``v1:<base64 salt>:<the word "pulumi" encrypted so>``: the last part tells a wrong passphrase.

Source: pulumi/pulumi, pkg/secrets/passphrase and sdk/go/common/resource/config/crypt.go.

Not here: which values are secret (`encoding`), where a passphrase comes from (the caller).
"""

import base64
import binascii
import functools
import hashlib
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from hue_infra.errors import EngineError
from hue_infra.words import say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ROUNDS = 1_000_000
SALT_BYTES = 8
KEY_BYTES = 32
NONCE_BYTES = 12
PROBE = "pulumi"
"""What the last part of a salt decrypts to under the right passphrase."""


class Crypter:
    """Encrypts and decrypts the secrets of one stack; safe to share between threads.

    The passphrase is asked for once, at the first secret or at `unlock`, since deriving the key
    takes about a second. A value found unchanged at the same place keeps its old ciphertext, so
    that saving a state again changes nothing in the file.
    """

    def __init__(self, passphrase: Callable[[], str], salt: str = "") -> None:
        self._passphrase = passphrase
        self._salt = salt
        self._cipher: AESGCM | None = None
        self._lock = threading.RLock()
        self._known: dict[tuple[str, str], str] = {}

    @property
    def salt(self) -> str:
        """State of the provider, to be stored beside the secrets; empty before `unlock` made it."""
        return self._salt

    def unlock(self) -> None:
        """Ask for the passphrase, derive the key, and check it or, without a salt, make one.

        Raises:
            EngineError: The passphrase is not the one the secrets were encrypted with.
        """
        self._opened()

    def unlock_new(self) -> None:
        """Unlock a stack without passphrase only: its salt must be stored before any secret."""
        if not self._salt:
            self.unlock()

    def encrypt(self, plaintext: str, where: str = "") -> str:
        """Encrypt *plaintext*; *where* names its place in state (see the class)."""
        with self._lock:
            known = self._known.get((where, plaintext)) if where else None
        if known is not None:
            return known
        sealed = _seal(self._opened(), plaintext)
        self.remember(plaintext, sealed, where)
        return sealed

    def decrypt(self, ciphertext: str, where: str = "") -> str:
        """Decrypt *ciphertext* found at *where*.

        Raises:
            EngineError: It was damaged, or encrypted with another passphrase.
        """
        try:
            return _open(self._opened(), ciphertext)
        except ValueError as problem:
            raise EngineError(
                say("engine.secret-unreadable", where=where or "?"),
                hint=say("engine.secret-unreadable-hint"),
            ) from problem

    def remember(self, plaintext: str, ciphertext: str, where: str) -> None:
        """Note that *plaintext* at *where* is stored as *ciphertext*."""
        if where:
            with self._lock:
                self._known[where, plaintext] = ciphertext

    def _opened(self) -> "AESGCM":
        with self._lock:
            if self._cipher is None:
                self._cipher = self._derived()
            return self._cipher

    def _derived(self) -> "AESGCM":
        # Importing this costs 40 ms, which a stack without secrets need not pay.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        salt = _salt_bytes(self._salt) if self._salt else os.urandom(SALT_BYTES)
        phrase = self._passphrase().encode()
        cipher = AESGCM(_key(phrase, salt, ROUNDS))
        if self._salt:
            _check(cipher, self._salt)
        else:
            self._salt = f"v1:{base64.b64encode(salt).decode()}:{_seal(cipher, PROBE)}"
        return cipher


@functools.lru_cache(maxsize=8)
def _key(phrase: bytes, salt: bytes, rounds: int) -> bytes:
    """The key of a passphrase, derived once for all parts of a command that open the stack."""
    return hashlib.pbkdf2_hmac("sha256", phrase, salt, rounds, KEY_BYTES)


def _check(cipher: "AESGCM", salt: str) -> None:
    try:
        right = _open(cipher, salt.split(":", 2)[2]) == PROBE
    except ValueError:
        right = False
    if not right:
        raise EngineError(say("engine.passphrase-wrong"), hint=say("engine.passphrase-wrong-hint"))


def _salt_bytes(salt: str) -> bytes:
    version, _, rest = salt.partition(":")
    encoded, _, probe = rest.partition(":")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    if version != "v1" or not raw or not probe:
        raise EngineError(say("engine.salt-malformed"))
    return raw


def _seal(cipher: "AESGCM", plaintext: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, plaintext.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"


def _open(cipher: "AESGCM", ciphertext: str) -> str:
    """Decrypt; every way to fail is a ValueError."""
    # As above: only a stack with secrets pays for this import.
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415

    parts = ciphertext.split(":")
    if len(parts) != 3 or parts[0] != "v1":  # noqa: PLR2004 - version, nonce, body
        raise ValueError("not a version 1 ciphertext")
    try:
        nonce, sealed = (base64.b64decode(part, validate=True) for part in parts[1:])
        return cipher.decrypt(nonce, sealed, None).decode()
    except (InvalidTag, binascii.Error) as problem:
        raise ValueError(str(problem)) from problem
