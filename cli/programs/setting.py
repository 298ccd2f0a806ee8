"""Configuration of a program's stack: how it is recorded and read."""

import json
import re
from collections.abc import Iterable
from typing import Final

from hue_infra.cli.programs.opening import Opened
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.host.settings import Setting, encrypted, with_defaults
from hue_infra.engine.reporter import MASK
from hue_infra.errors import InputError
from hue_infra.words import say

_TELLING: Final = re.compile("passwd|pass|pwd|secret|token", re.IGNORECASE)
"""Keys whose values are likely to be secrets, as upstream takes them."""
_SHORTEST: Final = 8
"""Characters that a secret has at least; chosen here."""


class Blind(Crypter):
    """Opens nothing: every secret reads as masked, and nobody is asked for a passphrase."""

    def __init__(self) -> None:
        super().__init__(str)

    def decrypt(self, ciphertext: str, where: str = "") -> str:
        """Return the mask."""
        return MASK


def every(opened: Opened, *, show_secrets: bool) -> dict[str, Setting]:
    """Every setting by its full name, those of the project among them."""
    return with_defaults(opened.settings, opened.crypter() if show_secrets else Blind())


def one(opened: Opened, key: str, *, path: bool) -> Setting | None:
    """One setting, in clear; None where nothing gives it."""
    return opened.settings.get(key, opened.crypter(), path=path)


def record(opened: Opened, given: Iterable[str], *, path: bool) -> None:
    """Record settings as a command line gives them, ``key=value``.

    Raises:
        InputError: One of them has no value, or no key.
    """
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(say("programs.setting-form", text=text))
        opened.settings.set(key, value, path=path)


def keep(opened: Opened, key: str, value: str, *, path: bool, secret: bool) -> None:
    """Record one setting, encrypted if it is secret."""
    if not secret:
        opened.settings.set(key, value, path=path)
        return
    crypter = opened.crypter()
    opened.settings.set(key, encrypted(value, crypter), path=path)
    opened.settings.keep_salt(crypter.salt)


def looks_secret(key: str, value: str) -> bool:
    """Whether a value recorded in clear had better been encrypted."""
    return bool(_TELLING.search(key)) and len(value) >= _SHORTEST


def document(setting: Setting, *, show: bool) -> dict[str, object]:
    """A setting in the JSON of ``pulumi config --json``; a secret has no value unless shown."""
    told: dict[str, object] = {}
    if show or not setting.secret:
        told["value"] = setting.text
        if setting.is_object:
            told["objectValue"] = json.loads(setting.text)
    return {**told, "secret": setting.secret}


def pretty(opened: Opened, key: str) -> str:
    """A full name as people write it: without the namespace that is the project's own."""
    return key.removeprefix(f"{opened.project.name}:")
