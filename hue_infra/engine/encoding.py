"""Property values as JSON, in the form Pulumi writes them into state.

=====================  ==================================================================
A value                 in JSON
=====================  ==================================================================
``Secret``              ``{<key>: <secret>, "ciphertext": "v1:…"}``, or ``"plaintext"`` on demand
``UNKNOWN``             the placeholder text of `signatures`
whole number            without a fraction, ``3`` rather than ``3.0``
NaN, infinity           ``{<key>: <float>, "value": <16 hex digits>}``
asset, archive, other   ``{<key>: <signature>, …}``
=====================  ==================================================================

The text inside a secret is the JSON of its value, where secrets are written in clear.
"""

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from hue_infra.engine import signatures as sign
from hue_infra.engine.crypter import Crypter
from hue_infra.engine.values import (
    UNKNOWN,
    Archive,
    Asset,
    OutputValue,
    PropertyMap,
    ResourceReference,
    Sealed,
    Secret,
    Unknown,
    Value,
    plain,
)
from hue_infra.errors import EngineError
from hue_infra.words import say

WHOLE_LIMIT = 1e21
"""From here on Go and JavaScript write whole numbers with an exponent, and so do we."""


def dumps(data: object) -> str:
    """Compact JSON text, as every file of state is written."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Encoder:
    """Turns values into JSON.

    Attributes:
        crypter: Encrypts the secrets; None shows them in clear (``"plaintext"``).
        where: Place in state, for the ciphertext to stay the same (see `Crypter`).
    """

    crypter: Crypter | None
    where: str = ""

    def at(self, step: object) -> "Encoder":
        """The same encoder one step deeper."""
        return Encoder(self.crypter, f"{self.where}/{step}")

    def properties(self, values: Mapping[str, Value]) -> dict[str, object]:
        """Encode a property map, keys in order."""
        return {key: self.at(key).value(values[key]) for key in sorted(values)}

    def value(self, value: Value) -> object:
        """Encode one value."""
        match value:
            case dict():
                return self.properties(value)
            case list():
                return [self.at(index).value(item) for index, item in enumerate(value)]
            case OutputValue():
                return self.value(plain(value))
            case Secret():
                return self._secret(value)
            case _:
                return _leaf(value)

    def _secret(self, value: Secret) -> object:
        text = dumps(Inside().value(value.value))
        if self.crypter is None:
            return {sign.KEY: sign.SECRET, "plaintext": text}
        return {sign.KEY: sign.SECRET, "ciphertext": self.crypter.encrypt(text, self.where)}


class Inside(Encoder):
    """The encoder for what lies inside a secret: it is encrypted as a whole, so once only."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None)

    def at(self, step: object) -> "Encoder":
        """The same encoder: no ciphertext is kept inside a secret."""
        return self

    def _secret(self, value: Secret) -> object:
        # Upstream's no-op encrypter leaves the text of an inner secret in "ciphertext".
        return {sign.KEY: sign.SECRET, "ciphertext": dumps(self.value(value.value))}


@dataclass(frozen=True, slots=True)
class Decoder:
    """Turns JSON back into values; without a crypter a secret becomes `Sealed`."""

    crypter: Crypter | None
    where: str = ""
    inside: bool = False

    def at(self, step: object) -> "Decoder":
        """The same decoder one step deeper."""
        return Decoder(self.crypter, f"{self.where}/{step}", self.inside)

    def properties(self, data: Mapping[str, object]) -> PropertyMap:
        """Decode a property map."""
        return {key: self.at(key).value(item) for key, item in data.items()}

    def value(self, data: object) -> Value:
        """Decode one value.

        Raises:
            EngineError: The signature is unknown or its body malformed, or a secret unreadable.
        """
        match data:
            case dict():
                return self._signed(data) if sign.KEY in data else self.properties(data)
            case list():
                return [self.at(index).value(item) for index, item in enumerate(data)]
            case str():
                return UNKNOWN if data == sign.UNKNOWN else data
            case float():
                return whole(data)
            case None | bool() | int():
                return data
            case _:
                raise EngineError(say("engine.value-malformed", where=self.where))

    def _signed(self, data: dict[str, object]) -> Value:
        if data[sign.KEY] == sign.SECRET:
            return self._secret(data)
        try:
            return from_signed(data)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise EngineError(say("engine.value-malformed", where=self.where)) from problem

    def _secret(self, data: dict[str, object]) -> Value:
        sealed, clear = data.get("ciphertext"), data.get("plaintext")
        if isinstance(clear, str) and not sealed:
            return Secret(self._parsed(clear))
        if not isinstance(sealed, str) or not sealed or clear:
            raise EngineError(say("engine.value-malformed", where=self.where))
        if self.inside:
            return Secret(self._parsed(sealed))
        if self.crypter is None:
            return Sealed(sealed)
        value = self._parsed(self.crypter.decrypt(sealed, self.where))
        # Noted in our own spelling of the JSON, which is what the next save compares with.
        self.crypter.remember(dumps(Inside().value(value)), sealed, self.where)
        return Secret(value)

    def _parsed(self, text: str) -> Value:
        try:
            return Decoder(None, self.where, inside=True).value(json.loads(text))
        except json.JSONDecodeError as problem:
            raise EngineError(say("engine.value-malformed", where=self.where)) from problem


def whole(number: float) -> float | int:
    """*number* as the engine holds it: an int when it is whole, as 3.0 from the wire is."""
    # NaN and infinity are neither whole nor below the limit.
    return int(number) if number.is_integer() and abs(number) < WHOLE_LIMIT else number


def _leaf(value: Value) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return _number(value)
        case _:
            return signed(value)


def _number(value: float) -> object:
    if math.isfinite(value):
        return whole(value)
    return {sign.KEY: sign.FLOAT, "value": struct.pack(">d", value).hex()}


def signed(value: Value) -> object:
    """Encode what is told apart by a signature, secrets and output values aside."""
    match value:
        case Unknown():
            return sign.UNKNOWN
        case Asset():
            return _asset(value)
        case Archive():
            return _archive(value)
        case ResourceReference():
            return _reference(value)
        case Sealed():
            return {sign.KEY: sign.SECRET, "ciphertext": value.ciphertext}
        case _:
            raise TypeError(type(value).__name__)


def from_signed(data: Mapping[str, object]) -> Value:
    """Decode what a signature tells apart, secrets and output values aside.

    Raises:
        KeyError, TypeError, ValueError: The body does not fit, or the signature is not known.
    """
    match data[sign.KEY]:
        case sign.ASSET:
            return _to_asset(data)
        case sign.ARCHIVE:
            return _to_archive(data)
        case sign.REFERENCE:
            return _to_reference(data)
        case sign.FLOAT:
            (bits,) = struct.unpack(">d", bytes.fromhex(_text(data, "value")))
            return cast("float", bits)
        case unknown:
            raise ValueError(f"unknown signature {unknown}")


def _asset(value: Asset) -> dict[str, object]:
    body = {"hash": value.hash, "text": value.text, "path": value.path, "uri": value.uri}
    return {sign.KEY: sign.ASSET, **{key: item for key, item in body.items() if item}}


def _archive(value: Archive) -> dict[str, object]:
    body: dict[str, object] = {"hash": value.hash, "path": value.path, "uri": value.uri}
    data = {sign.KEY: sign.ARCHIVE, **{key: item for key, item in body.items() if item}}
    if value.assets is not None:
        data["assets"] = {key: signed(value.assets[key]) for key in sorted(value.assets)}
    return data


def _reference(value: ResourceReference) -> dict[str, object]:
    data: dict[str, object] = {sign.KEY: sign.REFERENCE, "urn": value.urn}
    if value.id is not None:
        data["id"] = "" if isinstance(value.id, Unknown) else value.id
    return {**data, "packageVersion": value.package_version}


def _to_asset(data: Mapping[str, object]) -> Asset:
    found = {key: _text(data, key) for key in ("text", "path", "uri") if data.get(key)}
    # An empty text is left out by upstream, so nothing at all means an empty text.
    body = found or {"text": ""}
    return Asset(**body, hash=_text(data, "hash") if "hash" in data else "")


def _to_archive(data: Mapping[str, object]) -> Archive:
    hashed = _text(data, "hash") if "hash" in data else ""
    if data.get("path"):
        return Archive(path=_text(data, "path"), hash=hashed)
    if data.get("uri"):
        return Archive(uri=_text(data, "uri"), hash=hashed)
    parts = cast("Mapping[str, Mapping[str, object]]", data.get("assets") or {})
    members = {key: from_signed(item) for key, item in parts.items()}
    for item in members.values():
        if not isinstance(item, Asset | Archive):
            raise TypeError("an archive holds assets and archives only")
    return Archive(assets=cast("Mapping[str, Asset | Archive]", members), hash=hashed)


def _to_reference(data: Mapping[str, object]) -> ResourceReference:
    version = _text(data, "packageVersion") if "packageVersion" in data else ""
    if "id" not in data:
        return ResourceReference(_text(data, "urn"), None, version)
    identity = data["id"]
    unknown = identity in ("", UNKNOWN, *sign.UNKNOWNS)
    return ResourceReference(_text(data, "urn"), UNKNOWN if unknown else _text(data, "id"), version)


def _text(data: Mapping[str, object], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value
